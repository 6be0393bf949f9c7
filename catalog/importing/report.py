"""What an import did, counted and with the lines that need somebody's eye."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

KEPT = 1000  # remarks kept word by word; a file with more has one trouble many times


@dataclass
class Remarks:
    """Remarks about lines of the file: all are counted, the first ones kept."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, words: str) -> None:
        """Take down one more remark."""
        self.count += 1
        if len(self.first) < KEPT:
            self.first.append((line, words))


@dataclass(frozen=True)
class Outcome:
    """What one row would do or did; the kinds are those of ImportRow."""

    line: int
    kind: str
    film: str = ""
    movie_id: int | None = None
    diff: dict[str, list[Any]] = field(default_factory=dict)  # by field: [old, new]
    fingerprint: str = ""  # of a film as it was created
    words: str = ""  # why it was rejected, or notes


@dataclass
class FilmReport:
    """What became of each row of a file of films."""

    kind: str = ""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Remarks = field(default_factory=Remarks)
    notes: Remarks = field(default_factory=Remarks)


@dataclass
class Unmatched:
    """Films of a file of likes that the catalogue does not have: how many rows, and the first of their lines."""

    rows: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count one more row."""
        self.rows += 1
        if len(self.lines) < 5:
            self.lines.append(line)


@dataclass
class LikeReport:
    """What became of each row of a file of likes."""

    kind: str = ""
    added: int = 0
    already: int = 0
    not_liked: int = 0
    visitors_created: int = 0
    films_unknown: dict[str, Unmatched] = field(default_factory=dict)
    visitors_unknown: dict[str, Unmatched] = field(default_factory=dict)
    rejected: Remarks = field(default_factory=Remarks)


def rows_of(unmatched: Iterable[Unmatched]) -> int:
    """How many rows stand behind these."""
    return sum(item.rows for item in unmatched)
