"""A visitor brings Trakt's ZIP: nested in a folder, with numbered histories, shows between the films, and empty ids."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.importing import Unreadable
from catalog.models import Mark, Movie, User
from tests.builders import make_movie, make_user
from tests.catalog.history_files import brought_in, packed, shelves_of, taken_in, trakt

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return make_user("ana")


@pytest.fixture
def films() -> list[Movie]:
    return [
        make_movie("Saint", year=2010, imdb_id="tt1167675"),
        make_movie("Pulp Fiction", year=1994, tmdb_id=680),
        make_movie("Heat", year=1995),
        make_movie("Up", year=2009, tmdb_id=14160),
    ]


def film(title: str, year: int, **ids: object) -> dict[str, object]:
    return {"title": title, "year": year, "ids": {"trakt": 1, "slug": "x", "imdb": None, "tmdb": None, **ids}}


SAINT = film("Saint", 2010, imdb="tt1167675", plex={"guid": "x"})
HEAT, UP, PULP = film("Heat", 1996), film("Up", 2009, tmdb=14160), film("Pulp Fiction", 1994, tmdb=680)
LOST = {"title": "Lost"}


def item(when: str, day: str, kind: str = "movie", **more: object) -> dict[str, object]:
    """An item of any of the files: something happened to a film or a show on that day."""
    return {"id": 1, when: f"{day}T21:30:00.000Z", "type": kind, **more}


def export(folder: str = "") -> bytes:
    files: dict[str, object] = {
        "user-profile.json": {"username": "ana"},
        "watched-history-1.json": [
            item("watched_at", "2025-06-24", action="watch", movie=SAINT),
            item("watched_at", "2024-01-24", action="scrobble", movie=SAINT),
            item("watched_at", "2024-01-24", "episode", episode={"title": "Pilot"}, show=LOST),
        ],
        "watched-history-2.json": [item("watched_at", "2023-01-01", movie=HEAT)],
        "watched-movies.json": [{"plays": 2, "last_watched_at": "2025-06-24T21:30:00.000Z", "movie": SAINT}],
        "ratings-movies.json": [item("rated_at", "2024-03-07", rating=8, movie=PULP)],
        "ratings-shows.json": [item("rated_at", "2024-03-07", "show", rating=9, show=LOST)],
        "lists-watchlist.json": [
            item("listed_at", "2024-05-05", rank=1, notes=None, my_rating=None, movie=UP),
            item("listed_at", "2024-05-05", "show", rank=2, show=LOST),
        ],
        "lists-favorites.json": [item("listed_at", "2024-06-05", movie=HEAT)],
        "lists-lists.json": [{"name": "A list", "ids": {"trakt": 1}}],
        "lists-list-1-best.json": [item("listed_at", "2024-06-05", movie=UP)],
        "comments-movies.json": [],
    }
    return packed({folder + name: trakt(content) for name, content in files.items()})


@pytest.mark.parametrize("folder", ["", "export/trakt-ana/"])
def test_the_whole_zip(ana: User, films: list[Movie], tmp_path: Path, folder: str) -> None:
    history = brought_in(ana, export(folder), tmp_path, "trakt.zip")
    assert history.source == "trakt"
    assert shelves_of(ana) == {
        "liked": ["Heat", "Pulp Fiction"],
        "seen": ["Heat", "Pulp Fiction", "Saint"],
        "watchlist": ["Up"],
    }
    assert history.rows.count() == 4
    assert {reason: kept["count"] for reason, kept in history.skipped.items()} == {"tv": 3, "list": 1}


def test_the_first_day_of_several_counts(ana: User, films: list[Movie], tmp_path: Path) -> None:
    brought_in(ana, export(), tmp_path, "trakt.zip")
    assert Mark.objects.get(movie=films[0]).created_at == datetime(2024, 1, 24, 21, 30, tzinfo=UTC)


def test_one_file_alone(ana: User, films: list[Movie], tmp_path: Path) -> None:
    content = trakt([item("rated_at", "2024-03-07", rating=3, movie=HEAT)])
    brought_in(ana, content, tmp_path, "ratings-movies.json")
    assert shelves_of(ana) == {"seen": ["Heat"], "hidden": ["Heat"]}


@pytest.mark.parametrize(
    "broken", [{"type": "movie", "watched_at": "x"}, {"movie": "Heat", "watched_at": "x"}, "text", 5, None, []]
)
def test_broken_items_are_left_out(ana: User, films: list[Movie], tmp_path: Path, broken: object) -> None:
    good = item("watched_at", "2024-01-24", movie={"title": "Heat", "year": "1995", "ids": []})
    history = brought_in(ana, trakt([broken, good]), tmp_path, "watched-history.json")
    assert history.skipped["broken"]["count"] == 1
    assert shelves_of(ana) == {"seen": ["Heat"]}


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '"text"', "[1, 2]", "{}", "null", "[]"])
def test_other_json_is_refused(ana: User, tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable):
        taken_in(ana, text, tmp_path, "export.json")


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "today", "", None, 7])
@pytest.mark.parametrize("title", ["Heat\ud800", "Heat\u0000", " Heat "])
def test_strange_days_and_letters_break_nothing(
    ana: User, films: list[Movie], tmp_path: Path, title: str, day: object
) -> None:
    content = trakt([{"watched_at": day, "type": "movie", "movie": {"title": title, "year": 1995}}])
    history = brought_in(ana, content, tmp_path, "watched-history.json")
    assert history.rows.count() == 1
    assert Mark.objects.filter(user=ana).count() == 1
