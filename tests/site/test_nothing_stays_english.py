"""Page by page: what is shown in Russian and Kazakh has no English words left, in the admin neither."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from catalog.models import Genre, Movie, Person, User
from recommender.models import Night
from tests.builders import like, make_movie
from tests.site.pages import teach

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/?q=дождь&year_from=1990",
    "/?year_from=x",
    "/recommendations/",
    "/start/",
    "/films/",
    "/films/?q=щщщщ",
    "film",
    "person",
    "genre",
    "/map/",
    "/together/",
    "night",
    "join",
    "/together/join/forged/",
    "/my-films/",
    "/my-films/?tab=watchlist",
    "/my-films/taste/",
    "/my-films/import/",
    "/accounts/",
    "/accounts/password/",
    "/accounts/delete/",
    "/nowhere/",
]
FOR_STRANGERS = ["/accounts/sign-up/", "/accounts/log-in/", "/accounts/password/forgotten/", "/accounts/password/sent/"]
SAID = ("aria-label", "title", "alt", "placeholder", "data-with", "data-without", "data-either", "data-words")
# Names, formats and examples of what may be typed.
KEPT = re.compile(
    r"\{\w+\}|\b(Django|Curators|Single Sign-On|LDAP|MB)\b|"
    r"\b(Settings, Data|Export(?: your data)?|title|year|rating|date|Netflix|db_worker|Shift|Enter|Escape)\b|"
    r"\b(MovieRec|English|IMDb|TMDB|MovieLens|Letterboxd|Trakt|CSV|JSON|ZIP|zip|SHA-256|VAE|CSRF|ID|OK|URL|UTC|"
    r"PNG|JPEG|WebP|GIF|TXT|UTF-8|ndcg|tt\d+|en|ru|ja|kk)\b|https?://\S+|/\S*/|[\w.]+@[\w.]+|\S+\.(?:csv|json|zip|py|svg)"
)


class Words(HTMLParser):
    """Collects what a page says, without what says that it is in another language."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._skipped: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self._skipped or tag in ("script", "style", "code") or (tag != "html" and "lang" in found):
            if tag not in ("input", "img", "br", "hr", "meta", "link", "use", "rect", "path", "circle"):
                self._skipped.append(tag)
            return
        self.said += [found[name] or "" for name in SAID if name in found]
        if tag == "meta" and found.get("name") == "description":
            self.said.append(found.get("content") or "")
        if tag in ("input", "button") and found.get("type") in ("submit", "button"):
            self.said.append(found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and self._skipped[-1] == tag:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.said.append(data)


def english(source: str) -> list[str]:
    """What of a page has a Latin word in it."""
    return [" ".join(said.split()) for said in Words(source).said if re.search(r"[A-Za-z]{2}", KEPT.sub("", said))]


@pytest.fixture
def films() -> list[Movie]:
    films = [
        make_movie(
            f"Фильм {n}",
            genres=["Drama", "Horror"][n % 2 : n % 2 + 1],
            countries=["Japan"],
            directors=["Асанәлі Әшімов"],
            cast=[f"Актёр {n}"],
            keywords=["дождь"],
            description="Кто-то уходит, кто-то остаётся, идёт дождь.",
        )
        for n in range(12)
    ]
    teach({movie: [1, n / 12] for n, movie in enumerate(films)})
    return films


@pytest.fixture
def ana(films: list[Movie]) -> User:
    user = User.objects.create_user("анна", password="velvet-curtain-7", is_staff=True, is_superuser=True)
    like(user, *films[:4])
    return user


def address_of(name: str, films: list[Movie], client: Client) -> str:
    if name in ("night", "join"):
        client.post("/together/", {"name": "Анна", "friends": "on"})
        night = Night.objects.all()[0]
        return f"/together/{night.token}/" if name == "night" else f"/together/join/{night.invitation}/"
    places = {
        "film": lambda: films[5].get_absolute_url(),
        "person": lambda: f"/people/{Person.objects.get(name='Асанәлі Әшімов').pk}/",
        "genre": lambda: f"/genres/{Genre.objects.get(name='Drama').pk}/",
    }
    return places[name]() if name in places else name


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_pages_of_a_member(client: Client, films: list[Movie], ana: User, language: str) -> None:
    client.force_login(ana)
    spoken = {"Accept-Language": language}
    pages = {name: client.get(address_of(name, films, client), headers=spoken) for name in PAGES}
    assert {name: said for name, page in pages.items() if (said := english(page.content.decode()))} == {}


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_pages_and_errors_of_a_stranger(client: Client, language: str) -> None:
    spoken, nonsense = (
        {"Accept-Language": language},
        {"username": "?", "password1": "1", "password2": "2", "email": "x"},
    )
    left = {}
    for address in FOR_STRANGERS:
        for page in (client.get(address, headers=spoken), client.post(address, nonsense, headers=spoken)):
            left |= dict.fromkeys(english(page.content.decode()), address)
    assert left == {}


# Rows that are English in the database: rights, genres, countries, formats; and pictures that Django names so.
ENGLISH_ROWS = re.compile(r"\bCan (?:add|change|delete|view|look) |^[a-z-]+$|\b(?:Drama|Horror|Japan)$|Mac\b")
NAMED_BY_DJANGO = {"Search", "True", "False"}


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_the_admin(client: Client, films: list[Movie], ana: User, language: str) -> None:
    client.force_login(ana)
    left = {}
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for kind in ("changelist", "add"):
            page = client.get(reverse(f"admin:{name}_{kind}"), headers={"Accept-Language": language})
            if page.status_code == 200:
                said = {*english(page.content.decode())} - NAMED_BY_DJANGO
                left |= {words: f"{name}_{kind}" for words in said if not ENGLISH_ROWS.search(words)}
    assert left == {}
