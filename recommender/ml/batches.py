"""What one training step looks at: random parts of films and of visitors' likes, drawn from a given generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats, Ints, SparseRows


@dataclass(frozen=True)
class Likes:
    """Who liked what: row-index pairs, `visitors` and `films` both (n,); sorted, and a repeated pair counts once."""

    visitors: Ints
    films: Ints

    def __post_init__(self) -> None:
        if self.visitors.shape != self.films.shape or self.visitors.ndim != 1:
            raise ValueError(f"likes are pairs, not {self.visitors.shape} visitors and {self.films.shape} films")
        if len(self.films) and min(self.films.min(), self.visitors.min()) < 0:
            raise ValueError("a like names a row below 0")
        if not _ascending(self.visitors, self.films):
            width = int(self.films.max()) + 1
            pairs = np.unique(self.visitors.astype(np.int64) * width + self.films)
            object.__setattr__(self, "visitors", pairs // width)
            object.__setattr__(self, "films", pairs % width)

    @classmethod
    def none(cls) -> Likes:
        """A site that nobody has used yet."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.films)

    def where(self, keep: NDArray[np.bool_]) -> Likes:
        """Only the pairs that the mask keeps."""
        return Likes(self.visitors[keep], self.films[keep])

    def by_visitor(self) -> list[Ints]:
        """The films of each visitor who has any, visitors in ascending order."""
        starts = np.unique(self.visitors, return_index=True)[1]
        return np.split(self.films, starts[1:]) if len(self) else []

    def counts(self, n_films: int) -> Ints:
        """How many visitors liked each film, (n_films,)."""
        return np.bincount(self.films, minlength=n_films)


def _ascending(visitors: Ints, films: Ints) -> bool:
    """Whether the pairs are sorted, by visitor first, and none is there twice."""
    later = (visitors[1:] > visitors[:-1]) | ((visitors[1:] == visitors[:-1]) & (films[1:] > films[:-1]))
    return bool(later.all())


@dataclass(frozen=True)
class Visits:
    """Visitors' films cut in two: what is seen and what is hidden, one pair of lists for each visit."""

    seen: list[Ints]
    hidden: list[Ints]

    def __len__(self) -> int:
        return len(self.seen)

    def take(self, rows: NDArray[np.integer]) -> Visits:
        """Some of the visits."""
        return Visits([self.seen[row] for row in rows], [self.hidden[row] for row in rows])


def thinned(rows: SparseRows, keep: float | Floats, rng: np.random.Generator) -> SparseRows:
    """Each feature kept with probability `keep` (one for all or one per row), at unit length again."""
    share = np.broadcast_to(np.asarray(keep, np.float32), (len(rows),))
    kept = rng.random(len(rows.values), dtype=np.float32) < np.repeat(share, rows.lengths())
    before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return SparseRows(before[rows.indptr], rows.indices[kept], rows.values[kept], rows.width).unit()


def mass(rows: SparseRows) -> Floats:
    """Films as bags, dense (n, width): as many draws as a film has features, in proportion to their squared weights."""
    squares = np.zeros((len(rows), rows.width), np.float32)
    squares[rows.row_of_entry(), rows.indices] = rows.values**2
    total = np.maximum(squares.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(squares / total * rows.lengths()[:, None], np.float32)


def visits(liked: list[Ints], shares: tuple[float, float], rng: np.random.Generator) -> Visits:
    """A random share of each visitor's films, between `shares`, is hidden; at least one is hidden and one is seen."""
    seen, hidden = [], []
    for films in liked:
        mixed = rng.permutation(films)
        n_hidden = min(len(films) - 1, max(1, round(len(films) * rng.uniform(*shares))))
        hidden.append(mixed[:n_hidden])
        seen.append(mixed[n_hidden:])
    return Visits(seen, hidden)


def marked(lists: list[Ints], films: Ints) -> Floats:
    """Which of the ascending `films` each list names, 0 or 1, (lists, films); other films are left out."""
    marks = np.zeros((len(lists), len(films)), np.float32)
    for row, own in enumerate(lists):
        at = np.searchsorted(films, own)
        inside = at < len(films)
        at, own = at[inside], own[inside]
        marks[row, at[films[at] == own]] = 1
    return marks
