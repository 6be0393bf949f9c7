"""What was answered, when; and from it, what somebody's films may be in the end."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from catalog.shelf import HIDDEN, LIKED, SEEN, WATCHLIST

Kinds = frozenset[str]
NOTHING: Kinds = frozenset()
# The rules of a shelf, written down once more: a test that asked the site for them would agree with any.
_SWEEPS = {LIKED: {HIDDEN}, SEEN: {WATCHLIST}, WATCHLIST: {HIDDEN}, HIDDEN: {LIKED, WATCHLIST}}


@dataclass(frozen=True)
class Put:
    """An answered press of one visitor on one film; a kind that was brought by a file gives way to "not for me"."""

    film: int
    kind: str
    on: bool
    started: float
    ended: float
    brought: bool = False

    def after(self, kinds: Kinds) -> Kinds:
        """What the visitor keeps of the film afterwards."""
        if not self.on:
            return kinds - {self.kind}
        if self.brought and self.kind in (LIKED, WATCHLIST) and HIDDEN in kinds:
            return kinds
        return (kinds if self.brought else kinds - _SWEEPS[self.kind]) | {self.kind}


@dataclass(frozen=True)
class Merge:
    """An answered merge of two films."""

    stays: int
    goes: int
    started: float
    ended: float


@dataclass
class Ledger:
    """Everything that was answered."""

    puts: dict[tuple[int, int], list[Put]] = field(default_factory=lambda: defaultdict(list))  # by (visitor, family)
    merges: dict[int, Merge] = field(default_factory=dict)  # by family
    deleted: set[int] = field(default_factory=set)  # films
    imported: set[str] = field(default_factory=set)  # titles
    signed_up: dict[str, set[int]] = field(default_factory=dict)  # what each new account brought along
    carried: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # what each session was told to keep
    gone: set[str] = field(default_factory=set)  # names of deleted accounts
    answers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    problems: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Write into it, one thread at a time."""
        with self._lock:
            yield

    def count(self, what: str) -> None:
        """One more answer of a kind."""
        with self._lock:
            self.answers[what] += 1

    def problem(self, words: str) -> None:
        """Something that must never happen did."""
        with self._lock:
            self.problems.append(words)


def now() -> float:
    """A clock that all threads share."""
    return time.monotonic()


def possible(puts: list[Put], merge: Merge | None) -> set[tuple[tuple[int, Kinds], ...]]:
    """All that one visitor's films of a family may be, by film, after presses in their order and at most one merge.

    The merge fell somewhere between its beginning and its answer: each place among the presses that this allows, and
    that lets no press on a film that was gone be answered, is one possible history.
    """
    if merge is None:
        return {_frozen(_played(puts, {}))}
    found = set()
    for at in range(len(puts) + 1):
        before, after = puts[:at], puts[at:]
        if any(put.ended < merge.started for put in after) or any(put.started > merge.ended for put in before):
            continue
        if any(put.film == merge.goes for put in after):
            continue
        kept = _played(before, {})
        joined = kept.pop(merge.goes, NOTHING) | kept.get(merge.stays, NOTHING)
        if joined & {LIKED, WATCHLIST}:
            joined -= {HIDDEN}
        found.add(_frozen(_played(after, {**kept, merge.stays: joined})))
    return found


def _played(puts: list[Put], kept: Mapping[int, Kinds]) -> dict[int, Kinds]:
    films = dict(kept)
    for put in puts:
        films[put.film] = put.after(films.get(put.film, NOTHING))
    return films


def _frozen(films: Mapping[int, Kinds]) -> tuple[tuple[int, Kinds], ...]:
    return tuple(sorted((film, kinds) for film, kinds in films.items() if kinds))
