"""An import meets broken rows and files that are no CSV: each is named with its cure, and the rest gets in."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from catalog.importing import Unreadable
from catalog.importing.reading import open_table
from catalog.importing.rows import FilmRow, film_rows
from catalog.models import Movie
from tests.catalog.files import as_csv, run, write

pytestmark = pytest.mark.django_db


def only_film() -> Movie:
    return Movie.objects.with_people().get()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "1995", "", "", ""], "there is no title"),
        (["Heat", "soon", "", "", ""], "year: “soon” is no year"),
        (["Heat", "1066", "", "", ""], "year: “1066” is no year between 1888 and 2100"),
        (["Heat", "1995", "long", "", ""], "runtime: “long” is no number of minutes"),
        (["Heat", "1995", "99999", "", ""], "runtime: “99999” is too long"),
        (["Heat", "1995", "", "1997-08-20", ""], "tmdb_id: “1997-08-20” is no id"),
        (["Heat", "1995", "", "", "[{'name': 'Dra"], "genres: “[{'name': 'Dra” is a broken list"),
        (["Heat", "1995", "", "", "", "shifted"], "the row has 6 cells under 5 headers"),
        (["H" * 301, "1995", "", "", ""], "the title has 301 characters; 300 is the most"),
    ],
)
def test_a_broken_row_is_reported_and_the_others_get_in(tmp_path: Path, row: list[str], reason: str) -> None:
    headers = ["title", "year", "runtime", "tmdb_id", "genres"]
    path = write(
        tmp_path, as_csv(headers, ["Alien", "1979", "117", "348", "Horror"], row, ["Brazil", "1985", "", "", ""])
    )
    said = run("import_movies", path)
    assert f"line 3: {reason}" in said
    assert "2 created, 0 updated, 0 unchanged, 1 rejected" in said
    assert list(Movie.objects.values_list("title", flat=True)) == ["Alien", "Brazil"]


def test_line_numbers_count_lines_and_not_rows(tmp_path: Path) -> None:
    said = run("import_movies", write(tmp_path, 'title,description,year\nA,"two\nlines",1999\n\n,nothing,1999\n'))
    assert "line 5: there is no title" in said


def test_what_is_no_film_in_a_netflix_file_is_rejected(tmp_path: Path) -> None:
    headers = "show_id,type,title,release_year,duration,listed_in"
    text = f"{headers}\ns1,Movie,Heat,1995,170 min,Dramas\ns2,TV Show,Dark,2017,3 Seasons,Dramas\n"
    assert "line 3: a TV Show is no film" in run("import_movies", write(tmp_path, text))
    assert (only_film().title, only_film().runtime) == ("Heat", 170)


def test_a_poster_that_is_no_address_is_left_out(tmp_path: Path) -> None:
    said = run("import_movies", write(tmp_path, "title,poster\nHeat,javascript:alert(1)\nAlien,/abc.jpg\n"))
    assert "2 created" in said
    assert "line 2: the poster is not an address on the web and was left out" in said
    assert not Movie.objects.exclude(poster_url="").exists()


def test_a_formula_is_kept_as_the_text_that_it_is(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://example.org","x")'
    run("import_movies", write(tmp_path, as_csv(["title", "description"], ["=1+1", formula])))
    assert (only_film().title, only_film().description) == ("=1+1", formula)


def test_code_in_a_list_is_never_executed(tmp_path: Path) -> None:
    target = tmp_path / "touched"
    said = run(
        "import_movies",
        write(tmp_path, as_csv(["title", "genres"], ["Heat", f"[{{'name': open({str(target)!r}, 'w')}}]"])),
    )
    assert "is a broken list" in said
    assert not target.exists()


def test_a_cell_of_a_megabyte(tmp_path: Path) -> None:
    cast = "[" + ", ".join(f'{{"name": "Actor {n}"}}' for n in range(10)) + " " * 1_000_000 + "]"
    said = run(
        "import_movies",
        write(tmp_path, as_csv(["title", "cast", "description"], ["A", cast, "Fine."], ["B", "", "x" * 1_000_000])),
    )
    assert only_film().credits.count() == 10
    assert "line 3: the description has 1000000 characters; 100000 is the most" in said


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file has no rows."),
        (b"year,genre\n1999,Drama\n", "no title column"),
        (b'[{"name_of_it": "Heat", "year": 1995}]', "no title column"),
        (b'[{"title": "Heat"}, 7]', "each film has to be an object"),
        (b'[{"title": "Heat"},\n {"title": "Al', "Line 2 cannot be read as JSON"),
        (b'[{"title": "Heat"}', "the list breaks off"),
        (b'[{"title": "Heat"}] and more', "something follows the list"),
        (b'{"title": "Heat", "cast": ' + b"[" * 100_000, "Line 1 cannot be read as JSON: it is nested too deep"),
        (b'{"title": "Heat", "year": 1' + b"0" * 5000 + b"}", "Line 1 cannot be read as JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is a PNG file"),
        (b"PK\x03\x04 film.xlsx", "This is a ZIP file"),
        ("title,year\nHeat,1995\n".encode("utf-16-le"), "zero bytes"),
        ("название,описание\nПривет,Добрый вечер всем\n".encode("koi8-r"), "neither UTF-8 nor Windows-1251"),
        ("title,description\nAmélie,Un café à côté\n".encode("latin-1"), "neither UTF-8 nor Windows-1251"),
        ("title\nАмели\n".encode() + b"\xff\xfe\n", "neither UTF-8 nor Windows-1251"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_cure(tmp_path: Path, content: bytes, cure: str) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=cure):
        run("import_movies", path)
    assert not Movie.objects.exists()


def test_a_file_that_breaks_off_late_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    rows = "".join(f"Film {n},1999\n" for n in range(1200))
    path = write(tmp_path, f'title,year\n{rows}"never closed,' + "x" * (17 << 20))
    with pytest.raises(CommandError, match="Line 1202 cannot be read as CSV"):
        run("import_movies", path)
    assert not Movie.objects.exists()


def test_a_missing_file_and_a_wrong_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be opened"):
        run("import_movies", tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="cannot be opened"):
        run("import_movies", tmp_path)
    with pytest.raises(CommandError, match="no netflix file"):
        run("import_movies", write(tmp_path, "title,year\nHeat,1995\n"), "--format", "netflix")


def test_many_remarks_are_shortened(tmp_path: Path) -> None:
    path = write(tmp_path, "title,year\n" + ",1999\n" * 30)
    assert "and 10 more (-v 2 shows them)" in run("import_movies", path)
    assert "line 31:" in run("import_movies", path, verbosity=2)
    assert run("import_movies", path, verbosity=0) == ""


CELLS = some.one_of(
    some.text(max_size=30),
    some.sampled_from(
        ["title", "year", "cast", "genres", "Heat", "1995", "[{'name': 'A'}]", '["A", 1]', "9" * 50, "a|b", "'=1"]
    ),
)
LISTS = some.lists(some.one_of(CELLS, some.integers(), some.none()), max_size=3)
OBJECTS = some.dictionaries(
    CELLS, some.one_of(CELLS, some.integers(), some.floats(), some.booleans(), LISTS), max_size=6
)


def read_to_the_end(path: Path) -> None:
    """Reading ends with films and reasons, or with a refusal; anything else is a fault of ours."""
    try:
        rows = list(film_rows(open_table(path)))
    except Unreadable:
        return
    for row in rows:
        assert row.title.strip() if isinstance(row, FilmRow) else row[1]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=some.one_of(
        some.binary(max_size=300), some.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "films").write_bytes(content)
    read_to_the_end(tmp_path / "films")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some.lists(some.lists(CELLS, max_size=6), max_size=5), own=some.booleans())
def test_any_table_is_read_or_refused(tmp_path: Path, rows: list[list[str]], own: bool) -> None:
    headers = ["title", "original_title", "movielens_id", "is_published", "cast", "genres", "year", "title_ru"]
    text = as_csv(*([headers] if own else [["title", "year", "genres", "cast"]]), *rows)
    (tmp_path / "films").write_bytes(text.encode("utf-8", "replace"))
    read_to_the_end(tmp_path / "films")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(films=some.lists(OBJECTS, max_size=4), cut=some.integers(0, 40))
def test_any_json_is_read_or_refused(tmp_path: Path, films: list[dict[str, object]], cut: int) -> None:
    text = json.dumps(films)
    (tmp_path / "films").write_text(text[: len(text) - cut] if cut < 20 else text, encoding="utf-8")
    read_to_the_end(tmp_path / "films")
