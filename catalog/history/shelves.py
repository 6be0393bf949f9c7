"""What a visitor keeps, for comparing with what a file brings: new, there already, or held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from catalog.history.rule import Rule
from catalog.models import HistoryImport, HistoryRow, Like, Mark, User
from catalog.shelf import HIDDEN, KINDS, LIKED, WATCHLIST

Time = TypeVar("Time")
# What the visitor said here outweighs what they said elsewhere.
_AGAINST: Mapping[str, tuple[str, ...]] = {LIKED: (HIDDEN,), WATCHLIST: (HIDDEN,), HIDDEN: (LIKED, WATCHLIST)}


class Shelves:
    """The films of somebody's shelves, read with two queries and kept up while an import adds to them."""

    def __init__(self, user: User) -> None:
        self._films: dict[str, set[int]] = {kind: set() for kind in KINDS}
        self._films[LIKED] = set(Like.objects.filter(user=user).values_list("movie_id", flat=True))
        for movie, kind in Mark.objects.filter(user=user).values_list("movie_id", "kind"):
            self._films[kind].add(movie)

    def take(self, movie: int, wanted: Mapping[str, Time]) -> tuple[dict[str, Time], list[str], list[str]]:
        """What of this is new, which shelves have the film already, and which are held back. The new is now there."""
        already = [kind for kind in wanted if movie in self._films[kind]]
        held = [
            kind
            for kind in wanted
            if kind not in already and any(movie in self._films[other] for other in _AGAINST.get(kind, ()))
        ]
        new = {kind: time for kind, time in wanted.items() if kind not in already and kind not in held}
        for kind in new:
            self._films[kind].add(movie)
        return new, already, held


@dataclass
class Plan:
    """What an import would write under a rule, by shelf."""

    new: Counter[str] = field(default_factory=Counter)
    already: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    films: int = 0  # that get something new


def plan_of(history: HistoryImport, rule: Rule) -> Plan:
    """What bringing the matched films in would do: three queries, and nothing is written."""
    shelves = Shelves(history.user)
    plan = Plan()
    rows = HistoryRow.objects.filter(history=history, is_applied=False).matched().order_by("position")
    for movie, said, rating in rows.values_list("movie_id", "shelves", "rating").iterator():
        new, already, held = shelves.take(movie, rule.shelves(said, rating, None))
        plan.new.update(list(new))
        plan.already.update(already)
        plan.held.update(held)
        plan.films += bool(new)
    return plan
