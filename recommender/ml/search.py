"""Cosine search over unit vectors: exact, deterministic, and never with a film that was left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats, Ints

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Rows, best first, with their scores, both (k,) or shorter when fewer are eligible."""

    rows: Ints
    scores: Floats


def cosines(vectors: Floats, query: Floats) -> Floats:
    """The cosine, clipped to -1..1, of each unit row (n, d) with a query (d,) of any length; 0 for a zero query."""
    length = float(np.linalg.norm(query))
    return np.asarray(np.clip(vectors @ query / (length or 1.0), -1.0, 1.0), np.float32)


def top(
    scores: Floats,
    k: int,
    *,
    allowed: Mask | None = None,
    without: Collection[int] = (),
    ties: NDArray[np.integer] | None = None,
) -> Found:
    """The k best of n scores (n,); a score that is no number is never found.

    Among equal scores the row with the larger value in `ties` (n,) comes first, then the smaller row.
    """
    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}")
    eligible = ~np.isnan(scores) if allowed is None else allowed & ~np.isnan(scores)
    if len(without):
        eligible = eligible.copy()
        eligible[np.fromiter(without, np.int64, len(without))] = False
    rows = np.flatnonzero(eligible)
    found = scores[rows]
    if 0 < k < len(rows):
        best = found >= np.partition(found, len(rows) - k)[len(rows) - k]  # ties with the last place are settled below
        rows, found = rows[best], found[best]
    order = np.lexsort((-found,) if ties is None else (-ties[rows], -found))[:k]
    return Found(rows[order], found[order].astype(np.float32))


def nearest(
    vectors: Floats, query: Floats, k: int, *, allowed: Mask | None = None, without: Collection[int] = ()
) -> Found:
    """The k rows of unit vectors (n, d) with the highest cosine to the query (d,)."""
    return top(cosines(vectors, query), k, allowed=allowed, without=without)
