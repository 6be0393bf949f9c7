"""From likes and words to one score for each film, with shares that add up to it.

With u the unit direction of a visitor's taste and request and v a film's unit vector, a film's score is

    (1 - w) * u.v + w * lexical          (w = 0 when nothing is typed)

Both terms are cosines, and so is the sum: it is the cosine between (sqrt(1 - w) u, sqrt(w) q) and
(sqrt(1 - w) v, sqrt(w) x), q and x being the unit lexical vectors of request and film. Since u is a weighted sum of the
liked films' vectors and the request's, divided by its length, u.v falls apart into exactly one share for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LEXICAL_WEIGHT = 0.5


@dataclass(frozen=True)
class Query:
    """What a visitor brings: k liked films' unit vectors with weights, and what they typed."""

    liked: Floats  # (k, d), k may be 0
    weights: Floats  # (k,)
    request: Floats | None = None  # (d,), a unit vector, or None when nothing is typed
    lexical: Floats | None = None  # (n,), the cosine of the typed words with each film's words, 0 to 1
    lexical_weight: float = LEXICAL_WEIGHT
    _terms: Floats = field(init=False, repr=False)  # (k or k + 1, d): what adds up to the direction

    def __post_init__(self) -> None:
        """Scale taste and request to the same length before they meet, then the sum to length 1."""
        terms = self.liked * self.weights[:, None]
        terms = terms / _length(terms.sum(axis=0))
        if self.request is not None:
            terms = np.concatenate([terms, self.request[None, :] / _length(self.request)])
        object.__setattr__(self, "_terms", (terms / _length(terms.sum(axis=0))).astype(np.float32))

    @property
    def direction(self) -> Floats:
        """The unit vector (d,) of taste and request together; zero when there is neither."""
        return self._terms.sum(axis=0)  # type: ignore[no-any-return]

    @property
    def has_request(self) -> bool:
        """Whether anything typed or chosen takes part, beside the likes."""
        return self.request is not None or self.lexical is not None

    @property
    def vector_weight(self) -> float:
        """The weight of the vectors' cosine beside the lexical one."""
        return 1.0 if self.lexical is None else 1.0 - self.lexical_weight

    def scores(self, vectors: Floats) -> Floats:
        """The score of each of n films, from -1 to 1, for their unit vectors (n, d)."""
        scores = self.vector_weight * (vectors @ self.direction)
        if self.lexical is not None:
            scores = scores + self.lexical_weight * self.lexical
        return np.clip(scores, -1.0, 1.0).astype(np.float32)

    def shares(self, vector: Floats, lexical: float) -> tuple[Floats, float]:
        """Parts of one film's score: one for each liked film (k,), and the request's; together they are the score."""
        parts = self.vector_weight * (self._terms @ vector)
        words = float(parts[len(self.liked) :].sum())
        if self.lexical is not None:
            words += self.lexical_weight * lexical
        return parts[: len(self.liked)].astype(np.float32), words


def _length(vector: Floats) -> float:
    """Euclidean length, with 1 for a zero vector so that it can be divided by."""
    return float(np.linalg.norm(vector)) or 1.0
