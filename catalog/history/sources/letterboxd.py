"""Letterboxd: a ZIP of many tables, or one of them. It gives no ids; links in the diary are those of entries."""

from __future__ import annotations

from catalog.history import tables
from catalog.history.entries import DELETED, LIST, Collected, Entry
from catalog.history.tables import Row, Table
from catalog.shelf import LIKED, SEEN, WATCHLIST

NAME = "letterboxd"
_FILM = {"date", "name", "year", "letterboxduri"}
_GONE = {"deleted", "orphaned"}
# Later files outweigh earlier ones: ratings.csv has what the visitor thinks now.
_ORDER = ("reviews.csv", "diary.csv", "watched.csv", "watchlist.csv", "films.csv", "ratings.csv")


def fits(table: Table) -> bool:
    """Whether the headers are Letterboxd's."""
    return table.keys >= _FILM or table.is_list


def order(table: Table) -> int:
    """When a file of the ZIP has its turn."""
    return _ORDER.index(table.part.base) if table.part.base in _ORDER else -1


def read(table: Table, into: Collected) -> None:
    """Take in one table; only its name tells a watchlist from what was watched or liked."""
    for row in table.rows():
        if _GONE & table.part.folders:
            into.skip(DELETED, tables.said(row("name")))
        elif table.is_list and table.part.folders:
            into.skip(LIST, tables.said(row("name")))
        else:
            into.add(_entry(table, row, into))


def _entry(table: Table, row: Row, into: Collected) -> Entry:
    day = tables.moment(row("date"))
    entry = Entry(
        table.place(row),
        tables.said(row("name")),
        tables.year(row("year")),
        rating=tables.rating(row("rating")),
        rated_at=day,
    )
    is_diary = "watcheddate" in table.keys or "rewatch" in table.keys
    if is_diary:
        entry.shelves[SEEN] = tables.moment(row("watcheddate")) or day
        entry.rated_at = entry.shelves[SEEN]
    elif table.part.base == "films.csv":
        entry.shelves[LIKED] = day
    elif table.part.base.startswith("watchlist"):
        entry.shelves[WATCHLIST] = day
    elif table.part.base.startswith("watched"):
        entry.shelves[SEEN] = day
    elif "rating" not in table.keys:
        into.asks.add("plain")  # a list, or a table under another name
    return entry
