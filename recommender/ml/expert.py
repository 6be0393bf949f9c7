"""The like expert: dimensions in which films lie close that the same people like, in closed form and linear in likes.

1. Implicit matrix factorisation (Hu, Koren and Volinsky 2008) gives each liked film a factor y.
2. R = Y (Y'Y + noise)^(-1/2). Then R R' is the hat matrix of a ridge regression on the factors: the plain sum of a
   visitor's rows of R is their least-squares fold-in, and directions that few likes support shrink.
3. The films' words join in: the principal axes of (R, words) are what a film's few like dimensions keep.

A film without likes is expected where a ridge regression from its content puts it: the prior of the Gaussian that
likes would turn into a posterior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .distributed import Peers
from .join import LONGEST
from .sparse import Floats, Ints, SparseRows
from .sparse_torch import Bag

_FACTORS = 64
_RIDGE, _CONFIDENCE, _ROUNDS = 20.0, 5.0, 10  # of the factorisation: a like counts as much as five films not liked
_NOISE = 10.0
_WORDS = 0.55  # weight of the cosine of two films' words beside that of their likes
_SPARE, _TURNS = 16, 12  # more axes than are kept, and how often they are turned
_DOUBT = 1000.0  # likes that the regression from content weighs as much as its prior
_CAUTION = 0.5  # of an expectation counts: content may be wrong about what people will like
_AT_ONCE = 512

Factors = NDArray[np.float64]


@dataclass(frozen=True)
class LikeExpert:
    """What likes say of m films: their rows, ascending, their likes, and their parts, none longer than LONGEST."""

    films: Ints
    likes: Ints
    parts: Floats  # (m, size)

    @classmethod
    def of(
        cls, liked: list[Ints], rows: SparseRows, size: int, rng: np.random.Generator, peers: Peers | None = None
    ) -> LikeExpert:
        """Learn from the films that each visitor likes; `rows` are the words of all films. Peers share the fitting."""
        if not any(map(len, liked)):
            return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, size), np.float32))
        films, likes = np.unique(np.concatenate(liked), return_counts=True)
        known = [np.searchsorted(films, own) for own in liked]
        factors = torch.from_numpy(_folding(_factors(known, len(films), rng, peers or Peers())).astype(np.float32))
        words = rows.take(films)
        axes = _principal(factors, Bag.of(words, torch.device("cpu")), size, rng)
        return cls(films, likes, np.asarray(LONGEST * axes / max(_longest(axes), 1e-12), np.float32))

    def expected(self, content: Floats) -> Floats:
        """The matrix (d, size) that takes a film's unit content to its expected like part, from those of m films."""
        weighted = content * self.likes[:, None].astype(np.float32)
        system = content.T @ weighted + _DOUBT * np.eye(content.shape[1], dtype=np.float32)
        return np.asarray(_CAUTION * np.linalg.solve(system, weighted.T @ self.parts), np.float32)


def _factors(liked: list[Ints], n_films: int, rng: np.random.Generator, peers: Peers) -> Factors:
    """Each film's factor (n_films, _FACTORS), by alternating least squares."""
    visitors = np.repeat(np.arange(len(liked)), [len(films) for films in liked])
    films = np.concatenate(liked)
    order = np.argsort(films, kind="stable")
    fans = np.split(visitors[order], np.cumsum(np.bincount(films, minlength=n_films))[:-1])
    found = rng.random((n_films, _FACTORS)) * 0.01
    for _ in range(_ROUNDS):
        found = _shared(fans, _shared(liked, found, peers), peers)
    return found


def _shared(lists: list[Ints], others: Factors, peers: Peers) -> Factors:
    """What `_fitted` finds for all lists, each process's part found there."""
    return peers.gathered_array(_fitted(lists[peers.part(len(lists))], others), len(lists))


def _fitted(lists: list[Ints], others: Factors) -> Factors:
    """The least-squares vectors of all whose likes are given as rows of the others."""
    size = others.shape[1]
    common = others.T @ others + _RIDGE * np.eye(size)
    found = np.zeros((len(lists), size))
    for start in range(0, len(lists), _AT_ONCE):
        own = [others[rows] for rows in lists[start : start + _AT_ONCE]]
        systems = np.stack([common + (_CONFIDENCE - 1) * (vectors.T @ vectors) for vectors in own])
        sides = np.stack([_CONFIDENCE * vectors.sum(axis=0) for vectors in own])
        found[start : start + _AT_ONCE] = np.linalg.solve(systems, sides[:, :, None])[:, :, 0]
    return found


def _folding(factors: Factors) -> Factors:
    """R = Y (Y'Y + noise)^(-1/2), the longest row as long as the root of the share of the factors that is no noise."""
    strength, axes = np.linalg.eigh(factors.T @ factors)
    strength = np.maximum(strength, 0)
    rows = factors @ (axes / np.sqrt(strength + _NOISE)) @ axes.T
    signal = np.average(strength / (strength + _NOISE), weights=strength + 1e-12)
    return np.asarray(rows * np.sqrt(signal) / max(_longest(rows), 1e-12))


def _principal(factors: Tensor, words: Bag, size: int, rng: np.random.Generator) -> Floats:
    """Rows F (n, size) whose products are closest to those of the rows (factors, words).

    Subspace iteration (Halko, Martinsson and Tropp 2011); columns are zero where there are fewer films than axes.
    """

    def turned(basis: Tensor) -> Tensor:
        return factors @ (factors.T @ basis) + _WORDS * (words.matrix @ (words.transposed @ basis))

    n = len(factors)
    basis = torch.from_numpy(rng.standard_normal((n, min(n, size + _SPARE))).astype(np.float32))
    for _ in range(_TURNS):
        basis = torch.linalg.qr(turned(basis))[0]
    strength, axes = torch.linalg.eigh(basis.T @ turned(basis))
    found = basis @ axes * strength.clamp(min=0).sqrt()
    best = found.flip(1)[:, :size].numpy()
    return np.asarray(np.pad(best, ((0, 0), (0, size - best.shape[1]))), np.float32)


def _longest(rows: NDArray[np.floating]) -> float:
    return float(np.linalg.norm(rows, axis=1).max())
