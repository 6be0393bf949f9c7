"""An operator exports the catalogue, and importing the file gives the same films back."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from catalog.exporting import COLUMNS
from catalog.importing.formulas import neutralised, original
from catalog.importing.values import values_of_film
from catalog.models import Country, Credit, FilmText, Genre, Movie, Person
from tests.builders import make_movie
from tests.catalog.files import run

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def rich_catalogue() -> None:
    """Films with everything that has ever been lost on such a way."""
    heat = make_movie(
        "Heat",
        year=1995,
        original_title="None",
        runtime=170,
        language="English",
        description='He said "no",\nand left;\r\nthen it rained.',
        keywords=["bank, robbery", "l.a.|night"],
        poster_url="https://example.org/h.jpg?a=1,2",
        genres=["Crime", "sci-fi", "Ужасы"],
        countries=["Burma", "Türkiye"],
        directors=["Sammy Davis, Jr.", "null"],
        cast=["Zoë", "Al", "[unknown]", "Bo|Bo"],
        imdb_id="tt0113277",
        tmdb_id=949,
        movielens_id=6,
        is_published=False,
    )
    FilmText.objects.create(movie=heat, language="ru", title="Схватка", description="Долгая ночь.")
    FilmText.objects.create(movie=heat, language="kk", description="Түн.")
    make_movie("Heat", year=1995)  # another film: no ids
    make_movie("Matrix, The (1999)", year=None, description="  ")
    make_movie("\\N", year=1888, keywords=["-1"], cast=["@home"])
    for title in ("=1+1", "'=1+1", "''-x", "+7", " @sum", "'quoted'", "n/a", "[x", "🎬 \U0001f468\u200d\U0001f469"):
        make_movie(title, description=f"{title}\t=2", directors=[title])


def everything() -> list[dict[str, Any]]:
    films = Movie.objects.with_people()
    return sorted((values_of_film(movie) for movie in films), key=lambda values: json.dumps(values, sort_keys=True))


def empty_the_catalogue() -> None:
    for model in (Movie, Person, Genre, Country):
        model.objects.all().delete()


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_same_films_come_back_in_an_empty_catalogue(tmp_path: Path, kind: str) -> None:
    rich_catalogue()
    before = everything()
    path = tmp_path / f"films.{kind}"
    assert "13 films written" in run("export_movies", path)
    empty_the_catalogue()
    said = run("import_movies", path)
    assert "13 created, 0 updated, 0 unchanged, 0 rejected" in said
    assert "Read as: movierec" in said
    assert everything() == before
    assert Credit.objects.filter(role="cast", movie__title="Heat").count() == 4


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_importing_it_over_the_same_catalogue_changes_nothing(tmp_path: Path, kind: str) -> None:
    rich_catalogue()
    path = tmp_path / f"films.{kind}"
    run("export_movies", path)
    assert "0 created, 0 updated, 13 unchanged, 0 rejected" in run("import_movies", path)


def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    rich_catalogue()
    path = tmp_path / "films.csv"
    run("export_movies", path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0] == list(COLUMNS)
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {"'=1+1", "''=1+1", "'' @sum"[1:], "'quoted'"} <= set(cells)


@pytest.mark.parametrize(
    "cell", ["", "x", "=1", "'=1", "''=1", "'x", "' =1", "\t", "'\t", "＝1", "-5", "'", "a=1", "\n@", "'''", " \n -"]
)
def test_neutralising_is_reversible(cell: str) -> None:
    marked = neutralised(cell)
    assert original(marked) == cell
    assert not marked.lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_chunks_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.exporting._AT_ONCE", 3)
    monkeypatch.setattr("catalog.importing.objects._BLOCK", 100)
    for number in range(10):
        make_movie(f"Film {number}", cast=["Ann"])
    run("export_movies", tmp_path / "films.json")
    films = json.loads((tmp_path / "films.json").read_text(encoding="utf-8"))
    assert [film["title"] for film in films] == [f"Film {number}" for number in range(10)]
    assert "10 unchanged" in run("import_movies", tmp_path / "films.json")


def test_an_empty_catalogue_gives_an_empty_table(tmp_path: Path) -> None:
    assert json.loads(run("export_movies", "--format", "json")) == []
    assert run("export_movies").startswith("\ufefftitle,original_title,year")


def test_any_json_with_titles_can_be_imported(tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl"
    films = [
        {"Title": "Heat", "year": 1995.0, "genres": ["Crime", {"name": "Sci-Fi"}], "cast": "Al, Bo", "tmdb": None},
        {"Title": "Solaris\ud800", "title_ru": "Солярис\x00", "year": "1972", "odd": {"a": [1]}},
    ]
    path.write_text("\n".join(map(json.dumps, films)), encoding="utf-8")
    assert "2 created" in run("import_movies", path)
    heat, solaris = Movie.objects.with_people().order_by("title")
    assert (heat.year, [person.name for person in heat.cast]) == (1995, ["Al", "Bo"])
    assert sorted(heat.genres.values_list("name", flat=True)) == ["Crime", "Science Fiction"]
    assert (solaris.title, solaris.text_in("ru")[0]) == ("Solaris", "Солярис")


def test_a_file_that_cannot_be_written_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        run("export_movies", tmp_path / "nowhere" / "films.csv")
    assert not list(tmp_path.iterdir())
