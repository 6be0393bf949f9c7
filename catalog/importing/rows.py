"""Reads one row of a file as a film, or says why it cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from catalog.importing import cells as cell
from catalog.importing.reading import Table
from catalog.vocabulary import country_name, genre_name

LONGEST_TITLE = 300
LONGEST_NAME = 200
LONGEST_KEYWORD = 100
LONGEST_ADDRESS = 500
LONGEST_TEXT = 100_000  # characters; a description beyond is a damaged file

IDS = ("imdb_id", "tmdb_id", "movielens_id")
ID_NAMES = {"imdb_id": "IMDb", "tmdb_id": "TMDB", "movielens_id": "MovieLens"}


class BadRow(ValueError):
    """A row that is no film; the message is for the report."""


@dataclass
class FilmRow:
    """A film as one row tells it. An empty value says nothing about the film."""

    line: int
    title: str
    year: int | None = None
    original_title: str = ""
    runtime: int | None = None
    language: str = ""
    description: str = ""
    poster_url: str = ""
    imdb_id: str = ""
    tmdb_id: int | None = None
    movielens_id: int | None = None
    is_published: bool | None = None
    keywords: list[str] = field(default_factory=list)
    genres: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    directors: list[str] = field(default_factory=list)
    cast: list[str] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)  # by language: title, description
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def ids(self) -> dict[str, Any]:
        """The ids that the row gives."""
        return {kind: value for kind in IDS if (value := getattr(self, kind))}


def film_rows(table: Table) -> Iterator[FilmRow | tuple[int, str]]:
    """Yield each row as a film, or as (line, reason) when it is none."""
    for number, values in table.rows():
        try:
            yield _film(table, number, values)
        except BadRow as problem:
            yield number, str(problem)


def cell_reader(table: Table, values: Sequence[str]) -> Callable[..., Any]:
    """A function that reads a field of this row with a parser, and names the column when the cell is bad."""
    if any(map(str.strip, values[len(table.headers) :])):
        raise BadRow(
            _("the row has %(cells)d cells under %(headers)d headers; a text with the delimiter needs quotation marks")
            % {"cells": len(values), "headers": len(table.headers)}
        )

    def read(name: str, parse: Callable[[str], Any]) -> Any:
        index = table.columns.fields[name][0] if name in table.columns else None
        try:
            return parse(values[index] if index is not None and index < len(values) else "")
        except cell.BadCell as problem:
            raise BadRow(f"{table.headers[index or 0]}: {problem}") from problem

    return read


def _film(table: Table, number: int, values: Sequence[str]) -> FilmRow:
    read = cell_reader(table, values)
    _refuse_other_kinds(table, read("kind", cell.line))
    title, year = _title(table, read)
    exact = table.kind.exact
    said_at_length = cell.exact if exact else _said_at_length
    row = FilmRow(
        number,
        title,
        read("year", cell.year) or year,
        original_title=_limited(
            read("original_title", cell.exact if exact else _said), LONGEST_TITLE, _("the original title")
        ),
        runtime=read("runtime", cell.minutes),
        language=read("language", cell.exact if exact else cell.language)[:35],
        description=_limited(read("description", said_at_length), LONGEST_TEXT, _("the description")),
        imdb_id=read("imdb_id", cell.imdb_id),
        tmdb_id=read("tmdb_id", cell.number_id),
        movielens_id=read("movielens_id", cell.number_id),
        is_published=read("is_published", cell.yes_or_no),
        texts=_texts(table, values),
    )
    _read_lists(table, values, row)
    _read_poster(read("poster_url", _said), row)
    if not row.directors and "crew" in table.columns:
        row.directors = read("crew", cell.directors_in_crew)
    return row


def _said(value: str) -> str:
    return "" if cell.is_empty(value) else cell.line(value)


def _said_at_length(value: str) -> str:
    return "" if cell.is_empty(value) else cell.text(value)


def _refuse_other_kinds(table: Table, kind: str) -> None:
    wanted = table.kind.kinds
    if wanted and kind and kind.replace(" ", "").casefold() not in wanted:
        raise BadRow(_("a %(kind)s is no film") % {"kind": kind})


def _title(table: Table, read: Callable[..., Any]) -> tuple[str, int | None]:
    exact = table.kind.exact
    title = _limited(read("title", cell.exact if exact else cell.line), LONGEST_TITLE, _("the title"))
    year = None
    if table.kind.year_in_title and "year" not in table.columns:
        title, year = cell.title_and_year(title)
    if not title.strip() or (title == "\\N" and not exact):
        raise BadRow(_("there is no title"))
    return title, year


def _limited(value: str, longest: int, what: str) -> str:
    if len(value) > longest:
        raise BadRow(
            _("%(what)s has %(length)d characters; %(longest)d is the most")
            % {"what": what, "length": len(value), "longest": longest}
        )
    return value


def _texts(table: Table, values: Sequence[str]) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for (language, name), index in table.columns.texts.items():
        raw = values[index] if index < len(values) else ""
        parse = _said if name == "title" else _said_at_length
        value = cell.exact(raw) if table.kind.exact else parse(raw)
        if value:
            longest = LONGEST_TITLE if name == "title" else LONGEST_TEXT
            texts.setdefault(language, {})[name] = _limited(value, longest, table.headers[index])
    return texts


def _read_lists(table: Table, values: Sequence[str], row: FilmRow) -> None:
    """Read genres, countries, people and keywords; a name that is too long to be one is left out with a note."""
    exact = table.kind.exact
    ours: Mapping[str, Callable[[str], str]] = {} if exact else {"genres": genre_name, "countries": country_name}
    for name in ("genres", "countries", "directors", "cast", "keywords"):
        found: list[str] = []
        for index in table.columns.fields.get(name, ()):
            try:
                raw = values[index] if index < len(values) else ""
                found += cell.exact_names(raw) if exact else cell.names(raw, commas=not table.piped)
            except cell.BadCell as problem:
                raise BadRow(f"{table.headers[index]}: {problem}") from problem
        longest = LONGEST_KEYWORD if name == "keywords" else LONGEST_NAME
        kept = [item for item in found if len(item) <= longest]
        if len(kept) < len(found):
            row.notes.append(
                _("%(field)s: a name of more than %(longest)d characters was left out")
                % {
                    "field": name,
                    "longest": longest,
                }
            )
        named = map(ours[name], kept) if name in ours else kept
        setattr(row, name, [item for item in dict.fromkeys(named) if item])


def _read_poster(address: str, row: FilmRow) -> None:
    """Keep the address of a picture on the web; anything else (a path, a script) is no poster."""
    if not address:
        return
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.hostname and len(address) <= LONGEST_ADDRESS and " " not in address:
        row.poster_url = address
    else:
        row.notes.append(_("the poster is not an address on the web and was left out"))
