"""What the pages of an import show: counts, words, films."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from catalog.facts import Facts, facts_of
from catalog.history.entries import REASONS
from catalog.history.rule import Rule
from catalog.history.shelves import Plan
from catalog.models import HistoryImport, HistoryRow, Movie
from catalog.shelf import KINDS
from catalog.views.shelf import TABS

How, Outcome = HistoryRow.How, HistoryRow.Outcome


@dataclass
class Outcomes:
    """How many films of an import were found, are doubtful, or wait."""

    total: int = 0
    matched: int = 0
    review: int = 0
    waiting: int = 0
    how: list[tuple[str, int]] = field(default_factory=list)


def outcomes_of(history: HistoryImport) -> Outcomes:
    """Counted with one query."""
    found = Outcomes()
    hows: Counter[str] = Counter()
    rows = history.rows.order_by().values_list("outcome", "how")
    gone = Count("pk", filter=Q(outcome=Outcome.MATCHED, movie__isnull=True))
    for outcome, how, count, without in rows.annotate(n=Count("pk"), gone=gone):
        found.total += count
        found.review += count if outcome == Outcome.REVIEW else 0
        found.waiting += count if outcome == Outcome.WAITING else without
        if outcome == Outcome.MATCHED:
            found.matched += count - without
            hows[how] += count - without
    found.how = [(str(How(how).label), count) for how, count in hows.most_common() if count and how]
    return found


@dataclass(frozen=True)
class ShelfRow:
    """One shelf in the table of what will happen."""

    label: str
    new: int
    already: int
    held: int


def shelf_rows(plan: Plan) -> list[ShelfRow]:
    """The shelves about which the file says something."""
    rows = [ShelfRow(str(TABS[kind]), plan.new[kind], plan.already[kind], plan.held[kind]) for kind in KINDS]
    return [row for row in rows if row.new or row.already or row.held]


@dataclass(frozen=True)
class Skipped:
    """Rows that were left out for one reason."""

    reason: str
    count: int
    first: list[str]


def skipped_of(history: HistoryImport) -> list[Skipped]:
    """What was left out, the most frequent reason first."""
    found = [
        Skipped(str(REASONS[reason]), kept["count"], kept["first"])
        for reason, kept in history.skipped.items()
        if reason in REASONS
    ]
    return sorted(found, key=lambda skipped: -skipped.count)


def written_of(history: HistoryImport) -> list[tuple[str, int]]:
    """How many films an import put on each shelf."""
    rows = history.rows.filter(is_applied=True).exclude(wrote=[]).values_list("wrote", flat=True)
    counts = Counter(kind for wrote in rows.iterator() for kind, _pk in wrote)
    return [(str(TABS[kind]), counts[kind]) for kind in KINDS if counts[kind]]


@dataclass(frozen=True)
class Shown:
    """One row of an import on a page: where it goes, and the films that could be meant."""

    row: HistoryRow
    shelves: list[str]
    candidates: list[tuple[Movie, Facts]]

    @property
    def differs(self) -> bool:
        """Whether the file calls the film otherwise than the page."""
        movie = self.row.movie
        return movie is not None and str(self.row) != f"{movie.text_in()[0]} ({movie.year})"


def rows_to_show(history: HistoryImport, rows: Sequence[HistoryRow]) -> list[Shown]:
    """Rows with their shelves and candidates, in a fixed number of queries."""
    rule = Rule.read(history.rule)
    doubtful = {pk for row in rows if row.outcome == Outcome.REVIEW for pk in row.candidates}
    movies = Movie.objects.listed().prefetch_related("genres", "texts").in_bulk(list(doubtful)) if doubtful else {}
    facts = facts_of(list(movies)) if movies else {}
    shown = []
    for row in rows:
        shelves = [str(TABS[kind]) for kind in KINDS if kind in rule.shelves(row.shelves, row.rating, row.rated_at)]
        candidates = [(movies[pk], facts[pk]) for pk in row.candidates if pk in movies]
        shown.append(Shown(row, shelves, candidates))
    return shown
