"""One name for each genre and country, whatever language or habit a file or a visitor writes it in."""

from functools import lru_cache

# Our name, then what files and visitors call it (English, Russian, Kazakh; compared without case and "ё").
_GENRES = {
    "Action": "action-adventure|action & adventure|боевик|боевики|боевиков|боевика|экшен|экшн|шытырман",
    "Adventure": "adventures|приключения|приключение|приключенческий|приключений|шытырман оқиға",
    "Animation": "animated|cartoon|anime|anime features|мультфильм|мультфильмы|анимация|аниме|мультфильмов|мультфильмдер",
    "Biography": "biopic|biographical|биография|биографический|ғұмырбаян",
    "Comedy": "comedies|stand-up comedy|комедия|комедии|комедийный|комедий|комедию",
    "Crime": "криминал|криминальный|криминала|қылмыс",
    "Documentary": "documentaries|docuseries|документальный|документальное|деректі",
    "Drama": "dramas|драма|драмы|драм|драму",
    "Family": "children|children's|children & family movies|kids|семейный|детский|детские|отбасылық",
    "Fantasy": "фэнтези|фентези|қиял-ғажайып",
    "History": "historical|история|исторический|исторические|тарихи",
    "Horror": "horror movies|ужасы|ужас|ужасов|хоррор|қорқынышты",
    "Music": "music & musicals|музыка|музыкальный|музыкальные",
    "Musical": "musicals|мюзикл|мюзиклы",
    "Mystery": "mysteries|детектив|детективы|детективный|детективов|детектива",
    "Noir": "film-noir|film noir|нуар|фильм-нуар",
    "Romance": "romantic|romantic movies|мелодрама|мелодрамы|мелодрам|мелодраму|романтика|романтический",
    "Science Fiction": "sci-fi|scifi|sci fi|science-fiction|sci-fi & fantasy|фантастика|фантастики|фантастику|научная фантастика|фантастический",
    "Short": "short film|shorts|короткометражка|короткометражный",
    "Sport": "sports|sports movies|спорт|спортивный",
    "Thriller": "thrillers|триллер|триллеры|триллеров|триллера",
    "War": "war movies|военный|военные|соғыс",
    "Western": "westerns|вестерн|вестерны|вестернов|вестерна",
}
_NO_GENRE = {"(no genres listed)", "no genres listed", "n/a", "none", "-"}

_COUNTRIES = {
    "Argentina": "аргентина", "Armenia": "армения", "Australia": "австралия", "Austria": "австрия",
    "Azerbaijan": "азербайджан|әзербайжан", "Belarus": "беларусь|белоруссия", "Belgium": "бельгия",
    "Brazil": "бразилия", "Bulgaria": "болгария", "Cambodia": "камбоджа", "Canada": "канада", "Chile": "чили",
    "China": "китай|қытай|people's republic of china", "Colombia": "колумбия", "Croatia": "хорватия", "Cuba": "куба",
    "Cyprus": "кипр", "Czech Republic": "чехия|czechia", "Czechoslovakia": "чехословакия", "Denmark": "дания",
    "East Germany": "гдр|germany (ddr)", "Egypt": "египет", "Estonia": "эстония", "Finland": "финляндия",
    "France": "франция", "Georgia": "грузия", "Germany": "германия", "Greece": "греция", "Hong Kong": "гонконг",
    "Hungary": "венгрия", "Iceland": "исландия", "India": "индия|үндістан", "Indonesia": "индонезия", "Iran": "иран",
    "Iraq": "ирак", "Ireland": "ирландия", "Israel": "израиль", "Italy": "италия", "Japan": "япония|жапония",
    "Jordan": "иордания", "Kazakhstan": "казахстан|қазақстан", "Kyrgyzstan": "киргизия|кыргызстан|қырғызстан",
    "Latvia": "латвия", "Lebanon": "ливан", "Lithuania": "литва", "Luxembourg": "люксембург", "Malaysia": "малайзия",
    "Malta": "мальта", "Mexico": "мексика", "Moldova": "молдова|молдавия", "Mongolia": "монголия",
    "Montenegro": "черногория", "Morocco": "марокко", "Netherlands": "нидерланды|голландия|the netherlands|holland",
    "New Zealand": "новая зеландия", "North Macedonia": "северная македония|македония|macedonia", "Norway": "норвегия",
    "Pakistan": "пакистан", "Peru": "перу", "Philippines": "филиппины", "Poland": "польша", "Portugal": "португалия",
    "Qatar": "катар", "Romania": "румыния", "Russia": "россия|ресей|russian federation", "Saudi Arabia": "саудовская аравия",
    "Serbia": "сербия", "Singapore": "сингапур", "Slovakia": "словакия", "Slovenia": "словения",
    "South Africa": "юар|южная африка", "South Korea": "корея южная|южная корея|республика корея|корея|korea",
    "Soviet Union": "ссср|кеңес одағы|ussr|ussr (soviet union)", "Spain": "испания", "Sweden": "швеция",
    "Switzerland": "швейцария", "Taiwan": "тайвань", "Thailand": "таиланд", "Tunisia": "тунис",
    "Turkey": "турция|türkiye|түркия", "Ukraine": "украина", "United Arab Emirates": "оаэ",
    "United Kingdom": "великобритания|англия|uk|u.k.|gb|great britain|england|britain",
    "United States": "сша|ақш|usa|us|u.s.|u.s.a.|united states of america|america", "Uruguay": "уругвай",
    "Uzbekistan": "узбекистан|өзбекстан", "Venezuela": "венесуэла", "Vietnam": "вьетнам",
    "West Germany": "фрг|германия (фрг)|germany (west)", "Yugoslavia": "югославия",
}  # fmt: skip


def _key(name: str) -> str:
    return " ".join(name.lower().replace("ё", "е").split())


@lru_cache(maxsize=2)
def _aliases(kind: str) -> dict[str, str]:
    table = _GENRES if kind == "genre" else _COUNTRIES
    return {_key(alias): ours for ours, aliases in table.items() for alias in (ours, *aliases.split("|"))}


def known_genre(name: str) -> str | None:
    """Our name of a genre that is known under this one, or None."""
    return _aliases("genre").get(_key(name))


def genre_name(name: str) -> str:
    """The name to keep a genre under: ours if it is known, else the given one; empty for "no genre"."""
    if _key(name) in _NO_GENRE:
        return ""
    return known_genre(name) or name.strip()[:1].upper() + name.strip()[1:]


def country_name(name: str) -> str:
    """The name to keep a country under: ours if it is known, else the given one."""
    return _aliases("country").get(_key(name), name.strip())
