"""Look through the catalogue: search, filter, sort, page by page."""

import pytest
from django.test import Client

from catalog.models import Country, FilmText, Genre, Movie, Person, SearchEntry
from catalog.search_entries import fold
from catalog.services import announce_changes
from catalog.typos import closest, distance
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_films_stand_in_the_order_of_their_titles(client: Client) -> None:
    second, first = make_movie("B"), make_movie("A")
    assert shown(client.get("/films/")) == [first.pk, second.pk]


def test_an_empty_catalogue_says_so(client: Client) -> None:
    assert "The catalogue is empty so far." in words_of(client.get("/films/"))


@pytest.mark.parametrize(
    "typed",
    [
        "solaris",
        "SOLA",
        "Солярис",
        "солярис",
        "СОЛЯРИС",
        "tarkovsky",
        "banionis solaris",
        "sentient oc",
        "1972",
        "solaris!",
        "  solaris  ",
    ],
)
def test_it_finds_titles_in_any_language_people_and_keywords(client: Client, typed: str) -> None:
    movie = make_movie(
        "Solaris",
        year=1972,
        directors=["Andrei Tarkovsky"],
        cast=["Donatas Banionis"],
        keywords=["sentient ocean", "space"],
    )
    FilmText.objects.create(movie=movie, language="ru", title="Солярис")
    make_movie("Metropolis")
    assert shown(client.get("/films/", {"q": typed})) == [movie.pk]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Amélie", "amelie"),
        ("Amelie", "Amélie"),
        ("七人の侍", "侍"),
        ("Ёлки", "елки"),
        ("Қыз Жібек", "қыз жібек"),
        ("WALL·E", "wall e"),
        ("Die Straße", "strasse"),
        ("100%", "100%"),
        ("M*A*S*H", "m*a*s*h"),
    ],
)
def test_accents_marks_and_scripts_do_not_stand_in_the_way(client: Client, title: str, typed: str) -> None:
    movie = make_movie(title)
    make_movie("Other")
    assert shown(client.get("/films/", {"q": typed})) == [movie.pk]


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "\\", "\x00", "%%%", "😀"])
def test_signs_with_a_meaning_elsewhere_find_nothing_special(client: Client, typed: str) -> None:
    make_movie("Solaris")
    assert client.get("/films/", {"q": typed}).status_code == 200


def test_the_best_match_stands_first(client: Client) -> None:
    by_person = make_movie("A Film", cast=["Alien Smith"])
    inside = make_movie("My Alien")
    longer = make_movie("Aliens")
    exact = make_movie("Alien")
    assert shown(client.get("/films/", {"q": "alien"})) == [exact.pk, longer.pk, inside.pk, by_person.pk]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("solarsi", "solaris"),
        ("tarkovky", "tarkovsky"),
        ("солярус", "солярис"),
        ("соялрис", "солярис"),
        ("солряис", "солярис"),
        ("tarkvosky", "tarkovsky"),
        ("solariss", "solaris"),
        ("olaris", "solaris"),
        ("solaris tarkovski", "solaris tarkovsky"),
    ],
)
def test_a_typo_gets_a_guess(client: Client, typed: str, meant: str) -> None:
    movie = make_movie("Solaris", directors=["Andrei Tarkovsky"])
    FilmText.objects.create(movie=movie, language="ru", title="Солярис")
    make_movie("Metropolis")
    answer = client.get("/films/", {"q": typed})
    assert f">{meant}</a>?" in words_of(answer)
    assert shown(client.get("/films/" + answer.context["meant_address"])) == [movie.pk]


def test_it_says_when_nothing_fits(client: Client) -> None:
    make_movie("Solaris")
    answer = client.get("/films/", {"q": "qqqqqqqq"})
    assert shown(answer) == []
    assert "No film fits." in words_of(answer)


def test_a_saved_film_is_found_at_once_under_its_new_title(client: Client, django_capture_on_commit_callbacks) -> None:
    movie = make_movie("Solaris")
    client.get("/films/", {"q": "solaris"})
    movie.title = "Stalker"
    movie.save()
    with django_capture_on_commit_callbacks(execute=True):
        announce_changes([movie.pk])
    assert shown(client.get("/films/", {"q": "stalker"})) == [movie.pk]
    assert shown(client.get("/films/", {"q": "solaris"})) == []
    movie.delete()
    assert not SearchEntry.objects.exists()


def test_filters_and_orders(client: Client) -> None:
    old = make_movie("B", year=1930, genres=["War"], countries=["France"])
    new = make_movie("C", year=2020, genres=["War", "Drama"])
    undated = make_movie("A", year=None, genres=["War"])
    make_movie("D", genres=["Comedy"])
    like(make_user(), new)
    war = Genre.objects.get(name="War").pk
    france = Country.objects.get(name="France").pk
    assert shown(client.get("/films/", {"genre": war})) == [undated.pk, old.pk, new.pk]
    assert shown(client.get("/films/", {"genre": war, "sort": "newest"})) == [new.pk, old.pk, undated.pk]
    assert shown(client.get("/films/", {"genre": war, "sort": "oldest"})) == [old.pk, new.pk, undated.pk]
    assert shown(client.get("/films/", {"genre": war, "sort": "popular"})) == [new.pk, undated.pk, old.pk]
    assert shown(client.get("/films/", {"decade": "1930"})) == [old.pk]
    assert shown(client.get("/films/", {"country": france})) == [old.pk]


def test_filters_tell_how_many_films_they_leave(client: Client) -> None:
    for n in range(3):
        make_movie(f"Alien {n}", genres=["Horror"], year=1979)
    make_movie("Bambi", genres=["Family"], year=1942)
    page = words_of(client.get("/films/", {"q": "alien"}))
    assert "Horror (3)" in page
    assert "1970–1979 (3)" in page
    assert "Family" not in page


def test_too_many_films_are_not_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.search.COUNTED", 2)
    for _ in range(3):
        make_movie(genres=["Horror"])
    page = words_of(client.get("/films/"))
    assert ">Horror</option>" in page


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


@pytest.mark.parametrize("sent", [{"genre": "999999"}, {"sort": "random"}, {"q": "a" * 201}, {"decade": "1975"}])
def test_nonsense_as_a_filter_is_named(client: Client, sent: dict[str, str]) -> None:
    assert 'class="error"' in words_of(client.get("/films/", sent))


def test_unpublished_films_are_not_listed(client: Client) -> None:
    make_movie("Solaris", is_published=False, directors=["Andrei Tarkovsky"], genres=["Drama"])
    person, genre = Person.objects.get(), Genre.objects.get()
    assert shown(client.get("/films/")) == []
    assert shown(client.get("/films/", {"q": "solaris"})) == []
    assert "solaris" not in words_of(client.get("/films/", {"q": "solariz"})).split("<main")[1].split("value=")[0]
    assert client.get(f"/people/{person.pk}/").status_code == 404
    assert shown(client.get(f"/genres/{genre.pk}/")) == []


def test_a_person_has_a_page_with_both_trades(client: Client) -> None:
    directed = make_movie("Directed", year=1990, directors=["Agnès Varda"])
    played = make_movie("Played", year=1980, cast=["Agnès Varda"])
    both = make_movie("Both", year=1970, directors=["Agnès Varda"], cast=["Agnès Varda"])
    make_movie("Other", directors=["Somebody Else"])
    answer = client.get(f"/people/{Person.objects.get(name='Agnès Varda').pk}/")
    assert shown(answer) == [directed.pk, both.pk, played.pk]
    assert client.get("/people/999999/").status_code == 404


def test_a_genre_has_a_page_with_the_most_liked_first(client: Client) -> None:
    films = [make_movie(f"Film {n}", genres=["Noir"]) for n in range(3)]
    like(make_user(), films[2])
    noir = Genre.objects.get().pk
    assert shown(client.get(f"/genres/{noir}/")) == [films[2].pk, films[0].pk, films[1].pk]
    assert client.get("/genres/999999/").status_code == 404


def test_htmx_gets_the_films_alone_and_the_address_follows(client: Client) -> None:
    make_movie("Solaris")
    answer = client.get("/films/", {"q": "sol", "genre": "", "sort": ""}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert answer.headers["HX-Replace-Url"] == "/films/?q=sol"


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("heat", "heat", 0),
        ("heat", "haet", 1),
        ("heat", "hea", 1),
        ("heat", "heatt", 1),
        ("heat", "hoot", 2),
        ("", "ab", 2),
    ],
)
def test_steps_between_words(one: str, other: str, steps: int) -> None:
    assert distance(one, other, 5) == distance(other, one, 5) == steps


def test_short_words_are_not_guessed_wildly() -> None:
    assert closest("heat", ["hoot", "boat"]) == ""
    assert closest("tarkovskij", ["tarkovsky"]) == "tarkovsky"
    assert closest("heat", ["heap", "beat", "head"]) == "beat"


def test_folding_knows_every_script() -> None:
    assert fold("  Amélie — ЁЛКИ, Qız! ") == "amelie елки qız"
    assert fold("...") == ""


def test_many_entries_are_caught_up_in_steps(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.search_entries._IN_A_REQUEST", 2)
    for n in range(5):
        make_movie(f"Film {n}")
    for _ in range(3):
        client.get("/films/", {"q": "film"})
    assert SearchEntry.objects.count() == Movie.objects.count() == 5
