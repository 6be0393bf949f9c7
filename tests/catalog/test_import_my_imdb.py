"""A visitor brings ratings, watchlists and lists from IMDb, of today and of years ago."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.models import Like, Movie, User
from tests.builders import make_movie, make_user
from tests.catalog.history_files import IMDB, brought_in, imdb_row, outcomes, shelves_of, table, taken_in

pytestmark = pytest.mark.django_db
LIST = (
    "Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,"
    "Genres,Num Votes,Release Date,Directors,Your Rating,Date Rated"
)
OLD = (
    "position,const,created,modified,description,Title,Title type,Directors,You rated,IMDb Rating,Runtime (mins),Year,"
    "Genres,Num. Votes,Release Date (month/day/year),URL"
)
BEFORE = "Const,Your Rating,Date Added,Title,Title Type,Directors,IMDb Rating,Runtime (mins),Year,Genres,Num Votes"


@pytest.fixture
def ana() -> User:
    return make_user("ana")


@pytest.fixture
def films() -> list[Movie]:
    return [
        make_movie("The Matrix", year=1999, imdb_id="tt0133093"),
        make_movie("Alien", year=1979, imdb_id="tt0078748"),
        make_movie("Cats", year=2019, imdb_id="tt5697572"),
    ]


def test_ratings_of_ten(ana: User, films: list[Movie], tmp_path: Path) -> None:
    content = table(
        IMDB,
        imdb_row("tt0133093", 8, "2024-03-15", "The Matrix", 1999),
        imdb_row("tt0078748", 7, "2024-03-16", "Alien", 1979),
        imdb_row("tt5697572", 4, "2024-03-17", "Cats", 2019),
    )
    history = brought_in(ana, content, tmp_path, "ratings.csv")
    assert (history.source, history.rule["scale"], history.asks) == ("imdb", 10, [])
    assert shelves_of(ana) == {"liked": ["The Matrix"], "seen": ["Alien", "Cats", "The Matrix"], "hidden": ["Cats"]}
    assert Like.objects.get().created_at == datetime(2024, 3, 15, tzinfo=UTC)


def test_ids_without_tt_or_zeros_are_understood(ana: User, films: list[Movie], tmp_path: Path) -> None:
    content = table(
        IMDB,
        imdb_row("133093", 8, "2024-03-15", "Another Title", 1999),
        imdb_row("", 9, "2024-03-15", "Alien", 1979),
        imdb_row("nm123", 9, "", "", ""),
    )
    history = brought_in(ana, content, tmp_path, "ratings.csv")
    assert outcomes(history) == {"Another Title": "matched id", "Alien": "matched title"}
    assert history.skipped["untitled"]["count"] == 1


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("TV Series", "tv"),
        ("TV Mini Series", "tv"),
        ("TV Episode", "tv"),
        ("tvSeries", "tv"),
        ("tvEpisode", "tv"),
        ("Video Game", "other"),
        ("Music Video", "other"),
        ("Podcast Series", "other"),
        ("Podcast Episode", "other"),
    ],
)
def test_what_is_no_film_is_left_out_and_said(ana: User, tmp_path: Path, kind: str, reason: str) -> None:
    history = taken_in(ana, table(IMDB, imdb_row("tt1", 9, "", "Lost", 2004, kind)), tmp_path)
    assert history.rows.count() == 0
    assert history.skipped == {reason: {"count": 1, "first": ["Lost"]}}


@pytest.mark.parametrize("kind", ["Movie", "TV Movie", "Short", "TV Special", "Video", "TV Short", "movie", "tvMovie"])
def test_what_is_a_film_is_kept(ana: User, tmp_path: Path, kind: str) -> None:
    assert taken_in(ana, table(IMDB, imdb_row("tt1", 9, "", "A", 2004, kind)), tmp_path).rows.count() == 1


def test_before_2018_there_was_no_original_title(ana: User, films: list[Movie], tmp_path: Path) -> None:
    headers = IMDB.replace("Original Title,", "")
    row = imdb_row("tt0133093", 9, "2017-03-15", "The Matrix", 1999)
    brought_in(ana, table(headers, row[:4] + row[5:]), tmp_path)
    assert shelves_of(ana) == {"liked": ["The Matrix"], "seen": ["The Matrix"]}


def test_the_export_between_the_times(ana: User, films: list[Movie], tmp_path: Path) -> None:
    row = ["tt0133093", 9, "2017-10-01", "The Matrix", "movie", "The Wachowskis", 8.7, 136, 1999, "action", 1]
    brought_in(ana, table(BEFORE, row), tmp_path)
    assert Like.objects.get().created_at == datetime(2017, 10, 1, tzinfo=UTC)


def test_the_export_of_old_with_its_own_days_and_letters(ana: User, tmp_path: Path) -> None:
    make_movie("Amélie", year=2001)
    row = [1, "tt0211915", "Sat Mar 15 00:00:00 2014", "", "", "Amélie", "Feature Film", "Jeunet", 9, 8.3, 122, 2001]
    row[6] = "movie"
    content = table(OLD, [*row, "comedy", 1, "2001-04-25", "http://www.imdb.com/title/tt0211915/"]).encode("cp1252")
    brought_in(ana, content, tmp_path, "ratings.csv")
    assert shelves_of(ana) == {"liked": ["Amélie"], "seen": ["Amélie"]}
    assert Like.objects.get().created_at == datetime(2014, 3, 15, tzinfo=UTC)


def list_row(const: str, title: str, year: int, rating: object = "") -> list[object]:
    return [
        1,
        const,
        "2024-01-05",
        "2024-01-06",
        "",
        title,
        title,
        "",
        "Movie",
        8,
        100,
        year,
        "",
        1,
        "",
        "",
        rating,
        "",
    ]


def test_a_watchlist(ana: User, films: list[Movie], tmp_path: Path) -> None:
    content = table(LIST, list_row("tt0133093", "The Matrix", 1999), list_row("tt0133093", "The Matrix", 1999))
    history = brought_in(ana, content, tmp_path, "WATCHLIST.csv")
    assert shelves_of(ana) == {"watchlist": ["The Matrix"]}
    assert history.rows.count() == 1
    assert history.rows_read == 2


def test_a_list_asks_for_its_shelf_and_its_ratings_count(ana: User, films: list[Movie], tmp_path: Path) -> None:
    content = table(LIST, list_row("tt0133093", "The Matrix", 1999, 9), list_row("tt0078748", "Alien", 1979))
    history = brought_in(ana, content, tmp_path, "4f2b.csv")
    assert history.asks == ["plain"]
    assert shelves_of(ana) == {"liked": ["The Matrix"], "seen": ["The Matrix"], "watchlist": ["Alien"]}
