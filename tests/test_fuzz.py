"""Whatever is sent to whatever address, the answer is a page or a refusal, never a fault of the site.

A few hundred cases by default; `FUZZ_CASES=50000 .venv/bin/pytest tests/test_fuzz.py` draws that many new ones.
"""

from __future__ import annotations

import json
import os
import re
import string
from contextlib import suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from catalog.posters.pictures import KINDS, NoPoster, read_poster
from tests.answers import drain
from tests.catalog.history_files import IMDB, LETTERBOXD, packed
from tests.catalog.pictures import picture
from tests.rights.rules import Rule, rules
from tests.rights.world import World, undone

pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("FUZZ_CASES", "0"))
USUALLY = 900  # all tests together
# What addresses understand beside the fields of their forms.
ASIDE = {
    *("page", "p", "tab", "q", "which", "kind", "next", "restore", "shown", "state", "view", "v", "o", "e", "all"),
    *("film", "region", "like", "_popup", "_to_field", "app_label", "model_name", "field_name", "term", "films"),
}
HEADERS = [
    *(
        "Accept-Language",
        "Cookie",
        "Host",
        "Referer",
        "Origin",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "If-None-Match",
    ),
    *("If-Modified-Since", "Range", "HX-Request", "HX-Current-URL", "HX-Target", "User-Agent", "X-CSRFToken"),
]
BODIES = [
    *(
        b"--x\r\nContent-Disposition: form-data; name=q\r\n\r\n1",
        b"--x--",
        b"a&" * 3000,
        b"&a=1" * 1001,
        b"%",
        b"=" * 99,
    ),
    *(
        b"--x\r\nContent-Disposition: form-data; name=file; filename=../a.csv\r\n\r\ntitle\r\nHeat\r\n--x--\r\n",
        b"\xff" * 50,
    ),
]
FIELD = re.compile(r'name="([\w-]+)"')
NASTY = [
    *("", "0", "-1", "9" * 30, "1e309", "NaN", "-0.0", "²", "٣", "1_000", "0x10", "None", "null", "true", "[]", "{}"),
    *("\x00", "a\x00b", "%00", "\ud800", "\u202eevil", "\ufeff", "\r\nX: 1", "😀" * 99, "é" * 600, "ﷺ" * 200, "İI"),
    *("' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "%(x)s", "%s%n", "../../etc/passwd", "//evil.example"),
    *("1,2,3", "0,0,1,1", "nan,nan,inf,inf", "9" * 400, "=1+1", "a" * 5000, "[" * 3000, "(" * 300, "\\", "*" * 50),
]


def how_often(usual: int) -> settings:
    """This test's share of what was asked for; by chance only where somebody asked for many."""
    return settings(
        max_examples=CASES * usual // USUALLY or usual,
        derandomize=not CASES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class Site:
    """A world, the browsers of some people, and the names of all fields that its pages have."""

    def __init__(self) -> None:
        self.world = World()
        self.clients = {who: self.world.client(who) for who in ("anonymous", "owner", "curator", "superuser")}
        self.rules = [rule for rule in rules() if "log" not in rule.name.split(":")[-1] or "entry" in rule.name]
        self.fields = {rule.address: self._fields(rule) for rule in self.rules}
        self.ids = [str(value) for value in self.world.things.values()]

    def _fields(self, rule: Rule) -> list[str]:
        answer = self.clients["superuser" if rule.name.startswith("admin") else "owner"].get(self.address(rule))
        page = "" if answer.streaming else answer.content.decode(errors="replace")
        drain(answer)
        return sorted({*FIELD.findall(page), *ASIDE} - {"csrfmiddlewaretoken", "viewport"})

    def address(self, rule: Rule) -> str:
        return rule.address.format(**self.world.things)


@pytest.fixture
def site(settings: Any, tmp_path: Path) -> Site:
    settings.VAR_DIR = tmp_path / "var"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return Site()


def values(ids: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(NASTY),
        st.sampled_from(ids),
        st.integers(-(10**20), 10**20).map(str),
        st.floats().map(str),
        st.text(max_size=60),
        st.text(string.printable, max_size=30),
    )


def is_no_fault(answer: Any, asked: str) -> None:
    note(asked)
    drain(answer)
    assert answer.status_code < 500 or asked.endswith("/readyz"), asked
    where = urlsplit(answer.headers.get("Location", ""))
    assert where.netloc in ("", "testserver"), where
    assert not where.path.startswith(("//", "/\\")), where


@how_often(300)
@given(data=st.data())
def test_no_field_of_any_page_breaks_it(site: Site, data: st.DataObject) -> None:
    who = data.draw(st.sampled_from(sorted(site.clients)))
    rule = data.draw(st.sampled_from(site.rules))
    method = data.draw(st.sampled_from(["get", "post"]))
    names = data.draw(st.lists(st.sampled_from(site.fields[rule.address]), min_size=1, max_size=6))
    sent = {name: data.draw(st.lists(values(site.ids), min_size=1, max_size=2)) for name in names}
    sent = {name: [value.encode(errors="replace").decode() for value in several] for name, several in sent.items()}
    headers = {"HX-Request": "true"} if data.draw(st.booleans()) else {}
    client = site.clients[who]
    with undone(client):
        answer = getattr(client, method)(site.address(rule), sent, headers=headers)
        is_no_fault(answer, f"{method} {site.address(rule)}")


@how_often(150)
@given(data=st.data())
def test_no_address_breaks_the_site(site: Site, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(site.rules))
    things = {name: data.draw(values(site.ids)) for name in re.findall(r"{(\w+)}", rule.address)}
    address = rule.address.format(**things).split("?")[0].split("#")[0]
    client = site.clients[data.draw(st.sampled_from(sorted(site.clients)))]
    with undone(client):
        answer = client.get("/" + address.encode(errors="replace").decode().lstrip("/"))
        is_no_fault(answer, f"get {address[:80]}")


def rows() -> st.SearchStrategy[str]:
    """A table with known headers and any cells."""
    headers = st.sampled_from(
        [*LETTERBOXD.values(), IMDB, "title,year,rating", "movieId,userId,rating,timestamp", "a;b"]
    )
    cell = st.one_of(st.sampled_from(NASTY), st.text(max_size=20), st.integers(-5, 10**12).map(str))
    lines = st.lists(st.lists(cell, max_size=9).map(",".join), max_size=6)
    return st.builds(lambda header, found: "\n".join([header, *found]), headers, lines)


def documents() -> st.SearchStrategy[str]:
    """JSON with known keys and any values, some of them very deep."""
    keys = st.sampled_from(["title", "year", "ids", "imdb", "tmdb", "movie", "likes", "format", "rating", "films", "x"])
    plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
    tree = st.recursive(
        plain, lambda part: st.lists(part, max_size=4) | st.dictionaries(keys, part, max_size=5), max_leaves=20
    )
    return st.one_of(
        tree.map(json.dumps), st.sampled_from(["[" * 100_000, '{"a":' * 50_000, '{"likes": [' + "9" * 5000 + "]}"])
    )


def archives() -> st.SearchStrategy[bytes]:
    """ZIP files whose entries may lead elsewhere."""
    names = st.sampled_from(["ratings.csv", "../evil.csv", "/etc/x.csv", "likes/films.csv", "x.zip"])
    sound = rows().map(lambda text: text.encode(errors="replace").decode())
    return st.dictionaries(names, sound, max_size=3).map(packed)


FILES = st.one_of(
    st.tuples(rows().map(lambda text: text.encode(errors="replace")), st.just("ratings.csv")),
    st.tuples(documents().map(str.encode), st.just("films.json")),
    st.tuples(st.binary(max_size=200), st.sampled_from(["x.csv", "x.zip", "x.json", "x.tsv", "..a", "a" * 300])),
    st.tuples(archives(), st.just("export.zip")),
)


@how_often(100)
@given(file=FILES)
@pytest.mark.parametrize("at", ["/my-films/import/", "/admin/catalog/catalogueimport/add/"])
def test_no_file_breaks_the_importers(site: Site, file: tuple[bytes, str], at: str) -> None:
    content, name = file
    client = site.clients["superuser" if at.startswith("/admin") else "owner"]
    with undone(client):
        answer = client.post(at, {"file": SimpleUploadedFile(name, content)}, follow=True)
        is_no_fault(answer, f"{name[:20]} to {at}")


@how_often(50)
@given(file=FILES)
def test_no_file_breaks_the_commands(site: Site, file: tuple[bytes, str]) -> None:
    content, name = file
    with TemporaryDirectory() as folder, undone(site.clients["owner"]):
        path = Path(folder) / name.replace("/", "")[-200:]
        path.write_bytes(content)
        for command in (["import_movies", "--dry-run"], ["import_likes", "--create-users"]):
            with suppress(CommandError):
                call_command(command[0], path, *command[1:], stdout=StringIO(), stderr=StringIO())


@how_often(100)
@given(data=st.data())
def test_no_header_and_no_body_breaks_the_site(site: Site, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(site.rules))
    names = st.sampled_from(HEADERS)
    sent = data.draw(st.dictionaries(names, values(site.ids).filter(str.isprintable), max_size=4))
    kind = data.draw(st.sampled_from(["application/json", "multipart/form-data; boundary=x", "x", "text/csv", ""]))
    body = data.draw(st.one_of(st.binary(max_size=200), st.sampled_from(BODIES)))
    client = site.clients[data.draw(st.sampled_from(sorted(site.clients)))]
    with undone(client):
        headers = {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in sent.items()}
        answer = client.generic("POST", site.address(rule), body, kind, headers=headers)
        is_no_fault(answer, f"post {site.address(rule)}")


def spoilt(content: bytes) -> st.SearchStrategy[bytes]:
    """A picture with some bytes changed, cut off or in another place."""
    place = st.integers(0, len(content) - 1)
    change = st.tuples(place, st.binary(min_size=1, max_size=8))
    return st.builds(_with, st.just(content), st.lists(change, max_size=8), place)


def _with(content: bytes, changes: list[tuple[int, bytes]], end: int) -> bytes:
    for place, piece in changes:
        content = content[:place] + piece + content[place + len(piece) :]
    return content[: end + 1] if end % 3 == 0 else content


@how_often(100)
@given(content=st.one_of(st.binary(max_size=100), *(spoilt(picture(150, 225, kind=kind)) for kind in KINDS)))
def test_no_picture_breaks_the_posters(content: bytes) -> None:
    with suppress(NoPoster):
        assert read_poster(content).width <= 150
