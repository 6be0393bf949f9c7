"""One name for each genre and country, whatever language or habit a file or a visitor writes it in."""

from functools import lru_cache

# Our name, then what files and visitors call it (English, Russian, Kazakh; compared without case and "ё").
_GENRES = {
    "Action": "action-adventure|action & adventure|боевик|боевики|боевиков|боевика|экшен|экшн|шытырман",
    "Adventure": "adventures|приключения|приключение|приключенческий|приключений|шытырман оқиға",
    "Animation": "animated|cartoon|anime|anime features|мультфильм|мультфильмы|анимация|аниме|мультфильмов|мультфильмдер",
    "Biography": "biopic|biographical|биография|биографический|ғұмырбаян|өмірбаян",
    "Comedy": "comedies|stand-up comedy|комедия|комедии|комедийный|комедий|комедию",
    "Crime": "криминал|криминальный|криминала|қылмыс",
    "Documentary": "documentaries|docuseries|документальный|документальное|деректі",
    "Drama": "dramas|драма|драмы|драм|драму",
    "Family": "children|children's|children & family movies|kids|семейный|детский|детские|отбасылық",
    "Fantasy": "фэнтези|фентези|қиял-ғажайып",
    "History": "historical|история|истории|исторический|исторические|тарихи",
    "Horror": "horror movies|ужасы|ужас|ужасов|хоррор|қорқынышты",
    "Music": "music & musicals|музыка|музыкальный|музыкальные",
    "Musical": "musicals|мюзикл|мюзиклы",
    "Mystery": "mysteries|детектив|детективы|детективный|детективов|детектива",
    "Noir": "film-noir|film noir|нуар|фильм-нуар",
    "Romance": "romantic|romantic movies|мелодрама|мелодрамы|мелодрам|мелодраму|романтика|романтический",
    "Science Fiction": "sci-fi|scifi|sci fi|science-fiction|sci-fi & fantasy|фантастика|фантастики|фантастику|научная фантастика|фантастический|ғылыми фантастика",
    "Short": "short film|shorts|короткометражка|короткометражный|қысқаметражды",
    "Sport": "sports|sports movies|спорт|спортивный",
    "Thriller": "thrillers|триллер|триллеры|триллеров|триллера",
    "War": "war movies|военный|военные|соғыс",
    "Western": "westerns|вестерн|вестерны|вестернов|вестерна",
}
# Narrower genres that files use. A visitor who types one of these words means a theme, so they are no filter.
_NARROW_GENRES = {
    "Arthouse": "art house|art-house|арт|артхаус|авторское кино",
    "Cyberpunk": "киберпанк",
    "Martial Arts": "боевые искусства|жекпе-жек өнері",
    "Mecha": "меха",
    "Samurai": "самураи|самурай",
    "School": "школа|школьный|мектеп",
    "Shojo": "shoujo|shōjo|сёдзё",
    "Shonen": "shounen|shōnen|сёнен|сёнэн",
    "Slice of Life": "повседневность|күнделікті өмір",
    "Supernatural": "мистика|мистический",
}
# What stands in genre columns without being a genre.
_NO_GENRE = {"(no genres listed)", "no genres listed", "n/a", "none", "-", "imax", "foreign", "international movies"}

# The two letters are the code of ISO 3166.
_COUNTRIES = {
    "Afghanistan": "афганистан|af", "Albania": "албания|al", "Algeria": "алжир|dz", "Angola": "ангола|ao",
    "Argentina": "аргентина|ar", "Armenia": "армения|am", "Australia": "австралия|au", "Austria": "австрия|at",
    "Azerbaijan": "азербайджан|әзербайжан|az", "Bahrain": "бахрейн|bh", "Bangladesh": "бангладеш|bd",
    "Belarus": "беларусь|белоруссия|by", "Belgium": "бельгия|be", "Bhutan": "бутан|bt", "Bolivia": "боливия|bo",
    "Bosnia and Herzegovina": "босния и герцеговина|босния|bosnia|ba", "Botswana": "ботсвана|bw",
    "Brazil": "бразилия|br", "Bulgaria": "болгария|bg", "Burkina Faso": "буркина-фасо|bf", "Cambodia": "камбоджа|kh",
    "Cameroon": "камерун|cm", "Canada": "канада|ca", "Chad": "чад|td", "Chile": "чили|cl",
    "China": "китай|қытай|people's republic of china|cn", "Colombia": "колумбия|co", "Costa Rica": "коста-рика|cr",
    "Croatia": "хорватия|hr", "Cuba": "куба|cu", "Cyprus": "кипр|cy", "Czech Republic": "чехия|czechia|cz",
    "Czechoslovakia": "чехословакия", "Democratic Republic of the Congo": "конго (дрк)|др конго|cd",
    "Denmark": "дания|dk", "Dominican Republic": "доминикана|доминиканская республика|do",
    "East Germany": "гдр|германия (гдр)|germany (ddr)", "Ecuador": "эквадор|ec", "Egypt": "египет|eg",
    "Estonia": "эстония|ee", "Ethiopia": "эфиопия|et", "Finland": "финляндия|fi", "France": "франция|fr",
    "Gambia": "гамбия|the gambia|gm", "Georgia": "грузия|ge", "Germany": "германия|de", "Ghana": "гана|gh",
    "Greece": "греция|gr", "Guatemala": "гватемала|gt", "Haiti": "гаити|ht", "Hong Kong": "гонконг|hk",
    "Hungary": "венгрия|hu", "Iceland": "исландия|is", "India": "индия|үндістан|in", "Indonesia": "индонезия|id",
    "Iran": "иран|islamic republic of iran|ir", "Iraq": "ирак|iq", "Ireland": "ирландия|ie", "Israel": "израиль|il",
    "Italy": "италия|it", "Ivory Coast": "кот-д'ивуар|кот-д’ивуар|côte d'ivoire|ci", "Jamaica": "ямайка|jm",
    "Japan": "япония|жапония|jp", "Jordan": "иордания|jo", "Kazakhstan": "казахстан|қазақстан|kz",
    "Kenya": "кения|ke", "Kosovo": "косово|xk", "Kuwait": "кувейт|kw",
    "Kyrgyzstan": "киргизия|кыргызстан|қырғызстан|kg", "Laos": "лаос|la", "Latvia": "латвия|lv",
    "Lebanon": "ливан|lb", "Lesotho": "лесото|ls", "Libya": "ливия|ly", "Liechtenstein": "лихтенштейн|li",
    "Lithuania": "литва|lt", "Luxembourg": "люксембург|lu", "Malaysia": "малайзия|my", "Mali": "мали|ml",
    "Malta": "мальта|mt", "Martinique": "мартиника|mq", "Mauritania": "мавритания|mr", "Mexico": "мексика|mx",
    "Moldova": "молдова|молдавия|md", "Monaco": "монако|mc", "Mongolia": "монголия|mn", "Montenegro": "черногория|me",
    "Morocco": "марокко|ma", "Mozambique": "мозамбик|mz", "Nepal": "непал|np",
    "Netherlands": "нидерланды|голландия|the netherlands|holland|nl", "New Zealand": "новая зеландия|nz",
    "Niger": "нигер|ne", "Nigeria": "нигерия|ng", "North Korea": "кндр|северная корея|корея северная|kp",
    "North Macedonia": "северная македония|македония|macedonia|republic of macedonia|mk", "Norway": "норвегия|no",
    "Pakistan": "пакистан|pk",
    "Palestine": "палестина|palestinian territories|palestinian territory|state of palestine|ps",
    "Panama": "панама|pa", "Paraguay": "парагвай|py", "Peru": "перу|pe", "Philippines": "филиппины|ph",
    "Poland": "польша|pl", "Portugal": "португалия|pt", "Puerto Rico": "пуэрто рико|пуэрто-рико|pr",
    "Qatar": "катар|qa", "Romania": "румыния|ro", "Russia": "россия|ресей|russian federation|ru",
    "Rwanda": "руанда|rw", "Samoa": "самоа|ws", "Saudi Arabia": "саудовская аравия|sa", "Senegal": "сенегал|sn",
    "Serbia": "сербия|rs", "Serbia and Montenegro": "сербия и черногория", "Singapore": "сингапур|sg",
    "Slovakia": "словакия|sk", "Slovenia": "словения|si", "Somalia": "сомали|so",
    "South Africa": "юар|южная африка|za",
    "South Korea": "корея южная|южная корея|республика корея|корея|korea|republic of korea|kr",
    "Soviet Union": "ссср|кеңес одағы|ussr|ussr (soviet union)|su", "Spain": "испания|es",
    "Sri Lanka": "шри-ланка|lk", "Sudan": "судан|sd", "Sweden": "швеция|se", "Switzerland": "швейцария|ch",
    "Syria": "сирия|syrian arab republic|sy", "Taiwan": "тайвань|tw", "Tajikistan": "таджикистан|тәжікстан|tj",
    "Tanzania": "танзания|tz", "Thailand": "таиланд|th", "Tunisia": "тунис|tn", "Turkey": "турция|türkiye|түркия|tr",
    "Turkmenistan": "туркменистан|түрікменстан|tm", "Uganda": "уганда|ug", "Ukraine": "украина|ua",
    "United Arab Emirates": "оаэ|uae|ae",
    "United Kingdom": "великобритания|англия|uk|u.k.|great britain|england|britain|gb",
    "United States": "сша|ақш|usa|u.s.|u.s.a.|united states of america|america|us", "Uruguay": "уругвай|uy",
    "Uzbekistan": "узбекистан|өзбекстан|uz", "Vanuatu": "вануату|vu", "Venezuela": "венесуэла|ve",
    "Vietnam": "вьетнам|viet nam|vn", "West Germany": "фрг|германия (фрг)|germany (west)", "Yemen": "йемен|ye",
    "Yugoslavia": "югославия", "Zambia": "замбия|zm", "Zimbabwe": "зимбабве|zw",
}  # fmt: skip


def _key(name: str) -> str:
    return " ".join(name.lower().replace("ё", "е").split())


@lru_cache(maxsize=3)
def _aliases(kind: str) -> dict[str, str]:
    table = {"genre": _GENRES, "narrow genre": _NARROW_GENRES, "country": _COUNTRIES}[kind]
    return {_key(alias): ours for ours, aliases in table.items() for alias in (ours, *aliases.split("|"))}


def known_genre(name: str) -> str | None:
    """Our name of a genre that is known under this one, or None."""
    return _aliases("genre").get(_key(name))


@lru_cache(maxsize=2048)
def genre_name(name: str) -> str:
    """The name to keep a genre under: ours if it is known, else the given one; empty for "no genre"."""
    if _key(name) in _NO_GENRE:
        return ""
    return known_genre(name) or _aliases("narrow genre").get(_key(name)) or name.strip()[:1].upper() + name.strip()[1:]


@lru_cache(maxsize=2048)
def country_name(name: str) -> str:
    """The name to keep a country under: ours if it is known, else the given one."""
    return _aliases("country").get(_key(name), name.strip())
