"""Any table with a title, Letterboxd's own import format and our CSV among them."""

from __future__ import annotations

import re
from datetime import datetime

from catalog.history import tables
from catalog.history.entries import TV, Collected, Entry
from catalog.history.tables import Row, Table
from catalog.importing.cells import title_and_year
from catalog.importing.formats import FORMATS, columns_of
from catalog.shelf import HIDDEN, KINDS, LIKED, SEEN, WATCHLIST

NAME = "csv"
TAG = "movierec-"  # our own export says with tags what Letterboxd has no columns for
_TITLES = ("title", "originaltitle")
_RATINGS = ("rating10", "rating", "yourrating", "userrating", "myrating", "score", "stars", "оценка")
_WATCHED = ("watcheddate", "watchedat", "datewatched", "watchdate", "lastwatched", "watched", "seen", "просмотрен")
_DATES = ("daterated", "ratedat", "date", "dateadded", "addedat", "createdat", "timestamp", "since", "дата")
_FLAGS = {
    LIKED: ("liked", "like", "favorite", "favourite", "loved"),
    SEEN: ("watched", "seen"),
    WATCHLIST: ("watchlist", "wanttowatch", "wishlist"),
    HIDDEN: ("hidden", "notforme"),
}
_YES = {"1", "yes", "true", "y", "x", "да", "иә"}
_EPISODE = re.compile(r": (?:season|series|episode|staffel|saison|temporada|сезон|серия|маусым)\s*\d", re.IGNORECASE)


def fits(table: Table) -> bool:
    """Whether there is a column of titles, or one of ids."""
    found = columns_of(list(table.columns), FORMATS["csv"], likes=True)
    return any(name in found for name in ("title", "original_title", "imdb_id", "tmdb_id", "movielens_id"))


def order(table: Table) -> int:
    """All files are alike."""
    return 0


def read(table: Table, into: Collected) -> None:
    """Take in the table, with a guess at the scale of its ratings that the visitor can correct."""
    named = _with_our_names(table)
    shelf = WATCHLIST if "watchlist" in table.part.base else ""
    ratings: list[float] = []
    for row in named.rows():
        title, year = title_and_year(tables.said(row(*_TITLES)))
        if _EPISODE.search(title):
            into.skip(TV, title)
            continue
        day = next((found for name in _DATES if (found := tables.moment(row(name)))), None)
        entry = Entry(
            table.place(row),
            title,
            tables.year(row("year")) or year,
            tables.ids(row),
            rating=tables.rating(row(*_RATINGS)),
            rated_at=next((found for name in _WATCHED if (found := tables.moment(row(name)))), None) or day,
            shelves=_shelves(row, day),
        )
        if not entry.shelves and entry.rating is None:
            if shelf:
                entry.shelves[shelf] = day
            else:
                into.asks.add("plain")
        if entry.rating is not None:
            ratings.append(entry.rating)
        into.add(entry)
    if ratings:
        into.scale = _scale(table, ratings)
        if "rating10" not in table.keys:
            into.asks.add("scale")


def _with_our_names(table: Table) -> Table:
    """The same table, with its columns also under the names that we look for."""
    found = columns_of(list(table.columns), FORMATS["csv"], likes=True)
    columns = dict(table.columns)
    order = list(table.columns.values())
    for name, indexes in found.fields.items():
        columns.setdefault(name.replace("_", ""), order[indexes[0]])
    return Table(table.part, table.encoding, table.delimiter, table.header_line, columns)


def _shelves(row: Row, day: datetime | None) -> dict[str, datetime | None]:
    tags = {tag.strip().casefold() for tag in row("tags").split(",")}
    seen_at = next((found for name in _WATCHED if (found := tables.moment(row(name)))), None)
    ours = [kind for kind in KINDS if f"{TAG}{kind}" in tags]
    if ours:
        return dict.fromkeys(ours, seen_at or day)
    shelves = {
        kind: day for kind, names in _FLAGS.items() if any(row(name).strip().casefold() in _YES for name in names)
    }
    if seen_at:
        shelves[SEEN] = seen_at
    return shelves


def _scale(table: Table, ratings: list[float]) -> float:
    """Out of 100, 10 or 5: the smallest that fits, unless the header says it."""
    if "rating10" in table.keys:
        return 10.0
    best = max(ratings)
    return 5.0 if best <= 5 else 10.0 if best <= 10 else 100.0
