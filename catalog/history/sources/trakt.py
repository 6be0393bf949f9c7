"""Trakt: a ZIP of JSON files, perhaps in a folder, with long histories in numbered pieces; or one of the files."""

from __future__ import annotations

from typing import Any

from catalog.history import tables
from catalog.history.entries import BROKEN, LIST, TV, Collected, Entry
from catalog.history.unpack import Part
from catalog.shelf import LIKED, SEEN, WATCHLIST

NAME = "trakt"
SCALE = 10.0
_TV = ("show", "season", "episode")
_TIMES = {"watched_at", "last_watched_at", "rated_at", "listed_at", "collected_at"}


def fits(content: Any) -> bool:
    """Whether this is a list of what somebody watched, rated or listed."""
    if not isinstance(content, list):
        return False
    return any(isinstance(item, dict) and _TIMES & item.keys() and {"movie", *_TV} & item.keys() for item in content)


def read(part: Part, content: list[Any], into: Collected) -> None:
    """Take in one file."""
    into.scale = SCALE
    for number, item in enumerate(content, 1):
        if not isinstance(item, dict):
            into.skip(BROKEN, f"{part.base}:{number}")
            continue
        movie = item.get("movie")
        if any(kind in item or item.get("type") == kind for kind in _TV):
            show = item.get("show")
            into.skip(TV, _text(show.get("title")) if isinstance(show, dict) else "")
        elif not isinstance(movie, dict):
            into.skip(BROKEN, f"{part.base}:{number}")
        elif part.base.startswith("lists-list-"):
            into.skip(LIST, _text(movie.get("title")))
        else:
            into.add(_entry(part, number, item, movie, into))


def _entry(part: Part, number: int, item: dict[str, Any], movie: dict[str, Any], into: Collected) -> Entry:
    entry = Entry(
        f"{part.name[-100:]}:{number}",
        _text(movie.get("title")),
        tables.year(str(movie.get("year") or "")),
        _ids(movie.get("ids")),
    )
    if watched := item.get("watched_at") or item.get("last_watched_at"):
        entry.shelves[SEEN] = tables.moment(str(watched))
    if (rating := item.get("rating")) is not None:
        entry.rating = tables.rating(str(rating))
        entry.rated_at = tables.moment(str(item.get("rated_at") or ""))
    if "listed_at" in item:
        listed = tables.moment(str(item["listed_at"] or ""))
        if "favorite" in part.base:
            entry.shelves[LIKED] = listed
        elif "watchlist" in part.base:
            entry.shelves[WATCHLIST] = listed
        else:
            entry.rated_at = entry.rated_at or listed
            into.plain = WATCHLIST
            into.asks.add("plain")
    return entry


def _text(value: Any) -> str:
    return tables.said(value) if isinstance(value, str) else ""


def _ids(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, dict) else {}
    found = {
        "imdb_id": tables.imdb_id(str(given.get("imdb") or "")),
        "tmdb_id": tables.number_id(str(given.get("tmdb") or "")),
    }
    return {kind: value for kind, value in found.items() if value}
