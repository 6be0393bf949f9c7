"""What genres and countries are called on a page: under our English name they are kept, under these they are shown."""

from __future__ import annotations

from django.utils.translation import get_language

_LANGUAGES = {"ru": 0, "kk": 1}  # places in the tables below; every other language sees the name that is kept

_GENRES = {
    "Action": ("Боевик", "Экшн"),
    "Adventure": ("Приключения", "Шытырман оқиға"),
    "Animation": ("Анимация", "Анимация"),
    "Biography": ("Биография", "Өмірбаян"),
    "Comedy": ("Комедия", "Комедия"),
    "Crime": ("Криминал", "Қылмыс"),
    "Documentary": ("Документальный", "Деректі"),
    "Drama": ("Драма", "Драма"),
    "Family": ("Семейный", "Отбасылық"),
    "Fantasy": ("Фэнтези", "Қиял-ғажайып"),
    "History": ("Исторический", "Тарихи"),
    "Horror": ("Ужасы", "Қорқынышты"),
    "Music": ("Музыка", "Музыка"),
    "Musical": ("Мюзикл", "Мюзикл"),
    "Mystery": ("Детектив", "Детектив"),
    "Noir": ("Нуар", "Нуар"),
    "Romance": ("Мелодрама", "Мелодрама"),
    "Science Fiction": ("Фантастика", "Ғылыми фантастика"),
    "Short": ("Короткометражка", "Қысқаметражды"),
    "Sport": ("Спорт", "Спорт"),
    "Thriller": ("Триллер", "Триллер"),
    "War": ("Военный", "Соғыс"),
    "Western": ("Вестерн", "Вестерн"),
    "Arthouse": ("Артхаус", "Артхаус"),
    "Cyberpunk": ("Киберпанк", "Киберпанк"),
    "Martial Arts": ("Боевые искусства", "Жекпе-жек өнері"),
    "Mecha": ("Меха", "Меха"),
    "Samurai": ("Самураи", "Самурай"),
    "School": ("Школа", "Мектеп"),
    "Shojo": ("Сёдзё", "Сёдзё"),
    "Shonen": ("Сёнэн", "Сёнэн"),
    "Slice of Life": ("Повседневность", "Күнделікті өмір"),
    "Supernatural": ("Мистика", "Мистика"),
}
_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_STEP = 10  # places between two letters of Unicode; none of ours comes between others
_PLACES = {letter: ord("а") * _STEP + place for place, letter in enumerate(_ALPHABET)}
_COUNTRIES = {
    "Afghanistan": ("Афганистан", "Ауғанстан"), "Albania": ("Албания", "Албания"), "Algeria": ("Алжир", "Алжир"),
    "Angola": ("Ангола", "Ангола"), "Argentina": ("Аргентина", "Аргентина"), "Armenia": ("Армения", "Армения"),
    "Australia": ("Австралия", "Аустралия"), "Austria": ("Австрия", "Аустрия"),
    "Azerbaijan": ("Азербайджан", "Әзірбайжан"), "Bahrain": ("Бахрейн", "Бахрейн"),
    "Bangladesh": ("Бангладеш", "Бангладеш"), "Belarus": ("Беларусь", "Беларусь"), "Belgium": ("Бельгия", "Бельгия"),
    "Bhutan": ("Бутан", "Бутан"), "Bolivia": ("Боливия", "Боливия"),
    "Bosnia and Herzegovina": ("Босния и Герцеговина", "Босния және Герцеговина"),
    "Botswana": ("Ботсвана", "Ботсвана"), "Brazil": ("Бразилия", "Бразилия"), "Bulgaria": ("Болгария", "Болгария"),
    "Burkina Faso": ("Буркина-Фасо", "Буркина-Фасо"), "Cambodia": ("Камбоджа", "Камбоджа"),
    "Cameroon": ("Камерун", "Камерун"), "Canada": ("Канада", "Канада"), "Chad": ("Чад", "Чад"),
    "Chile": ("Чили", "Чили"), "China": ("Китай", "Қытай"), "Colombia": ("Колумбия", "Колумбия"),
    "Costa Rica": ("Коста-Рика", "Коста-Рика"), "Croatia": ("Хорватия", "Хорватия"), "Cuba": ("Куба", "Куба"),
    "Cyprus": ("Кипр", "Кипр"), "Czech Republic": ("Чехия", "Чехия"),
    "Czechoslovakia": ("Чехословакия", "Чехословакия"), "Democratic Republic of the Congo": ("ДР Конго", "Конго ДР"),
    "Denmark": ("Дания", "Дания"), "Dominican Republic": ("Доминиканская Республика", "Доминикан Республикасы"),
    "East Germany": ("ГДР", "ГДР"), "Ecuador": ("Эквадор", "Эквадор"), "Egypt": ("Египет", "Мысыр"),
    "Estonia": ("Эстония", "Эстония"), "Ethiopia": ("Эфиопия", "Эфиопия"), "Finland": ("Финляндия", "Финляндия"),
    "France": ("Франция", "Франция"), "Gambia": ("Гамбия", "Гамбия"), "Georgia": ("Грузия", "Грузия"),
    "Germany": ("Германия", "Германия"), "Ghana": ("Гана", "Гана"), "Greece": ("Греция", "Грекия"),
    "Guatemala": ("Гватемала", "Гватемала"), "Haiti": ("Гаити", "Гаити"), "Hong Kong": ("Гонконг", "Гонконг"),
    "Hungary": ("Венгрия", "Венгрия"), "Iceland": ("Исландия", "Исландия"), "India": ("Индия", "Үндістан"),
    "Indonesia": ("Индонезия", "Индонезия"), "Iran": ("Иран", "Иран"), "Iraq": ("Ирак", "Ирак"),
    "Ireland": ("Ирландия", "Ирландия"), "Israel": ("Израиль", "Израиль"), "Italy": ("Италия", "Италия"),
    "Ivory Coast": ("Кот-д’Ивуар", "Кот-д’Ивуар"), "Jamaica": ("Ямайка", "Ямайка"), "Japan": ("Япония", "Жапония"),
    "Jordan": ("Иордания", "Иордания"), "Kazakhstan": ("Казахстан", "Қазақстан"), "Kenya": ("Кения", "Кения"),
    "Kosovo": ("Косово", "Косово"), "Kuwait": ("Кувейт", "Кувейт"), "Kyrgyzstan": ("Киргизия", "Қырғызстан"),
    "Laos": ("Лаос", "Лаос"), "Latvia": ("Латвия", "Латвия"), "Lebanon": ("Ливан", "Ливан"),
    "Lesotho": ("Лесото", "Лесото"), "Libya": ("Ливия", "Ливия"), "Liechtenstein": ("Лихтенштейн", "Лихтенштейн"),
    "Lithuania": ("Литва", "Литва"), "Luxembourg": ("Люксембург", "Люксембург"), "Malaysia": ("Малайзия", "Малайзия"),
    "Mali": ("Мали", "Мали"), "Malta": ("Мальта", "Мальта"), "Martinique": ("Мартиника", "Мартиника"),
    "Mauritania": ("Мавритания", "Мавритания"), "Mexico": ("Мексика", "Мексика"), "Moldova": ("Молдова", "Молдова"),
    "Monaco": ("Монако", "Монако"), "Mongolia": ("Монголия", "Моңғолия"), "Montenegro": ("Черногория", "Черногория"),
    "Morocco": ("Марокко", "Марокко"), "Mozambique": ("Мозамбик", "Мозамбик"), "Nepal": ("Непал", "Непал"),
    "Netherlands": ("Нидерланды", "Нидерланд"), "New Zealand": ("Новая Зеландия", "Жаңа Зеландия"),
    "Niger": ("Нигер", "Нигер"), "Nigeria": ("Нигерия", "Нигерия"), "North Korea": ("КНДР", "КХДР"),
    "North Macedonia": ("Северная Македония", "Солтүстік Македония"), "Norway": ("Норвегия", "Норвегия"),
    "Pakistan": ("Пакистан", "Пәкістан"), "Palestine": ("Палестина", "Палестина"), "Panama": ("Панама", "Панама"),
    "Paraguay": ("Парагвай", "Парагвай"), "Peru": ("Перу", "Перу"), "Philippines": ("Филиппины", "Филиппин"),
    "Poland": ("Польша", "Польша"), "Portugal": ("Португалия", "Португалия"),
    "Puerto Rico": ("Пуэрто-Рико", "Пуэрто-Рико"), "Qatar": ("Катар", "Катар"), "Romania": ("Румыния", "Румыния"),
    "Russia": ("Россия", "Ресей"), "Rwanda": ("Руанда", "Руанда"), "Samoa": ("Самоа", "Самоа"),
    "Saudi Arabia": ("Саудовская Аравия", "Сауд Арабиясы"), "Senegal": ("Сенегал", "Сенегал"),
    "Serbia": ("Сербия", "Сербия"), "Serbia and Montenegro": ("Сербия и Черногория", "Сербия және Черногория"),
    "Singapore": ("Сингапур", "Сингапур"), "Slovakia": ("Словакия", "Словакия"), "Slovenia": ("Словения", "Словения"),
    "Somalia": ("Сомали", "Сомали"), "South Africa": ("ЮАР", "ОАР"), "South Korea": ("Южная Корея", "Оңтүстік Корея"),
    "Soviet Union": ("СССР", "КСРО"), "Spain": ("Испания", "Испания"), "Sri Lanka": ("Шри-Ланка", "Шри-Ланка"),
    "Sudan": ("Судан", "Судан"), "Sweden": ("Швеция", "Швеция"), "Switzerland": ("Швейцария", "Швейцария"),
    "Syria": ("Сирия", "Сирия"), "Taiwan": ("Тайвань", "Тайвань"), "Tajikistan": ("Таджикистан", "Тәжікстан"),
    "Tanzania": ("Танзания", "Танзания"), "Thailand": ("Таиланд", "Таиланд"), "Tunisia": ("Тунис", "Тунис"),
    "Turkey": ("Турция", "Түркия"), "Turkmenistan": ("Туркменистан", "Түрікменстан"), "Uganda": ("Уганда", "Уганда"),
    "Ukraine": ("Украина", "Украина"), "United Arab Emirates": ("ОАЭ", "БАӘ"),
    "United Kingdom": ("Великобритания", "Ұлыбритания"), "United States": ("США", "АҚШ"),
    "Uruguay": ("Уругвай", "Уругвай"), "Uzbekistan": ("Узбекистан", "Өзбекстан"), "Vanuatu": ("Вануату", "Вануату"),
    "Venezuela": ("Венесуэла", "Венесуэла"), "Vietnam": ("Вьетнам", "Вьетнам"), "West Germany": ("ФРГ", "ФРГ"),
    "Yemen": ("Йемен", "Йемен"), "Yugoslavia": ("Югославия", "Югославия"), "Zambia": ("Замбия", "Замбия"),
    "Zimbabwe": ("Зимбабве", "Зимбабве"),
}  # fmt: skip


def shown_genre(name: str) -> str:
    """A genre's name in the page's language; one that we do not know stays as it is."""
    return _shown(_GENRES, name)


def shown_country(name: str) -> str:
    """A country's name in the page's language; one that we do not know stays as it is."""
    return _shown(_COUNTRIES, name)


def place_of(name: str) -> list[int]:
    """Where a name stands in an alphabetical list. Kazakh letters follow the Russian ones they grew out of."""
    return [_PLACES.get(letter, ord(letter) * _STEP) for letter in name.lower()]


def _shown(table: dict[str, tuple[str, str]], name: str) -> str:
    place = _LANGUAGES.get((get_language() or "").split("-")[0])
    return name if place is None or name not in table else table[name][place]
