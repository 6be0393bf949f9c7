"""A visitor brings what they kept at Letterboxd: the whole ZIP, or one of its tables."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.models import Like, Mark, Movie, User
from tests.builders import make_movie, make_user
from tests.catalog.history_files import LETTERBOXD, brought_in, packed, shelves_of, table, taken_in

pytestmark = pytest.mark.django_db
LINK = "https://boxd.it/2aNK"


@pytest.fixture
def ana() -> User:
    return make_user("ana")


@pytest.fixture
def films() -> dict[str, Movie]:
    years = {
        "The Godfather": 1972,
        "The Godfather Part II": 1974,
        "Heat": 1995,
        "Amélie": 2001,
        "Cats": 2019,
        "Up": 2009,
    }
    return {title: make_movie(title, year=year) for title, year in years.items()}


def export() -> dict[str, str]:
    """An export with what real ones have: other tables, lists of two blocks, deleted and orphaned entries."""
    return {
        "profile.csv": "Date Joined,Username,Given Name\r\n2019-01-01,ana,Ana\r\n",
        "comments.csv": "Date,Content,Comment\r\n2020-01-01,https://boxd.it/x,nice\r\n",
        "ratings.csv": table(
            LETTERBOXD["ratings.csv"],
            ["2026-08-18", "The Godfather", 1972, LINK, 5],
            ["2026-08-19", "Heat", 1995, "https://boxd.it/1", "3.5"],
            ["2026-08-20", "Cats", 2019, "https://boxd.it/2", "0.5"],
        ),
        "watched.csv": table(
            LETTERBOXD["watched.csv"],
            ["2026-08-18", "The Godfather", 1972, LINK],
            ["2026-08-19", "Heat", 1995, "https://boxd.it/1"],
            ["2026-08-20", "Cats", 2019, "https://boxd.it/2"],
            ["2026-08-21", "A Film Nobody Has", 1999, "https://boxd.it/3"],
        ),
        "watchlist.csv": table(LETTERBOXD["watchlist.csv"], ["2026-01-01", "Up", 2009, "https://boxd.it/4"]),
        "likes/films.csv": table(LETTERBOXD["likes/films.csv"], ["2026-02-02", "Heat", 1995, "https://boxd.it/1"]),
        "likes/lists.csv": "Date,Name,URL\r\n2020-01-01,A list,u\r\n",
        "diary.csv": table(
            LETTERBOXD["diary.csv"],
            ["2026-08-18", "The Godfather Part II", 1974, "https://boxd.it/fTOIj7", 3, "Yes", "a, b", "2025-02-24"],
            ["2026-08-19", "The Godfather Part II", 1974, "https://boxd.it/fTOIj8", "4.5", "", "", "2025-03-24"],
        ),
        "reviews.csv": table(
            LETTERBOXD["reviews.csv"],
            ["2026-08-18", "Amélie", 2001, "https://boxd.it/r1", "", "", "Lovely,\nand long", "", "2024-05-05"],
        ),
        "lists/best.csv": (
            "Letterboxd list export v7\r\nDate,Name,Tags,URL,Description\r\n2020-01-01,Best,,https://boxd.it/l,\r\n\r\n"
            "Position,Name,Year,URL,Description\r\n1,Up,2009,https://boxd.it/4,\r\n"
        ),
        "deleted/diary.csv": table(
            LETTERBOXD["diary.csv"], ["2020-08-18", "Up", 2009, "https://boxd.it/d", 5, "", "", "2020-02-24"]
        ),
        "orphaned/reviews.csv": table(
            LETTERBOXD["reviews.csv"], ["2020-08-18", "Cats", 2019, "https://boxd.it/d", 5, "", "x", "", "2020-02-24"]
        ),
        "__MACOSX/._ratings.csv": b"\0\5\26\7".decode("latin-1"),
    }


@pytest.mark.parametrize("folder", ["", "letterboxd-ana-2026-08-21-10-00-utc/"])
def test_the_whole_zip(ana: User, films: dict[str, Movie], tmp_path: Path, folder: str) -> None:
    content = packed({folder + name: text for name, text in export().items()})
    history = brought_in(ana, content, tmp_path, "letterboxd-ana.zip")
    assert history.source == "letterboxd"
    assert shelves_of(ana) == {
        "liked": ["Heat", "The Godfather", "The Godfather Part II"],
        "seen": ["Amélie", "Cats", "Heat", "The Godfather", "The Godfather Part II"],
        "watchlist": ["Up"],
        "hidden": ["Cats"],
    }
    assert {reason: kept["count"] for reason, kept in history.skipped.items()} == {"deleted": 2, "list": 1}
    assert [row.title for row in history.rows.waiting()] == ["A Film Nobody Has"]
    assert history.rows.count() == 7


def test_days_become_the_time_of_likes_and_marks(ana: User, films: dict[str, Movie], tmp_path: Path) -> None:
    brought_in(ana, packed(export()), tmp_path, "letterboxd.zip")
    assert Like.objects.get(movie=films["Heat"]).created_at == datetime(2026, 2, 2, tzinfo=UTC)
    assert Like.objects.get(movie=films["The Godfather"]).created_at == datetime(2026, 8, 18, tzinfo=UTC)
    seen = Mark.objects.filter(kind="seen")
    assert seen.get(movie=films["The Godfather Part II"]).created_at == datetime(2025, 2, 24, tzinfo=UTC)
    assert seen.get(movie=films["Amélie"]).created_at == datetime(2024, 5, 5, tzinfo=UTC)


def test_links_of_diary_entries_are_no_films(ana: User, films: dict[str, Movie], tmp_path: Path) -> None:
    history = brought_in(ana, export()["diary.csv"], tmp_path, "diary.csv")
    [row] = history.rows.all()
    assert row.movie == films["The Godfather Part II"]
    assert row.rating == 4.5


@pytest.mark.parametrize(
    ("name", "shelf"), [("watched.csv", "seen"), ("watchlist.csv", "watchlist"), ("films.csv", "liked")]
)
def test_one_table_goes_where_its_name_says(
    ana: User, films: dict[str, Movie], tmp_path: Path, name: str, shelf: str
) -> None:
    content = table(LETTERBOXD["watched.csv"], ["2026-01-01", "Up", 2009, LINK])
    assert brought_in(ana, content, tmp_path, name).asks == []
    assert shelves_of(ana) == {shelf: ["Up"]}


def test_a_table_under_another_name_asks_for_the_shelf(ana: User, films: dict[str, Movie], tmp_path: Path) -> None:
    content = table(LETTERBOXD["watched.csv"], ["2026-01-01", "Up", 2009, LINK])
    assert taken_in(ana, content, tmp_path, "mine.csv").asks == ["plain"]


def test_a_list_alone_is_read_below_its_first_block(ana: User, films: dict[str, Movie], tmp_path: Path) -> None:
    history = taken_in(ana, export()["lists/best.csv"], tmp_path, "best.csv")
    assert [row.title for row in history.rows.all()] == ["Up"]
    assert history.asks == ["plain"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_letters_in_any_usual_encoding(ana: User, films: dict[str, Movie], tmp_path: Path, encoding: str) -> None:
    content = table(LETTERBOXD["ratings.csv"], ["2026-08-18", "Amélie", 2001, LINK, 5]).encode(encoding)
    brought_in(ana, content, tmp_path, "ratings.csv")
    assert shelves_of(ana) == {"liked": ["Amélie"], "seen": ["Amélie"]}


def test_half_stars_without_a_rating_and_nonsense(ana: User, films: dict[str, Movie], tmp_path: Path) -> None:
    content = table(
        LETTERBOXD["ratings.csv"],
        ["2026-08-18", "Up", 2009, LINK, "4.0"],
        ["someday", "Heat", 1995, LINK, "2.0"],
        ["2026-08-18", "Cats", "20x9", LINK, "awful"],
        ["2026-08-18", "", 2001, LINK, "3"],
    )
    history = brought_in(ana, content, tmp_path, "ratings.csv")
    assert shelves_of(ana) == {"liked": ["Up"], "seen": ["Cats", "Heat", "Up"], "hidden": ["Heat"]}
    assert history.skipped["untitled"]["count"] == 1
