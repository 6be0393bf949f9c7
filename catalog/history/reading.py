"""Finds out where a file comes from, and reads all that it says."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from django.utils.translation import gettext as _

from catalog.history.entries import Collected
from catalog.history.sources import imdb, letterboxd, movary, movielens, own, plain, tmdb, trakt, yamtrack
from catalog.history.tables import Table, open_table
from catalog.history.unpack import Part, is_packed, parts_of
from catalog.importing.encoding import Unreadable
from catalog.models import HistoryImport

_MOST_JSON = 24 << 20  # bytes; of all parts together, since all are held at once
_MOST_VALUES = 1_500_000  # each takes a hundred bytes of memory, however short it is in the file
_TABLES: tuple[ModuleType, ...] = (letterboxd, imdb, tmdb, movielens, movary, yamtrack, plain)


@dataclass(frozen=True)
class _Found:
    """A part of the upload, who can read it, and what it holds."""

    part: Part
    source: ModuleType
    content: Any  # a Table, or parsed JSON


class _TooMuch(Unreadable):
    """There is more JSON than is read at once."""


class _Room:
    """What may still be held in memory."""

    def __init__(self) -> None:
        self._bytes = _MOST_JSON
        self._values = _MOST_VALUES

    def json(self, path: Path) -> Any:
        """A parsed file, if there is room for it."""
        self._bytes -= path.stat().st_size
        content = path.read_bytes() if self._bytes >= 0 else b""
        self._values -= sum(map(content.count, (b",", b"[", b"{")))
        if self._bytes < 0 or self._values < 0:
            raise _TooMuch(_("There is more JSON in this file than can be read at once. Split it into smaller files."))
        return json.loads(content.decode("utf-8-sig"))


def read_file(path: Path, name: str) -> Collected:
    """Everything that an export says. Raises Unreadable, with words that name the cure."""
    room = _Room()
    with parts_of(path, name) as parts:
        found = [one for part in parts if (one := _recognised(part, room, alone=part.path == path))]
        source = _source_of(found)
        if source is None:
            raise Unreadable(
                _(
                    "No films were found in this file. It should be the export of Letterboxd, IMDb, Trakt, MovieLens, "
                    "TMDB or MovieRec, or a CSV whose first line names a title column."
                )
            )
        return _collected(source, [one for one in found if one.source is source])


def is_known(path: Path, name: str) -> bool:
    """Whether the file is a ZIP or the export of a site, and not just any table."""
    try:
        if is_packed(path):
            return True
        with parts_of(path, name) as [part]:
            found = _recognised(part, _Room(), alone=True)
    except (Unreadable, OSError):
        return False
    return found is not None and found.source not in (plain, movielens)


def _recognised(part: Part, room: _Room, *, alone: bool) -> _Found | None:
    """What a part is. In a ZIP a file that cannot be read is passed over; alone it is refused."""
    try:
        if _is_json(part):
            content = room.json(part.path)
            source = next((source for source in (own, trakt) if source.fits(content)), None)
            return _Found(part, source, content) if source else None
        table = open_table(part)
    except (Unreadable, csv.Error, ValueError, RecursionError) as problem:
        if not alone and not isinstance(problem, _TooMuch):
            return None
        if isinstance(problem, Unreadable):
            raise
        raise Unreadable(_("The file is damaged. Download your export once more and try again.")) from problem
    kind = next((source for source in _TABLES if table and source.fits(table)), None)
    return _Found(part, kind, table) if kind else None


def _is_json(part: Part) -> bool:
    with part.path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return part.base.endswith(".json") or (head[:1] in (b"{", b"[") and not part.base.endswith((".csv", ".tsv")))


def _source_of(found: list[_Found]) -> ModuleType | None:
    """The site that most files come from; tables of unknown origin count only where there is nothing else."""
    known = [one.source for one in found if one.source is not plain]
    if known:
        return max(dict.fromkeys(known), key=known.count)
    return plain if found else None


def _collected(source: ModuleType, found: list[_Found]) -> Collected:
    into = Collected(source.NAME)
    tables = [one for one in found if isinstance(one.content, Table)]
    for one in sorted(tables, key=lambda one: source.order(one.content)):
        source.read(one.content, into)
    for one in found:
        if not isinstance(one.content, Table):
            source.read(one.part, one.content, into)
    if not into.rows_read:
        raise Unreadable(
            _("The file is an export of %(source)s, but it has no rows.")
            % {"source": HistoryImport.Source(source.NAME).label}
        )
    return into
