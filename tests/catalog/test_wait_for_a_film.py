"""Films that the catalogue does not have wait, and join a visitor's films when a curator adds them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from catalog.history.writing import undo
from catalog.models import FilmText, HistoryImport, Like, Movie, User
from catalog.services import announce_changes
from catalog.signals import movies_changed
from tests.builders import make_movie, make_user
from tests.catalog.files import run
from tests.catalog.history_files import LETTERBOXD, brought_in, shelves_of, table, taken_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def ana() -> User:
    return make_user("ana")


def announce(*movies: Movie) -> None:
    movies_changed.send(sender=Movie, movie_ids=[movie.pk for movie in movies])


def bring(ana: User, folder: Path, *rows: list[object]) -> HistoryImport:
    return brought_in(ana, table("title,year,rating,date,imdb_id,tmdb_id", *rows), folder)


def test_a_film_that_comes_later_joins_with_its_day(ana: User, tmp_path: Path) -> None:
    history = bring(ana, tmp_path, ["Heat", 1995, 5, "2020-02-02", "", ""])
    assert shelves_of(ana) == {}
    announce(make_movie("Heat", year=1995))
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"]}
    assert Like.objects.get().created_at == datetime(2020, 2, 2, tzinfo=UTC)
    [row] = history.rows.all()
    assert (row.outcome, row.how) == ("matched", "later")


@pytest.mark.parametrize(
    "film",
    [
        {"title": "Жара", "imdb_id": "tt0113277"},
        {"title": "Hitze", "tmdb_id": 949},
        {"title": "Hitze", "original_title": "Heat"},
        {"title": "HEAT", "year": 1996},
    ],
)
def test_it_is_found_by_any_id_and_title(ana: User, tmp_path: Path, film: dict[str, object]) -> None:
    bring(ana, tmp_path, ["Heat", 1995, 5, "", "tt0113277", 949])
    movie = make_movie(**{"year": 1995, **film})  # type: ignore[arg-type]
    announce(movie)
    assert Like.objects.filter(movie=movie).exists()


def test_it_is_found_by_a_title_in_another_language(ana: User, tmp_path: Path) -> None:
    bring(ana, tmp_path, ["Ыстық", 1995, 5, "", "", ""])
    movie = make_movie("Heat", year=1995)
    FilmText.objects.create(movie=movie, language="kk", title="Ыстық")
    announce(movie)
    assert Like.objects.filter(movie=movie).exists()


@pytest.mark.parametrize("film", [{"title": "Heat", "year": 1986}, {"title": "Heated"}, {"is_published": False}])
def test_another_film_is_not_taken(ana: User, tmp_path: Path, film: dict[str, object]) -> None:
    bring(ana, tmp_path, ["Heat", 1995, 5, "", "", ""])
    announce(make_movie(**{"title": "Heat", "year": 1995, **film}))  # type: ignore[arg-type]
    assert shelves_of(ana) == {}


def test_an_import_that_is_undone_waits_no_more(ana: User, tmp_path: Path) -> None:
    history = bring(ana, tmp_path, ["Heat", 1995, 5, "", "", ""])
    undo(history)
    announce(make_movie("Heat", year=1995))
    assert shelves_of(ana) == {}


def test_in_a_preview_the_film_is_found_and_nothing_written(ana: User, tmp_path: Path) -> None:
    history = taken_in(ana, "title,year\nHeat,1995\n", tmp_path)
    announce(make_movie("Heat", year=1995))
    assert history.rows.matched().count() == 1
    assert shelves_of(ana) == {}


def test_a_film_that_was_refused_is_not_taken(ana: User, tmp_path: Path) -> None:
    film = make_movie("Heat", year=1993)
    history = taken_in(ana, "title,year\nHeat,1995\n", tmp_path)
    [row] = history.rows.to_review()
    row.outcome = "waiting"
    row.save()
    film.year = 1995
    film.save()
    announce(film)
    assert history.rows.waiting().count() == 1


def test_what_came_later_is_undone_with_the_rest(ana: User, tmp_path: Path) -> None:
    history = bring(ana, tmp_path, ["Heat", 1995, 5, "", "", ""])
    announce(make_movie("Heat", year=1995))
    undo(history)
    assert shelves_of(ana) == {}


def test_a_film_that_leaves_and_comes_back(ana: User, tmp_path: Path) -> None:
    film = make_movie("Heat", year=1995)
    history = bring(ana, tmp_path, ["Heat", 1995, 5, "", "", ""])
    film.delete()
    assert history.rows.waiting().count() == 1
    announce(make_movie("Heat", year=1995))
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"]}


def test_an_import_of_films_finds_those_who_wait(
    ana: User, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    brought_in(ana, table(LETTERBOXD["watchlist.csv"], ["2020-01-01", "Heat", 1995, "u"]), tmp_path, "watchlist.csv")
    path = tmp_path / "catalogue.csv"
    path.write_text("title,year\nHeat,1995\nAlien,1979\n")
    with django_capture_on_commit_callbacks(execute=True):
        run("import_movies", path)
    assert shelves_of(ana) == {"watchlist": ["Heat"]}


def test_it_costs_one_query_when_nobody_waits(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    from catalog.history.later import match_waiting_rows

    films = [make_movie() for _ in range(3)]
    with django_assert_num_queries(1):
        match_waiting_rows([film.pk for film in films])


def test_many_new_films_cost_few_queries(
    ana: User, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    from catalog.history.later import match_waiting_rows

    bring(ana, tmp_path, *([f"Film number {n}", 2001, 5, "", "", ""] for n in range(60)))
    films = [make_movie(f"Film number {n}") for n in range(60)]
    with django_assert_max_num_queries(28):
        match_waiting_rows([film.pk for film in films])
    assert Like.objects.count() == 60


def test_the_announcement_is_heard(
    ana: User, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    bring(ana, tmp_path, ["Heat", 1995, 5, "", "", ""])
    film = make_movie("Heat", year=1995)
    with django_capture_on_commit_callbacks(execute=True):
        announce_changes([film.pk])
    assert Like.objects.count() == 1
