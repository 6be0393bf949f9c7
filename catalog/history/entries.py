"""What a file says about films: one entry for each film, however many rows and files speak of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.history.titles import key_of
from catalog.importing.encoding import Unreadable
from catalog.shelf import SEEN

MOST_FILMS = 50_000
MOST_ROWS = 250_000
_EXAMPLES = 5  # of rows left out, by reason

TV, OTHER, LIST, DELETED, UNTITLED, SILENT, BROKEN = "tv", "other", "list", "deleted", "untitled", "silent", "broken"
REASONS = {
    TV: gettext_lazy("TV series and episodes"),
    OTHER: gettext_lazy("games, music videos and podcasts"),
    LIST: gettext_lazy("films of your lists, which have no shelf here"),
    DELETED: gettext_lazy("entries that you deleted there"),
    UNTITLED: gettext_lazy("rows without a title or an id"),
    SILENT: gettext_lazy("rows that do not say what you think of the film"),
    BROKEN: gettext_lazy("rows that cannot be read"),
}


@dataclass
class Entry:
    """A film as a file tells it. A shelf without a time is one whose day is not known."""

    place: str
    title: str = ""
    year: int | None = None
    ids: dict[str, Any] = field(default_factory=dict)
    rating: float | None = None
    rated_at: datetime | None = None
    shelves: dict[str, datetime | None] = field(default_factory=dict)
    here: int | None = None  # its number on the site that the file was exported from

    def merge(self, other: Entry) -> None:
        """Take over what a later row says: its rating wins, and the first of two days counts."""
        if other.rating is not None:
            self.rating, self.rated_at = other.rating, other.rated_at or self.rated_at
        for kind, time in other.shelves.items():
            known = self.shelves.get(kind)
            self.shelves[kind] = min(known, time) if known and time else known or time


@dataclass
class Collected:
    """All that one file, or one ZIP of files, says."""

    source: str
    scale: float = 5  # the best rating
    asks: set[str] = field(default_factory=set)  # what the visitor has to say: "scale", "plain"
    plain: str = SEEN  # the shelf of films about which nothing is said
    rows_read: int = 0
    entries: dict[Any, Entry] = field(default_factory=dict)
    skipped: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Take one row in; what is known of the film already is completed."""
        self._read_one()
        if not entry.title and not entry.ids:
            return self._count(UNTITLED, entry.place)
        now = timezone.now()
        entry.shelves = {kind: min(time, now) if time else None for kind, time in entry.shelves.items()}
        entry.rated_at = min(entry.rated_at, now) if entry.rated_at else None
        key = (entry.here, frozenset(entry.ids.items()), key_of(entry.title), entry.year)
        if known := self.entries.get(key):
            return known.merge(entry)
        self.entries[key] = entry
        if len(self.entries) > MOST_FILMS:
            raise Unreadable(
                _("The file has more than %(most)d films. Split it, and bring in one part after the other.")
                % {"most": MOST_FILMS}
            )
        return None

    def skip(self, reason: str, what: str) -> None:
        """Leave one row out, and remember why."""
        self._read_one()
        self._count(reason, what)

    def _read_one(self) -> None:
        self.rows_read += 1
        if self.rows_read > MOST_ROWS:
            raise Unreadable(
                _("The file has more than %(most)d rows. Split it, and bring in one part after the other.")
                % {"most": MOST_ROWS}
            )

    def _count(self, reason: str, what: str) -> None:
        kept = self.skipped.setdefault(reason, {"count": 0, "first": []})
        kept["count"] += 1
        if what and len(kept["first"]) < _EXAMPLES and what[:80] not in kept["first"]:
            kept["first"].append(what[:80])
