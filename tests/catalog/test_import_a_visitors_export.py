"""An operator brings in a visitor's export with import_likes: the same files, the same matching, the same undo."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from catalog.history.writing import undo
from catalog.models import HistoryImport, Like, User
from tests.builders import make_movie, make_user
from tests.catalog.files import run
from tests.catalog.history_files import IMDB, LETTERBOXD, imdb_row, packed, shelves_of, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    make_movie("Heat", year=1995, imdb_id="tt0113277")
    make_movie("Cats", year=2019)
    return make_user("Anna")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def ratings() -> str:
    return table(
        LETTERBOXD["ratings.csv"], ["2026-08-18", "Heat", 1995, "u", 4], ["2026-08-18", "Nobody Knows", 1990, "u", 1]
    )


def test_a_zip_goes_to_the_visitor_that_is_named(anna: User, tmp_path: Path) -> None:
    path = write(tmp_path, "letterboxd.zip", packed({"ratings.csv": ratings()}))
    said = run("import_likes", path, "--user", "anna")
    assert "Read as: letterboxd" in said
    assert "2 films: 1 found, 0 for Anna to choose, 1 wait for the catalogue" in said
    assert "Liked: 1, Seen: 1" in said
    assert shelves_of(anna) == {"liked": ["Heat"], "seen": ["Heat"]}


def test_the_visitor_can_undo_it(anna: User, tmp_path: Path) -> None:
    run("import_likes", write(tmp_path, "ratings.csv", ratings()), "--user", "Anna")
    undo(HistoryImport.objects.get(user=anna))
    assert shelves_of(anna) == {}


def test_ratings_of_ten_are_understood(anna: User, tmp_path: Path) -> None:
    content = table(IMDB, imdb_row("tt0113277", 9, "2024-01-01", "Heat", 1995), imdb_row("x", 1, "", "Cats", 2019))
    answer = json.loads(run("import_likes", write(tmp_path, "ratings.csv", content), "--user", "Anna", "--json"))
    assert answer == {
        "kind": "imdb",
        "films": 2,
        "found": 2,
        "to_choose": 0,
        "waiting": 0,
        "left_out": {},
        "added": {"Liked": 1, "Seen": 2, "Not for me": 1},
    }


def test_without_a_visitor_it_is_refused(anna: User, tmp_path: Path) -> None:
    path = write(tmp_path, "letterboxd.zip", packed({"ratings.csv": ratings()}))
    with pytest.raises(CommandError, match="Say whose, with --user"):
        run("import_likes", path)
    assert not Like.objects.exists()


@pytest.mark.parametrize("content", [packed({"../ratings.csv": "x"}), packed({"x.txt": "y"}), b"PK\x03\x04"])
def test_bad_zips_are_refused(anna: User, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CommandError):
        run("import_likes", write(tmp_path, "films.zip", content), "--user", "Anna")
    assert not HistoryImport.objects.exists()


def test_a_missing_file_is_refused(anna: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be opened"):
        run("import_likes", tmp_path / "none.csv", "--user", "Anna")
