"""Keeps films where they were on a map: newcomers settle beside their neighbours, a new layout turns to the old one."""

from __future__ import annotations

import numpy as np

from .sparse import Floats

_NEIGHBOURS = 7  # mapped films that a newcomer is placed by
_SHARP = 12  # how much more the nearest of them count
_ROUNDS = 12  # of the median; it has settled long before
_APART = 1e-3  # distance on the map below which two places are one
_BLOCK = 1024


def settled(newcomers: Floats, vectors: Floats, places: Floats) -> Floats:
    """Places (m, 2) of newcomers' unit vectors (m, d) among n mapped films: unit vectors (n, d), places (n, 2).

    It is the weighted median of the nearest films' places, not their mean: a film between two groups joins one of them
    instead of standing alone in the void between.
    """
    found = np.zeros((len(newcomers), 2), np.float32)
    if not len(vectors):
        return found
    k = min(_NEIGHBOURS, len(vectors))
    for at in range(0, len(newcomers), _BLOCK):
        cosines = newcomers[at : at + _BLOCK] @ vectors.T
        near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        weights = np.clip(np.take_along_axis(cosines, near, axis=1), 0, 1) ** _SHARP + 1e-6
        found[at : at + _BLOCK] = _medians(places[near], weights)
    return found


def aligned(places: Floats, here: Floats, there: Floats) -> Floats:
    """Places (n, 2) rotated, mirrored and moved as one, the way that brings some of them nearest to where they were.

    Those stand `here` (m, 2) and stood `there` (m, 2): the orthogonal Procrustes problem (Schönemann 1966).
    """
    if len(here) < 3:
        return places
    left, _values, right = np.linalg.svd((here - here.mean(axis=0)).T @ (there - there.mean(axis=0)))
    return np.asarray((places - here.mean(axis=0)) @ (left @ right) + there.mean(axis=0), np.float32)


def median_place(places: Floats, weights: Floats) -> Floats:
    """The place (2,) with the least weighted distance to k places (k, 2): single ones far away hardly move it."""
    return np.asarray(_medians(places[None], weights[None])[0], np.float32)


def _medians(points: Floats, weights: Floats) -> Floats:
    """The weighted geometric medians of groups of points (m, k, 2), by Weiszfeld's steps from their means."""
    middle = (points * weights[..., None]).sum(axis=1) / weights.sum(axis=1)[:, None]
    for _ in range(_ROUNDS):
        pull = weights / np.maximum(np.linalg.norm(points - middle[:, None], axis=2), _APART)
        middle = (points * pull[..., None]).sum(axis=1) / pull.sum(axis=1)[:, None]
    return np.asarray(middle, np.float32)
