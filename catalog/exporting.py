"""Writes films as CSV or JSON that the importer reads back to the same catalogue, a few hundred films at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from catalog.importing.formulas import neutralised
from catalog.importing.rows import IDS
from catalog.importing.values import TEXTS, text_field, values_of_film
from catalog.models import Movie

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_AT_ONCE = 500
_LISTS = {"genres", "countries", "directors", "cast", "keywords"}
COLUMNS = (
    *("title", "original_title", "year", "runtime", "language", "countries", "genres", "directors", "cast", "keywords"),
    *("description", "poster_url", *IDS, "is_published"),
    *(text_field(name, language) for language, _name in settings.LANGUAGES for name in TEXTS),
)


def export(films: QuerySet[Movie], kind: str) -> Iterator[str]:
    """The films as text in pieces, one line of the file for each film."""
    return (_csv if kind == "csv" else _json)(map(values_of_film, _one_by_one(films)))


def _one_by_one(films: QuerySet[Movie]) -> Iterator[Movie]:
    """Walk along the primary key, so that a long export holds no more than one chunk and no open cursor."""
    last = 0
    wanted = films.order_by().values("pk")
    while chunk := list(Movie.objects.with_people().filter(pk__in=wanted, pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield from chunk
        last = chunk[-1].pk


class _Line:
    """A file of one line, for csv.writer to write into."""

    text = ""

    def write(self, text: str) -> None:
        """Take the line."""
        self.text = text


def _csv(films: Iterable[dict[str, Any]]) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield f"\ufeff{line.text}"  # the mark by which spreadsheets know UTF-8
    for values in films:
        writer.writerow([neutralised(_cell(values.get(name))) for name in COLUMNS])
        yield line.text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        plain = "|".join(value)
        unclear = any("|" in name for name in value) or plain.startswith("[")
        return json.dumps(value, ensure_ascii=False) if unclear else plain
    return str(value)


def _json(films: Iterable[dict[str, Any]]) -> Iterator[str]:
    """An array with one film on each line; every field is there, so that the first film shows them all."""
    yield "["
    between = "\n"
    for values in films:
        full = {name: values.get(name, [] if name in _LISTS else None) for name in COLUMNS}
        yield f"{between}{json.dumps(full, ensure_ascii=False)}"
        between = ",\n"
    yield "\n]\n"
