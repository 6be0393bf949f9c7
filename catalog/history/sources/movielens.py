"""MovieLens: the ratings of one person from a data set, or the export of an account."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalog.history import tables
from catalog.history.entries import SILENT, Collected, Entry
from catalog.history.tables import Table
from catalog.importing.cells import title_and_year
from catalog.importing.encoding import Unreadable
from catalog.shelf import WATCHLIST

NAME = "movielens"


def fits(table: Table) -> bool:
    """Whether the headers are those of a data set's ratings or of an account's export."""
    return {"movieid", "rating"} <= table.keys and bool({"userid", "averagerating"} & table.keys)


def order(table: Table) -> int:
    """All files are alike."""
    return 0


def read(table: Table, into: Collected) -> None:
    """Take in one table; ratings of several people are refused, since nobody knows which of them you are."""
    people: set[str] = set()
    for row in table.rows():
        people.add(row("userid").strip())
        if len(people) > 1:
            raise Unreadable(
                _("The file has the ratings of several people. Keep the rows of your own userId only, and try again.")
            )
        title, year = title_and_year(tables.said(row("title")))
        ids = tables.ids(row) | {"movielens_id": tables.number_id(row("movieid"))}
        entry = Entry(
            table.place(row),
            title,
            year,
            {kind: value for kind, value in ids.items() if value},
            rating=tables.rating(row("rating")),
            rated_at=tables.moment(row("timestamp")),
        )
        if "wishlist" in table.part.base:
            entry.shelves[WATCHLIST] = None
        elif entry.rating is None:
            into.skip(SILENT, title)
            continue
        into.add(entry)
