"""Cosine search over unit vectors: exact, deterministic, and never with a film that was left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats, Ints

Mask = NDArray[np.bool_]

_DENSE = 0.5  # share of eligible rows from which one product over all is faster than picking them out
_BLOCK = 1024  # rows that are picked out at once: half a megabyte


@dataclass(frozen=True)
class Found:
    """Rows, best first, with their scores, both (k,) or shorter when fewer are eligible."""

    rows: Ints
    scores: Floats


def cosines(vectors: Floats, query: Floats) -> Floats:
    """The cosine, clipped to -1..1, of each unit row (n, d) with a query (d,) of any length; 0 for a zero query."""
    found = vectors @ _unit(query)
    return np.asarray(np.clip(found, -1.0, 1.0, out=found), np.float32)


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
    rows = _eligible(len(scores), allowed, without)
    return _best(rows, scores[rows], k, ties)


def nearest(
    vectors: Floats,
    query: Floats,
    k: int,
    *,
    allowed: Mask | None = None,
    without: Collection[int] = (),
    ties: NDArray[np.integer] | None = None,
) -> Found:
    """The k rows of unit vectors (n, d) with the highest cosine to the query (d,); ties as in `top`.

    To a zero query all films are equally near; one with a value that is no number finds none.
    """
    rows = _eligible(len(vectors), allowed, without)
    if len(rows) > _DENSE * len(vectors):
        return _best(rows, cosines(vectors, query)[rows], k, ties)
    return _best(rows, _cosines_of(vectors, rows, _unit(query)), k, ties)


def _eligible(size: int, allowed: Mask | None, without: Collection[int]) -> NDArray[np.intp]:
    if len(without):
        allowed = np.ones(size, bool) if allowed is None else allowed.copy()
        allowed[np.fromiter(without, np.int64, len(without))] = False
    return np.arange(size) if allowed is None else np.flatnonzero(allowed)


def _cosines_of(vectors: Floats, rows: NDArray[np.intp], query: Floats) -> Floats:
    """The cosines of some rows, block by block in the processor's cache: what is left out is not even read."""
    found = np.empty(len(rows), np.float32)
    block = np.empty((_BLOCK, vectors.shape[1]), np.float32)
    for start in range(0, len(rows), _BLOCK):
        some = rows[start : start + _BLOCK]
        np.take(vectors, some, axis=0, out=block[: len(some)], mode="clip")
        np.dot(block[: len(some)], query, out=found[start : start + len(some)])
    return np.clip(found, -1.0, 1.0, out=found)


def _best(rows: NDArray[np.intp], scores: Floats, k: int, ties: NDArray[np.integer] | None) -> Found:
    """The k best of some rows with these scores, both (m,)."""
    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}")
    if np.isnan(scores).any():
        rows, scores = rows[~np.isnan(scores)], scores[~np.isnan(scores)]
    if 0 < k < len(rows):
        worst = np.partition(scores, len(rows) - k)[len(rows) - k]
        best = np.flatnonzero(scores >= worst)  # ties with the last place are settled below
        rows, scores = rows[best], scores[best]
    order = np.lexsort((-scores,) if ties is None else (-ties[rows], -scores))[:k]
    return Found(rows[order], scores[order].astype(np.float32))


def _unit(query: Floats) -> Floats:
    """The query at length 1, however long or short it is; one with a value that is no number is nothing but NaN."""
    exact = query.astype(np.float64)  # float32 could not hold the squares
    length = float(np.linalg.norm(exact))
    return np.asarray(exact / (length or 1.0) if np.isfinite(length) else np.full_like(exact, np.nan), np.float32)
