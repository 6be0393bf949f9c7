"""Files of any size that are made to take much memory: each shape writes one, without taking much memory itself."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

Pieces = Iterator[str]
_PIECE = 1 << 16
SHAPES: dict[str, tuple[str, Callable[[int], Pieces]]] = {}
_DEEP = 100_000


def shape(name: str) -> Callable[[Callable[[int], Pieces]], Callable[[int], Pieces]]:
    """Register what makes the text of a file with this name."""

    def register(make: Callable[[int], Pieces]) -> Callable[[int], Pieces]:
        SHAPES[make.__name__] = (name, make)
        return make

    return register


def write(which: str, folder: Path, size: int) -> Path:
    """Write the file, of so many bytes."""
    name, make = SHAPES[which]
    path = folder / name
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(3 if which == "many_in_one" else 1):
                with packed.open(f"ratings{number}.csv", "w", force_zip64=True) as inner:
                    _pour(make(size), size, inner)
        return path
    with path.open("wb") as file:
        _pour(make(size), size, file)
    return path


def _pour(pieces: Pieces, size: int, file: object) -> None:
    written = 0
    for piece in pieces:
        if written >= size:
            break
        written += file.write(piece.encode())  # type: ignore[attr-defined]


def _forever(piece: str) -> Pieces:
    whole = piece * max(1, _PIECE // len(piece))
    while True:
        yield whole


@shape("films.csv")
def tiny_rows(size: int) -> Pieces:
    """Many short rows, each a film of its own."""
    yield "title,year\n"
    for number in range(size):
        yield f"F{number},1999\n"


@shape("ratings.csv")
def tiny_ratings(size: int) -> Pieces:
    """Many short rows about unknown films of unknown visitors."""
    yield "user,title,rating,Date,Name,Year,Letterboxd URI,Rating\n"
    for number in range(size):
        yield f"u{number},F{number},5,2020-01-01,F{number},1999,https://boxd.it/{number},5\n"


@shape("films.csv")
def one_cell(size: int) -> Pieces:
    """One cell as large as the file."""
    yield 'title,year\n"'
    yield from _forever("x")


@shape("films.csv")
def one_line(size: int) -> Pieces:
    """One row of short cells."""
    yield "title,year\n"
    yield from _forever("ab,")


@shape("films.csv")
def one_row_of_many_lines(size: int) -> Pieces:
    """One row that goes on over line after line."""
    yield 'title,year\n"'
    yield from _forever('\n",ab,ab,ab,ab,ab,ab,ab,ab,"')


@shape("films.csv")
def headers_only(size: int) -> Pieces:
    """A first line that never ends."""
    yield "title,year"
    yield from _forever(",ab")


@shape("films.csv")
def wide_letters(size: int) -> Pieces:
    """One line of letters that take four bytes each in memory."""
    yield "title,year\n😀"
    yield from _forever("ab")


@shape("films.csv")
def no_text(size: int) -> Pieces:
    """Blank lines."""
    yield from _forever("\n")


@shape("films.json")
def empty_objects(size: int) -> Pieces:
    """A JSON list of nothing."""
    yield "[{}"
    yield from _forever(",{}")


@shape("films.json")
def empty_lists(size: int) -> Pieces:
    """A JSON object with a list of nothing."""
    yield '{"likes": [[]'
    yield from _forever(",[]")


@shape("films.json")
def deep(size: int) -> Pieces:
    """Lists in lists."""
    yield from _forever("[")


@shape("films.json")
def one_string(size: int) -> Pieces:
    """A JSON string that never ends."""
    yield '[{"title": "😀'
    yield from _forever("x")


@shape("films.json")
def many_fields(size: int) -> Pieces:
    """One object with very many fields."""
    yield '[{"title": "x"'
    for number in range(size):
        yield f',"f{number}":1'


@shape("films.json")
def one_number(size: int) -> Pieces:
    """A number of very many digits."""
    yield '{"likes": ['
    yield from _forever("9")


@shape("films.json")
def film_after_film(size: int) -> Pieces:
    """Objects one after another, on lines of their own."""
    for number in range(size):
        yield f'{{"title": "F{number}", "year": 1999}}\n'


@shape("export.zip")
def bomb(size: int) -> Pieces:
    """A ZIP that holds far more than it takes."""
    yield from _forever("\n")


@shape("export.zip")
def many_in_one(size: int) -> Pieces:
    """A ZIP of several large files."""
    yield from tiny_ratings(size)
