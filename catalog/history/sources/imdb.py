"""IMDb: ratings, lists and watchlists, from today's exports back to those of before 2017."""

from __future__ import annotations

from datetime import datetime

from catalog.history import tables
from catalog.history.entries import OTHER, TV, Collected, Entry
from catalog.history.tables import Row, Table
from catalog.importing.formats import FORMATS
from catalog.shelf import SEEN, WATCHLIST

NAME = "imdb"
SCALE = 10.0
_FILMS = FORMATS["imdb"].kinds
_TV = {"tvseries", "tvminiseries", "tvepisode", "tvpilot"}


def fits(table: Table) -> bool:
    """Whether the headers are IMDb's."""
    return {"const", "titletype"} <= table.keys


def order(table: Table) -> int:
    """Ratings after lists, so that they have the last word."""
    return int("position" not in table.keys)


def read(table: Table, into: Collected) -> None:
    """Take in one table. A list may carry ratings, too; that alone does not make its films seen or wanted."""
    into.scale = SCALE
    shelf = _shelf(table)
    for row in table.rows():
        kind = row("titletype").replace(" ", "").replace("-", "").casefold()
        title = tables.said(row("title"))
        if kind and kind not in _FILMS:
            into.skip(TV if kind in _TV else OTHER, title)
            continue
        entry = _entry(table, row, title)
        if shelf:
            entry.shelves[shelf] = _day(row, "created", "dateadded")
        elif entry.rating is None:
            into.plain = WATCHLIST
            into.asks.add("plain")
        into.add(entry)


def _shelf(table: Table) -> str:
    """Where the films of a list belong; nothing for ratings and for lists that do not say."""
    if "watchlist" in table.part.base:
        return WATCHLIST
    return SEEN if any(word in table.part.base for word in ("watched", "seen", "checkin")) else ""


def _entry(table: Table, row: Row, title: str) -> Entry:
    return Entry(
        table.place(row),
        title,
        tables.year(row("year")) or tables.year(row("releasedate", "releasedate(month/day/year)")),
        tables.ids(row),
        rating=tables.rating(row("yourrating", "yourated", "yourrated")),
        rated_at=_day(row, "daterated", "dateadded", "created"),
    )


def _day(row: Row, *names: str) -> datetime | None:
    return next((day for name in names if (day := tables.moment(row(name)))), None)
