"""TMDB: the ratings, watchlist and favourites of an account."""

from __future__ import annotations

from catalog.history import tables
from catalog.history.entries import TV, Collected, Entry
from catalog.history.tables import Table
from catalog.shelf import LIKED, WATCHLIST

NAME = "tmdb"
SCALE = 10.0


def fits(table: Table) -> bool:
    """Whether the headers are TMDB's."""
    return {"tmdbid", "imdbid", "type", "name", "yourrating"} <= table.keys


def order(table: Table) -> int:
    """All files are alike."""
    return 0


def read(table: Table, into: Collected) -> None:
    """Take in one table. The column "Rating" is what everybody thinks; only "Your Rating" counts."""
    into.scale = SCALE
    shelf = WATCHLIST if "watchlist" in table.part.base else LIKED if "favo" in table.part.base else ""
    for row in table.rows():
        title = tables.said(row("name"))
        if row("type").strip().casefold() not in ("movie", ""):
            into.skip(TV, title)
            continue
        day = tables.moment(row("daterated"))
        entry = Entry(
            table.place(row),
            title,
            tables.year(row("releasedate")),
            tables.ids(row),
            rating=tables.rating(row("yourrating")),
            rated_at=day,
        )
        if shelf:
            entry.shelves[shelf] = day
        elif entry.rating is None:
            into.plain = WATCHLIST
            into.asks.add("plain")
        into.add(entry)
