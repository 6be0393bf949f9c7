"""What strong models of likes would recommend: a teacher for the film vectors, in closed form.

Two models, EASE (Steck 2019) with the films' words as further evidence and implicit matrix factorisation (Hu, Koren and
Volinsky 2008), score all films for random parts of every visitor's likes. The softmax of their averaged standard scores
is what the vectors learn to reproduce. Neither model takes part in serving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .batches import Visits, visits
from .sparse import Floats, Ints, SparseRows
from .sparse_torch import Bag

_MOST_FILMS = 10_000  # EASE solves a system of this size; a larger catalogue has no teacher
_MOST_CHANCES = 40_000_000  # of visits x films, 2 bytes each
_SAME_VISITOR = 8  # different visits of one visitor
_AT_ONCE = 512


@dataclass(frozen=True)
class Lessons:
    """Visits, with the teacher's chances (visits, films) that a film is liked; a film already seen has none."""

    visits: Visits
    chances: NDArray[np.float16]


def lessons(
    liked: list[Ints], rows: SparseRows, shares: tuple[float, float], rng: np.random.Generator
) -> Lessons | None:
    """Several visits of each visitor with the teacher's answers; None when there are no likes, or too many films."""
    n_films = len(rows)
    if not liked or n_films > _MOST_FILMS:
        return None
    ease, factors = Ease(liked, rows), Factors(liked, n_films, rng)
    n_visits = min(_SAME_VISITOR * len(liked), max(1, _MOST_CHANCES // n_films))
    asked = visits([liked[i % len(liked)] for i in range(n_visits)], shares, rng)
    chances = np.zeros((n_visits, n_films), np.float16)
    for start in range(0, n_visits, _AT_ONCE):
        part = asked.seen[start : start + _AT_ONCE]
        scores = _standard(_standard(ease.scores(part)) + _standard(factors.scores(part)))
        for row, seen in enumerate(part):
            scores[row, seen] = -np.inf
        chances[start : start + _AT_ONCE] = _softmax(scores)
    return Lessons(asked, chances)


class Ease:
    """Item weights -P / diag(P); P = (X'X + content * K + ridge)^-1, X the likes, K the films' cosines in words.

    The second term is as if every word were a visitor who likes the films that use it.
    """

    def __init__(self, liked: list[Ints], rows: SparseRows, *, ridge: float = 100.0, content: float = 60.0) -> None:
        likes = torch.from_numpy(_dense(liked, len(rows)))
        system = likes.T @ likes + content * _similarities(rows)
        system.diagonal().add_(ridge)
        precision = torch.cholesky_inverse(torch.linalg.cholesky(system))
        self._weights = (precision / -precision.diagonal()).fill_diagonal_(0).numpy()

    def scores(self, seen: list[Ints]) -> Floats:
        """Scores (visits, films) for visitors who were not among the fitted ones."""
        return np.asarray(_dense(seen, len(self._weights)) @ self._weights, np.float32)


def _similarities(rows: SparseRows) -> Tensor:
    """The cosine of each two films' rows, (n, n)."""
    bag = Bag.of(rows, torch.device("cpu"))
    parts = [rows.take(np.arange(start, min(start + _AT_ONCE, len(rows)))) for start in range(0, len(rows), _AT_ONCE)]
    return torch.cat([bag.matrix @ torch.from_numpy(part.to_dense()).T.contiguous() for part in parts], dim=1)


class Factors:
    """Visitors and films as vectors whose products approximate likes, fitted by alternating least squares."""

    def __init__(
        self,
        liked: list[Ints],
        n_films: int,
        rng: np.random.Generator,
        *,
        size: int = 64,
        ridge: float = 20.0,
        alpha: float = 5.0,
        rounds: int = 15,
    ) -> None:
        self._ridge, self._alpha = ridge, alpha
        visitors = np.repeat(np.arange(len(liked)), [len(films) for films in liked])
        films = np.concatenate(liked)
        order = np.argsort(films, kind="stable")
        fans = np.split(visitors[order], np.cumsum(np.bincount(films, minlength=n_films))[:-1])
        self.films = rng.random((n_films, size)) * 0.01
        for _ in range(rounds):
            tastes = self._fitted(liked, self.films)
            self.films = self._fitted(fans, tastes)

    def scores(self, seen: list[Ints]) -> Floats:
        """Scores (visits, films) for visitors who were not among the fitted ones."""
        return np.asarray(self._fitted(seen, self.films) @ self.films.T, np.float32)

    def _fitted(self, lists: list[Ints], others: NDArray[np.float64]) -> NDArray[np.float64]:
        """The least-squares vectors of all whose likes are given as rows of the others; zero without any."""
        size = others.shape[1]
        common = others.T @ others + self._ridge * np.eye(size)
        found = np.zeros((len(lists), size))
        some = [at for at, own in enumerate(lists) if len(own)]
        for start in range(0, len(some), _AT_ONCE):
            chosen = some[start : start + _AT_ONCE]
            own = [others[lists[at]] for at in chosen]
            systems = np.stack([common + (self._alpha - 1) * (vectors.T @ vectors) for vectors in own])
            sides = np.stack([self._alpha * vectors.sum(axis=0) for vectors in own])
            found[chosen] = np.linalg.solve(systems, sides[:, :, None])[:, :, 0]
        return found


def _dense(lists: list[Ints], width: int) -> Floats:
    """0 or 1, (lists, width)."""
    dense = np.zeros((len(lists), width), np.float32)
    for row, films in enumerate(lists):
        dense[row, films] = 1
    return dense


def _standard(scores: Floats) -> Floats:
    """Each row with mean 0 and variance 1."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    return np.asarray(centred / (centred.std(axis=1, keepdims=True) + 1e-9), np.float32)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
