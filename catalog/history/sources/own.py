"""MovieRec's own export: every film goes back to the shelves that it came from, and waiting films wait again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from catalog.history import tables
from catalog.history.entries import BROKEN, Collected, Entry
from catalog.history.unpack import Part
from catalog.importing.encoding import Unreadable
from catalog.shelf import KINDS, LIKED

NAME = "movierec"
FORMAT = "movierec-export"
VERSION = 1


def fits(content: Any) -> bool:
    """Whether this is our own export."""
    return isinstance(content, dict) and content.get("format") == FORMAT


def read(part: Part, content: dict[str, Any], into: Collected) -> None:
    """Take in likes, marks and the films that waited for the catalogue."""
    if content.get("version") != VERSION:
        raise Unreadable(
            _("The export has version %(version)s; this site reads version %(ours)d. Update the older of both sites.")
            % {"version": str(content.get("version"))[:10], "ours": VERSION}
        )
    for name in ("likes", "marks"):
        for number, item in enumerate(_list(content.get(name)), 1):
            film = item.get("film") if isinstance(item, dict) else None
            kind = LIKED if name == "likes" else str(item.get("kind") if isinstance(item, dict) else "")
            if not isinstance(film, dict) or kind not in KINDS:
                into.skip(BROKEN, f"{name} {number}")
                continue
            entry = _entry(f"{name} {number}", film)
            entry.here = film["id"] if isinstance(film.get("id"), int) else None
            entry.shelves[kind] = tables.moment(str(item.get("since") or ""))
            into.add(entry)
    _read_waiting(content, into)


def _read_waiting(content: dict[str, Any], into: Collected) -> None:
    """Films of earlier imports that nobody found; their shelves were decided by the rule of that import."""
    for number, item in enumerate(_list(content.get("waiting")), 1):
        shelves = item.get("shelves") if isinstance(item, dict) else None
        if not isinstance(shelves, dict):
            into.skip(BROKEN, f"waiting {number}")
            continue
        entry = _entry(f"waiting {number}", item)
        entry.shelves = {kind: tables.moment(str(time or "")) for kind, time in shelves.items() if kind in KINDS}
        into.add(entry)


def _entry(place: str, film: dict[str, Any]) -> Entry:
    ids = {
        "imdb_id": tables.imdb_id(str(film.get("imdb_id") or "")),
        "tmdb_id": tables.number_id(str(film.get("tmdb_id") or "")),
        "movielens_id": tables.number_id(str(film.get("movielens_id") or "")),
    }
    return Entry(
        place,
        tables.said(str(film.get("title") or "")),
        tables.year(str(film.get("year") or "")),
        {kind: value for kind, value in ids.items() if value},
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
