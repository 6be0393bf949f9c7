"""Falls liked films apart into a few interests: spherical k-means, with as many groups as the films really form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats

MOST = 5  # groups
FEWEST = 3  # films that make a group
_ROUNDS = 25
_STARTS = 8  # of the search for groups, the first from films far apart, the others by chance
# Silhouette below which films are one group, and what few films need on top: chance alone tears those apart.
_DISTINCT, _FEW = 0.06, 1.5


@dataclass(frozen=True)
class Group:
    """Films that belong together: their rows, the most typical first, and their unit centre."""

    rows: NDArray[np.int64]
    centre: Floats


def groups(vectors: Floats) -> list[Group]:
    """Groups of n unit vectors (n, d), the largest first. Without clear groups all rows are one."""
    if not len(vectors):
        return []
    best, labels = _DISTINCT + _FEW / len(vectors), np.zeros(len(vectors), np.int64)
    for k in range(2, min(MOST, len(vectors) // FEWEST) + 1):
        for start in _starts(vectors, k):
            found = _k_means(vectors, vectors[start])
            if np.bincount(found, minlength=k).min() >= FEWEST and (quality := silhouette(vectors, found)) > best:
                best, labels = quality, found
    made = [_group(vectors, np.flatnonzero(labels == label)) for label in np.unique(labels)]
    return sorted(made, key=lambda group: (-len(group.rows), int(group.rows.min())))


def silhouette(vectors: Floats, labels: NDArray[np.int64]) -> float:
    """How well apart the groups are, from -1 to 1 (Rousseeuw 1987), in cosine distance; each has two rows or more."""
    distance = 1 - np.clip(vectors @ vectors.T, -1, 1)
    sizes = np.bincount(labels)
    member = np.eye(len(sizes))[labels]
    to_groups = distance @ member
    own = to_groups[np.arange(len(labels)), labels] / np.maximum(sizes[labels] - 1, 1)
    others = to_groups / sizes
    others[np.arange(len(labels)), labels] = np.inf
    other = others.min(axis=1)
    return float(((other - own) / np.maximum(np.maximum(own, other), 1e-9)).mean())


def _starts(vectors: Floats, k: int) -> Iterator[list[int]]:
    """Rows to begin with; the same films always begin, and so fall apart, the same way."""
    far = [int((vectors @ vectors.sum(axis=0)).argmax())]
    while len(far) < k:
        far.append(int((vectors @ vectors[far].T).max(axis=1).argmin()))
    yield far
    rng = np.random.default_rng(k)
    for _ in range(_STARTS - 1):  # each next one with a chance that grows with its distance (k-means++)
        chosen = [int(rng.integers(len(vectors)))]
        while len(chosen) < k:
            distance = np.clip(1 - (vectors @ vectors[chosen].T).max(axis=1), 1e-9, None).astype(np.float64)
            chosen.append(int(rng.choice(len(vectors), p=distance / distance.sum())))
        yield chosen


def _k_means(vectors: Floats, centres: Floats) -> NDArray[np.int64]:
    """Labels of the groups that grow around the centres."""
    labels = (vectors @ centres.T).argmax(axis=1)
    for _ in range(_ROUNDS):
        centres = np.stack([_centre(vectors[labels == at], centre) for at, centre in enumerate(centres)])
        again = (vectors @ centres.T).argmax(axis=1)
        if (again == labels).all():
            break
        labels = again
    return np.asarray(labels, np.int64)


def _group(vectors: Floats, rows: NDArray[np.int64]) -> Group:
    centre = _centre(vectors[rows], vectors[rows[0]])
    return Group(rows[np.argsort(-(vectors[rows] @ centre), kind="stable")], centre)


def _centre(members: Floats, otherwise: Floats) -> Floats:
    total = members.sum(axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length, np.float32) if length else otherwise
