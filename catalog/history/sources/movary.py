"""Movary: three tables, for what was watched, how it was rated, and what is wanted."""

from __future__ import annotations

from catalog.history import tables
from catalog.history.entries import Collected, Entry
from catalog.history.tables import Table
from catalog.shelf import SEEN, WATCHLIST

NAME = "movary"
SCALE = 10.0


def fits(table: Table) -> bool:
    """Whether the headers are Movary's."""
    return {"title", "year", "tmdbid", "imdbid"} <= table.keys and bool(
        {"userrating", "watchedat", "addedat"} & table.keys
    )


def order(table: Table) -> int:
    """All files are alike."""
    return 0


def read(table: Table, into: Collected) -> None:
    """Take in one table."""
    into.scale = SCALE
    for row in table.rows():
        entry = Entry(
            table.place(row),
            tables.said(row("title")),
            tables.year(row("year")),
            tables.ids(row),
            rating=tables.rating(row("userrating")),
        )
        if "watchedat" in table.keys:
            entry.shelves[SEEN] = tables.moment(row("watchedat"))
        elif "addedat" in table.keys:
            entry.shelves[WATCHLIST] = tables.moment(row("addedat"))
        elif entry.rating is None:
            into.asks.add("plain")
        into.add(entry)
