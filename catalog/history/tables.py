"""Reads CSV files leniently: any usual encoding and delimiter; a cell that cannot be read says nothing."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from catalog.history.unpack import Part
from catalog.importing import cells
from catalog.importing.encoding import encoding_of
from catalog.importing.formats import header_key
from catalog.importing.formulas import original
from catalog.importing.lines import LARGEST_CELL, Lines
from catalog.importing.rows import LONGEST_TITLE
from catalog.models.films import FIRST_YEAR

_DELIMITERS = (",", ";", "\t")
_OLD_IMDB = "%a %b %d %H:%M:%S %Y"
_LIST_BLOCK = ["position", "name", "year", "url", "description"]
_LINES_TO_SEARCH = 20
_SHORTEST_SECONDS = 8  # digits


@dataclass(frozen=True)
class Row:
    """One row under the headers; a column is asked for by any of its names."""

    line: int
    cells: Sequence[str]
    columns: dict[str, int]

    def __call__(self, *names: str) -> str:
        """The text of the first of these columns that the file has."""
        for name in names:
            index = self.columns.get(name)
            if index is not None:
                value = self.cells[index] if index < len(self.cells) else ""
                return original(value)
        return ""


@dataclass(frozen=True)
class Table:
    """A CSV file: its part, how it is written, and where its columns are."""

    part: Part
    encoding: str
    delimiter: str
    header_line: int
    columns: dict[str, int] = field(default_factory=dict)
    is_list: bool = False  # Letterboxd's lists have a block about the list above the films

    @property
    def keys(self) -> set[str]:
        """The headers without case, blanks and marks."""
        return set(self.columns)

    def rows(self) -> Iterator[Row]:
        """The rows below the headers; blank ones are passed over."""
        for line, found in _lines(self.part.path, self.encoding, self.delimiter):
            if line > self.header_line and any(map(str.strip, found)):
                yield Row(line, found, self.columns)

    def place(self, row: Row) -> str:
        """Where a row stands, for people."""
        return f"{self.part.name[-100:]}:{row.line}"


def open_table(part: Part) -> Table | None:
    """The table in a file, or None when it has no headers. Raises Unreadable for what is no text."""
    encoding = encoding_of(part.path, last_resort="cp1252")
    best: tuple[int, int, str, list[str]] | None = None
    for delimiter in _DELIMITERS:
        for count, (line, found) in enumerate(_lines(part.path, encoding, delimiter)):
            keys = [header_key(cell) for cell in found]
            if keys[:5] == _LIST_BLOCK:
                return Table(part, encoding, delimiter, line, _columns(keys), is_list=True)
            if best is None or (count == 0 and len(keys) > best[0]):
                best = (len(keys), line, delimiter, keys) if any(keys) else best
            if count >= _LINES_TO_SEARCH:
                break
    if best is None:
        return None
    _size, line, delimiter, keys = best
    return Table(part, encoding, delimiter, line, _columns(keys))


def _columns(keys: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key:
            columns.setdefault(key, index)
    return columns


def _lines(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on. A file that breaks off in a quotation ends there."""
    csv.field_size_limit(LARGEST_CELL)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = Lines(file, delimiter)
        reader = csv.reader(lines, delimiter=delimiter)
        number = 1
        for found in reader:
            lines.row_done()
            yield number, found
            number = reader.line_num + 1


def said(cell: str) -> str:
    """Text on one line, no longer than a title; nothing for "null" and its like."""
    whole = cell.encode("utf-8", "replace").decode()  # JSON can hold halves of letters, which no database takes
    return "" if cells.is_empty(whole) else cells.line(whole)[:LONGEST_TITLE]


def number(cell: str) -> float | None:
    """A number, with point or comma, or nothing."""
    try:
        value = float(cell.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def rating(cell: str) -> float | None:
    """A rating: a number of 0 or more. Some tools write 0 or -1 where there is none."""
    value = number(cell)
    return value if value is not None and 0 < value <= 100 else None


def year(cell: str) -> int | None:
    """The year in a year or a date, or nothing."""
    try:
        return cells.year(cell)
    except cells.BadCell:
        return None


def imdb_id(cell: str) -> str:
    """An IMDb id, with "tt" and zeros put back where they are missing, or nothing."""
    try:
        return cells.imdb_id(cell)
    except cells.BadCell:
        return ""


def number_id(cell: str) -> int | None:
    """A numeric id, or nothing."""
    try:
        return cells.number_id(cell)
    except cells.BadCell:
        return None


def moment(cell: str) -> datetime | None:
    """A time in any of the usual forms, or nothing; a day before there were films is none."""
    found = _moment(cell)
    return found if found and found.year >= FIRST_YEAR else None


def _moment(cell: str) -> datetime | None:
    """A short number is a flag or a year, and no second of 1970."""
    if cell.strip().isdigit() and len(cell.strip()) < _SHORTEST_SECONDS:
        return None
    try:
        return cells.moment(cell)
    except cells.BadCell:
        pass
    try:
        return datetime.strptime(cell.strip(), _OLD_IMDB).replace(tzinfo=UTC)
    except ValueError:
        return None


def ids(row: Row) -> dict[str, str | int]:
    """The ids that a row gives, under the names of our own fields."""
    found = {
        "imdb_id": imdb_id(row("imdbid", "imdb", "const", "tconst")),
        "tmdb_id": number_id(row("tmdbid", "tmdb")),
        "movielens_id": number_id(row("movielensid")),
    }
    return {kind: value for kind, value in found.items() if value}
