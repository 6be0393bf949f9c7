"""Every page is sound HTML with what search engines and screen readers look for, and small on the wire."""

import gzip
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from catalog.models import Genre, Mark, Movie, Person, User
from tests.builders import like, make_movie
from tests.site.pages import put_on_the_map, teach

pytestmark = pytest.mark.django_db
STATIC = Path(settings.BASE_DIR) / "static"
VOID = {"meta", "link", "input", "img", "br", "hr", "use", "rect", "path", "circle"}
PAGES = [
    "/",
    "/?q=rain&year_from=1990",
    "/?year_from=x",
    "/recommendations/",
    "/start/",
    "/films/",
    "/films/?q=zzzz",
    "film",
    "person",
    "genre",
    "/my-films/",
    "/my-films/?tab=watchlist",
    "/my-films/taste/",
    "/map/",
    "/map/?q=rain&page=2&region=-1,-1,1,1",
    "/accounts/",
    "/accounts/password/",
    "/accounts/delete/",
    "/nowhere/",
]
FOR_STRANGERS = ["/", "/start/", "/accounts/sign-up/", "/accounts/log-in/", "/accounts/password/forgotten/"]


class Page(HTMLParser):
    """Notes what a page is made of, and what is wrong with it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.references: list[str] = []
        self.meta: dict[str, str] = {}
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]
        self.faults += [f"id {name} stands {n} times" for name, n in self.ids.items() if n > 1]
        self.faults += [f"{name} refers to nothing" for name in self.references if name not in self.ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.ids.update([found["id"]] if "id" in found else [])
        for name in ("aria-labelledby", "aria-describedby", "popovertarget", "form", "for"):
            self.references += found.get(name, "").split()
        self.faults += [f"<{tag}>: {fault}" for fault in self.faults_of(tag, found) if fault]
        if len(found) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag == "label":
            self.labels.add(found.get("for", ""))
        if tag in ("select", "textarea") or (tag == "input" and found.get("type") not in ("hidden", "submit")):
            self.controls.append(found | {"inside": "label" if "label" in self.open else ""})
        if tag == "meta":
            self.meta[found.get("property", found.get("name", ""))] = found.get("content", "")
        if tag not in VOID:
            self.open.append(tag)

    def faults_of(self, tag: str, attributes: dict[str, str]) -> list[str]:
        inline = "style" in attributes or any(name.startswith("on") for name in attributes)
        nested = {"a", "button"} & {tag} and {"a", "button"} & {*self.open}
        return [
            "inline style or script" if inline else "",
            "no alt" if tag == "img" and "alt" not in attributes else "",
            "a link or button inside another" if nested else "",
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def unlabelled(self) -> list[dict[str, str]]:
        return [box for box in self.controls if not box["inside"] and box.get("id", "-") not in self.labels]


@pytest.fixture
def films() -> list[Movie]:
    films = [
        make_movie(
            f"Film {n} & <more>",
            genres=["Drama", f"Genre {n % 20}"],
            countries=[f"Country {n % 60}"],
            directors=["Agnès Varda"],
            cast=[f"Actor {n}"],
            keywords=["rain"],
            description="Somebody leaves, somebody stays, and it rains for a very long time in a small town. " * 4,
        )
        for n in range(60)
    ]
    version = teach({movie: [1, n / 60, (n * 7 % 11) / 11] for n, movie in enumerate(films)})
    put_on_the_map(version, {movie: (n / 60, -n / 60) for n, movie in enumerate(films)})
    return films


@pytest.fixture
def ana(client: Client, films: list[Movie]) -> User:
    user = User.objects.create_user("ana", password="velvet-curtain-7")
    like(user, *films[:8])
    Mark.objects.create(user=user, movie=films[9], kind="watchlist")
    client.force_login(user)
    return user


def address_of(name: str) -> str:
    if name == "film":
        return Movie.objects.all()[20].get_absolute_url()
    if name == "person":
        return f"/people/{Person.objects.get(name='Agnès Varda').pk}/"
    return f"/genres/{Genre.objects.get(name='Drama').pk}/" if name == "genre" else name


def check(page: Page) -> None:
    assert page.faults == []
    assert page.unlabelled() == []
    for tag in ("title", "h1", "main", "header", "footer"):
        assert page.tags[tag] >= 1, tag
    assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1
    for name in ("viewport", "description", "og:title", "og:description", "og:image", "og:url", "og:type"):
        assert page.meta[name], name


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_member(client: Client, ana: User, name: str) -> None:
    check(Page(client.get(address_of(name)).content.decode()))


@pytest.mark.parametrize("address", FOR_STRANGERS)
def test_pages_of_a_stranger(client: Client, films: list[Movie], address: str) -> None:
    check(Page(client.get(address).content.decode()))


@pytest.mark.parametrize("address", ["/", "/recommendations/", "/films/"])
def test_pages_stay_small(client: Client, ana: User, address: str) -> None:
    assert len(client.get(address).content) < 120_000
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(answer.content)) > 3 * len(answer.content)


def test_own_style_and_script_stay_small() -> None:
    on_every_page = {STATIC / "css" / "movierec.css": 30_000, STATIC / "js" / "movierec.js": 10_000}
    for file in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        assert file.stat().st_size < on_every_page.get(file, 16_000), file


@pytest.mark.parametrize("name", ["/", "film", "/recommendations/"])
def test_nothing_is_asked_of_anybody_else(client: Client, ana: User, name: str) -> None:
    answer = client.get(address_of(name))
    page = answer.content.decode().replace("http://testserver", "").replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in page
    assert "https://" not in page
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
