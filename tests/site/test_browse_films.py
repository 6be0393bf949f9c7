"""Look through the catalogue: search, filter, sort, page by page."""

import pytest
from django.test import Client

from catalog.models import FilmText, Genre
from tests.builders import make_movie
from tests.site.pages import shown, words_of

pytestmark = pytest.mark.django_db


def test_films_stand_in_the_order_of_their_titles(client: Client) -> None:
    second, first = make_movie("B"), make_movie("A")
    assert shown(client.get("/films/")) == [first.pk, second.pk]


def test_an_empty_catalogue_says_so(client: Client) -> None:
    assert "The catalogue is empty so far." in words_of(client.get("/films/"))


@pytest.mark.parametrize("typed", ["solaris", "SOLA", "Солярис", "солярис", "СОЛЯРИС", "tarkovsky", "banionis solaris"])
def test_it_finds_titles_in_any_language_and_people(client: Client, typed: str) -> None:
    movie = make_movie("Solaris", directors=["Andrei Tarkovsky"], cast=["Donatas Banionis"])
    FilmText.objects.create(movie=movie, language="ru", title="Солярис")
    make_movie("Metropolis")
    assert shown(client.get("/films/", {"q": typed})) == [movie.pk]


def test_it_says_when_nothing_fits(client: Client) -> None:
    make_movie("Solaris")
    answer = client.get("/films/", {"q": "qqqq"})
    assert shown(answer) == []
    assert "No film fits." in words_of(answer)


def test_genre_and_order(client: Client) -> None:
    old = make_movie("B", year=1930, genres=["War"])
    new = make_movie("C", year=2020, genres=["War", "Drama"])
    undated = make_movie("A", year=None, genres=["War"])
    make_movie("D", genres=["Comedy"])
    war = Genre.objects.get(name="War").pk
    assert shown(client.get("/films/", {"genre": war})) == [undated.pk, old.pk, new.pk]
    assert shown(client.get("/films/", {"genre": war, "sort": "newest"})) == [new.pk, old.pk, undated.pk]
    assert shown(client.get("/films/", {"genre": war, "sort": "oldest"})) == [old.pk, new.pk, undated.pk]


def test_pages_hold_every_film_once(client: Client) -> None:
    films = {make_movie().pk for _ in range(100)}
    seen = []
    for page in (1, 2, 3):
        answer = client.get("/films/", {"page": page})
        seen += shown(answer)
    assert len(seen) == 100
    assert set(seen) == films
    assert 'rel="next"' not in words_of(answer)
    assert "There are no more films." in words_of(client.get("/films/", {"page": 4}))


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 40, "²"])
def test_nonsense_as_a_page_is_the_first_or_the_last(client: Client, page: str) -> None:
    make_movie()
    assert client.get("/films/", {"page": page}).status_code == 200


@pytest.mark.parametrize("sent", [{"genre": "999999"}, {"sort": "random"}, {"q": "a" * 201}])
def test_nonsense_as_a_filter_is_named(client: Client, sent: dict[str, str]) -> None:
    assert 'class="error"' in words_of(client.get("/films/", sent))


def test_unpublished_films_are_not_listed(client: Client) -> None:
    make_movie("Solaris", is_published=False)
    assert shown(client.get("/films/")) == []
    assert shown(client.get("/films/", {"q": "solaris"})) == []
