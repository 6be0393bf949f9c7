"""Who is nearest to whom among many unit vectors, for all of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats

Neighbours = NDArray[np.int64]

EXACT = 12_000  # rows up to which every pair is looked at
_BLOCK = 512  # rows of the matrix of cosines in memory at a time
_IN_CELL = 256  # rows of a cell, about
_CELLS = 12  # cells around a cell that are searched for its rows
_ROUNDS = 3  # of moving the cells' centres


def nearest_rows(vectors: Floats, k: int) -> Neighbours:
    """For each of n unit vectors (n, d) the rows (n, k) of its nearest others, in no order.

    Beyond EXACT rows only those in the same part of the space are compared: a few of the nearest may be missed.
    """
    if len(vectors) <= EXACT:
        found = np.empty((len(vectors), k), np.int64)
        everything = np.arange(len(vectors))
        for at in range(0, len(vectors), _BLOCK):
            found[at : at + _BLOCK] = _among(vectors, everything[at : at + _BLOCK], everything, k)
        return found
    return _by_cells(vectors, k)


def _by_cells(vectors: Floats, k: int) -> Neighbours:
    centres = vectors[::_IN_CELL]
    for _ in range(_ROUNDS):
        cell = _closest(vectors, centres)
        sums = np.stack([np.bincount(cell, column, len(centres)) for column in vectors.T], axis=1)
        centres = (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    cell = _closest(vectors, centres)
    order = np.argsort(cell, kind="stable")
    bounds = np.searchsorted(cell[order], np.arange(len(centres) + 1))
    rows_of = [order[bounds[at] : bounds[at + 1]] for at in range(len(centres))]
    around = np.argsort(-(centres @ centres.T), axis=1, kind="stable")
    found = np.empty((len(vectors), k), np.int64)
    for at, own in enumerate(rows_of):
        near = around[at]
        wanted = _CELLS
        while sum(len(rows_of[other]) for other in near[:wanted]) <= k:  # small cells: look further
            wanted *= 2
        candidates = np.concatenate([rows_of[other] for other in near[:wanted]])
        for start in range(0, len(own), _BLOCK):
            part = own[start : start + _BLOCK]
            found[part] = _among(vectors, part, candidates, k)
    return found


def _closest(vectors: Floats, centres: Floats) -> NDArray[np.int64]:
    blocks = range(0, len(vectors), _BLOCK * 8)
    return np.concatenate([(vectors[at : at + _BLOCK * 8] @ centres.T).argmax(axis=1) for at in blocks])


def _among(vectors: Floats, rows: NDArray[np.int64], candidates: NDArray[np.int64], k: int) -> Neighbours:
    """The k candidates nearest to each of the rows, themselves left out."""
    cosines = vectors[rows] @ vectors[candidates].T
    cosines[rows[:, None] == candidates[None, :]] = -np.inf
    return np.asarray(candidates[np.argpartition(-cosines, k - 1, axis=1)[:, :k]], np.int64)
