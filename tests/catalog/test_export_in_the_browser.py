"""A curator downloads the catalogue, or the films of a filtered list."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.builders import make_movie, make_user
from tests.catalog.admin_site import make_curator

pytestmark = pytest.mark.django_db
PAGE = "/admin/catalog/catalogueimport/export/"


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_curator())
    return client


def titles(answer: Any) -> list[str]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    if answer["Content-Type"] == "application/json":
        return [film["title"] for film in json.loads(text)]
    return [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_whole_catalogue(curator: Client, kind: str) -> None:
    make_movie("Heat", is_published=False)
    make_movie("Alien")
    assert "2 films: the whole catalogue." in curator.get(PAGE).content.decode()
    answer = curator.get(f"{PAGE}{kind}/", {"p": "2"})
    assert titles(answer) == ["Heat", "Alien"]
    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    assert answer["Content-Disposition"].startswith('attachment; filename="films-')


def test_the_list_as_it_is_filtered(curator: Client) -> None:
    make_movie("Heat", is_published=False, genres=["Crime", "Drama"], directors=["Michael Mann"])
    make_movie("Alien", genres=["Horror"])
    for query in ({"is_published__exact": "0"}, {"q": "mann"}, {"decade": "2000", "q": "heat"}):
        page = curator.get(PAGE, query).content.decode()
        assert "1 film: the list as you filtered it." in page
        assert titles(curator.get(f"{PAGE}csv/", query)) == ["Heat"]
    link = curator.get("/admin/catalog/movie/", {"q": "mann"}).content.decode()
    assert f'href="{PAGE}?q=mann"' in link


def test_films_come_a_chunk_at_a_time(
    curator: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("catalog.exporting._AT_ONCE", 2)
    for _ in range(6):
        make_movie(cast=["Ann"])
    pieces = iter(curator.get(f"{PAGE}csv/").streaming_content)
    next(pieces)
    with django_assert_num_queries(5):  # films, genres, countries, texts, people
        next(pieces)
    with django_assert_num_queries(0):
        next(pieces)
    assert len(list(pieces)) == 4


def test_what_makes_no_sense_is_not_found(curator: Client) -> None:
    make_movie(genres=["Drama"])
    assert curator.get(f"{PAGE}xml/").status_code == 404
    assert curator.get(f"{PAGE}csv/", {"genres__id__exact": "x"}).status_code == 404
    assert curator.post(f"{PAGE}csv/").status_code == 405


def test_others_are_refused(client: Client) -> None:
    for user in (make_user(), make_user(is_staff=True)):
        client.force_login(user)
        for address in (PAGE, f"{PAGE}csv/"):
            assert client.get(address).status_code in (302, 403)
