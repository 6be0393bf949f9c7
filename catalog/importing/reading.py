"""Opens a CSV or JSON file, finds out how it is written, and streams its rows with their line numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.importing.cells import line
from catalog.importing.encoding import Unreadable, encoding_of
from catalog.importing.formats import FORMATS, Columns, Format, columns_of, format_of
from catalog.importing.formulas import original
from catalog.importing.lines import LARGEST_CELL, Lines
from catalog.importing.objects import MOST_FIELDS, as_cell, fields_of, is_json, objects

_LINES_TO_SEARCH = 1000  # for the headers
_DELIMITERS = (",", ";", "\t")
_LISTS = ("genres", "countries", "directors", "cast", "keywords")
_SEP_LINE = re.compile(r"sep=(.)\s*")  # Excel's own first line


@dataclass(frozen=True)
class Table:
    """A readable file: how it is written, what its columns mean, and how many rows it has."""

    path: Path
    encoding: str
    delimiter: str  # none in JSON
    kind: Format
    headers: Sequence[str]
    header_line: int  # the last line of the headers
    columns: Columns
    total: int = 0
    piped: bool = False  # its lists are separated by "|", so a comma is part of a name

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line number, cells) of each row below the headers; blank lines are passed over."""
        if not self.delimiter:
            for number, found in objects(self.path, self.encoding):
                yield number, [as_cell(found.get(header)) for header in self.headers]
            return
        for number, cells in _lines(self.path, self.encoding, self.delimiter, quoted=self.kind.quoted):
            if number > self.header_line and any(map(str.strip, cells)):
                yield number, [original(cell) for cell in cells] if self.kind.exact else cells


def open_table(path: Path, *, kind: str = "", likes: bool = False) -> Table:
    """Read the headers, then the whole file once, so that a file that breaks off later is refused before any write."""
    encoding = _encoding(path)
    if is_json(path, encoding):
        header_line, headers, delimiter = 0, fields_of(path, encoding), ""
    else:
        header_line, headers, delimiter = _headers(path, encoding)
    format_ = FORMATS[kind] if kind else format_of(headers)
    columns = columns_of(headers, format_, likes=likes)
    _refuse_strangers(headers, format_, columns, likes=likes)
    return _scanned(Table(path, encoding, delimiter, format_, headers, header_line, columns))


def _encoding(path: Path) -> str:
    try:
        return encoding_of(path)
    except OSError as problem:
        raise Unreadable(
            _("%(path)s cannot be opened: %(reason)s.") % {"path": path, "reason": problem.strerror or problem}
        ) from problem


def _lines(path: Path, encoding: str, delimiter: str, *, quoted: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line that it begins on; a quoted cell may hold further lines."""
    csv.field_size_limit(LARGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        lines = Lines(file, delimiter)
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
        number = 1
        try:
            for cells in reader:
                lines.row_done()
                yield number, cells
                number = reader.line_num + 1
        except csv.Error as problem:
            raise Unreadable(
                _("Line %(line)d cannot be read as CSV (%(reason)s). Is a quotation mark not closed?")
                % {"line": number, "reason": problem}
            ) from problem


def _headers(path: Path, encoding: str) -> tuple[int, list[str], str]:
    """The first row that is not blank, with the delimiter that makes most sense of it."""
    best: tuple[tuple[int, int], int, list[str], str] | None = None
    for delimiter in _DELIMITERS:
        for number, cells in islice(_lines(path, encoding, delimiter), _LINES_TO_SEARCH):
            if len(cells) > MOST_FIELDS:
                raise Unreadable(_("The first line names more than %(most)d columns.") % {"most": MOST_FIELDS})
            if not any(map(str.strip, cells)) or _SEP_LINE.fullmatch(delimiter.join(cells)):
                continue
            score = (len(columns_of(cells, format_of(cells), likes=True)), len(cells))
            if best is None or score > best[0]:
                best = (score, number, cells, delimiter)
            break
    if best is None:
        raise Unreadable(_("The file has no rows."))
    _score, number, cells, delimiter = best
    return number, [" ".join(cell.split()) for cell in cells], delimiter


def _refuse_strangers(headers: Sequence[str], kind: Format, columns: Columns, *, likes: bool) -> None:
    """Say what is missing and what was found, so that the reader sees the cure."""
    found = ", ".join(line(header)[:30] for header in headers[:12]) or "–"
    if not kind.fits_headers(headers):
        raise Unreadable(
            _("This is no %(format)s file; its headers are: %(found)s. Leave --format out to find the format.")
            % {"format": kind.name, "found": found}
        )
    if "title" in columns or (likes and {"imdb_id", "tmdb_id", "movielens_id"} & columns.fields.keys()):
        return
    raise Unreadable(
        _(
            "The file has no title column. Its first line has to name the columns, one of them title (or name, "
            "Series_Title, primaryTitle, название). Found: %(found)s."
        )
        % {"found": found}
    )


def _scanned(table: Table) -> Table:
    """Count the rows and see what separates the names in lists; this also proves that the file is CSV to its end."""
    listed = [index for name in _LISTS for index in table.columns.fields.get(name, ())]
    total = pipes = commas = 0
    for _number, cells in table.rows():
        total += 1
        for index in listed:
            cell = cells[index] if index < len(cells) else ""
            if not cell.startswith("["):
                pipes += "|" in cell
                commas += "," in cell and "|" not in cell
    return replace(table, total=total, piped=pipes > commas)
