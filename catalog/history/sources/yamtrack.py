"""Yamtrack: one table of everything somebody follows; its films are kept."""

from __future__ import annotations

from catalog.history import tables
from catalog.history.entries import OTHER, SILENT, TV, Collected, Entry
from catalog.history.tables import Row, Table
from catalog.shelf import SEEN, WATCHLIST

NAME = "yamtrack"
SCALE = 10.0
_TV = {"tv", "season", "episode", "anime"}
_SHELVES = {"completed": SEEN, "repeating": SEEN, "planning": WATCHLIST}


def fits(table: Table) -> bool:
    """Whether the headers are Yamtrack's."""
    return {"mediaid", "source", "mediatype", "status"} <= table.keys


def order(table: Table) -> int:
    """All files are alike."""
    return 0


def read(table: Table, into: Collected) -> None:
    """Take in the table."""
    into.scale = SCALE
    for row in table.rows():
        kind = row("mediatype").strip().casefold()
        title = tables.said(row("title"))
        if kind != "movie":
            into.skip(TV if kind in _TV else OTHER, title)
            continue
        entry = _entry(table, row, title)
        if entry.rating is None and not entry.shelves:
            into.skip(SILENT, title)
        else:
            into.add(entry)


def _entry(table: Table, row: Row, title: str) -> Entry:
    is_tmdb = row("source").strip().casefold() == "tmdb"
    tmdb_id = tables.number_id(row("mediaid")) if is_tmdb else None
    day = next((day for name in ("enddate", "watchdate", "createdat") if (day := tables.moment(row(name)))), None)
    shelf = _SHELVES.get(row("status").strip().casefold())
    return Entry(
        table.place(row),
        title,
        tables.year(row("year")),
        {"tmdb_id": tmdb_id} if tmdb_id else {},
        rating=tables.rating(row("score")),
        rated_at=day,
        shelves={shelf: day} if shelf else {},
    )
