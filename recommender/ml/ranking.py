"""From likes and words to one score for each film, with shares that add up to it.

With u the unit direction of a visitor's taste and request and v a film's unit vector, a film's score is

    (1 - w) * u.v + w * lexical          (w = 0 when nothing is typed)

Both terms are cosines, and so is the sum: it is the cosine between (sqrt(1 - w) u, sqrt(w) q) and
(sqrt(1 - w) v, sqrt(w) x), q and x being the unit lexical vectors of request and film. Since u is a sum of the liked
films' vectors, each dimension with a weight of its own, and the request's, divided by its length, u.v falls apart into
exactly one share for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats

Rows = Sequence[int] | NDArray[np.integer]

LEXICAL_RATIO = 0.6  # of the lexical term's spread over the catalogue to the vectors'
DIAL = 0.5  # how far the dial moves a film at most, in units of similarity
VARIED = 200  # places at the top that variety reorders; further down nobody would notice
EVERYBODY = 1.2  # length of what most people like, beside a request's own vector, for very many visitors
FEW_VISITORS = 150  # so many have half that say
CANCELLED = 1e-4  # length below which likes and words contradict each other so much that they say nothing


@dataclass(frozen=True)
class Query:
    """What a visitor brings, ready to be held against films of dimension d."""

    terms: Floats  # (k, d): one row for each liked film; their sum is the taste's part of the direction
    request: Floats  # (d,): the request's part of the direction, zero when nothing is typed or chosen
    lexical: Floats | None = None  # (n,): the cosine of the typed words with each film's words, 0 to 1
    lexical_weight: float = 0.0

    @classmethod
    def of(cls, liked: Floats, request: Floats | None = None, *, weights: Floats | None = None) -> Query:
        """Taste from k liked films' unit vectors (k, d), request from its unit vector (d,), each with the same say.

        `weights` (d,) say how much each dimension counts in the taste; all alike without them.
        """
        terms = liked if weights is None else liked * weights
        terms = terms * _to_unit(terms.sum(axis=0))
        asked = np.zeros(liked.shape[1], np.float32) if request is None else request * _to_unit(request)
        factor = _to_unit(terms.sum(axis=0) + asked)
        return cls((terms * factor).astype(np.float32), (asked * factor).astype(np.float32))

    def with_words(self, lexical: Floats, vectors: Floats) -> Query:
        """Join the lexical match (n,) so that its spread over the n films stays in proportion to the vectors'.

        This ranks like the sum of z-scores, yet remains a cosine: only the weight depends on the request.
        """
        if not lexical.any():
            return self
        of_vectors, of_words = float(self._cosines(vectors).std()), float(lexical.std())
        if of_words == 0:
            return self
        weight = LEXICAL_RATIO * of_vectors / (of_words + LEXICAL_RATIO * of_vectors) if of_vectors else 1.0
        return Query(self.terms, self.request, lexical, weight)

    @property
    def has_request(self) -> bool:
        """Whether anything typed or chosen takes part, beside the likes."""
        return self.lexical is not None or bool(self.request.any())

    @property
    def direction(self) -> Floats:
        """The unit vector (d,) of taste and request together; zero when there is neither."""
        return np.asarray(self.terms.sum(axis=0) + self.request, np.float32)

    def scores(self, vectors: Floats) -> Floats:
        """The score of each of n films, from -1 to 1, for their unit vectors (n, d)."""
        scores = (1 - self.lexical_weight) * self._cosines(vectors)
        if self.lexical is not None:
            scores = scores + self.lexical_weight * self.lexical
        return np.asarray(np.clip(scores, -1.0, 1.0), np.float32)

    def shares(self, vectors: Floats, row: int) -> tuple[Floats, float]:
        """Parts of one film's score: one for each liked film (k,), and the request's; together they are the score."""
        of_films = (1 - self.lexical_weight) * (self.terms @ vectors[row])
        of_request = (1 - self.lexical_weight) * float(self.request @ vectors[row])
        if self.lexical is not None:
            of_request += self.lexical_weight * float(self.lexical[row])
        return np.asarray(of_films, np.float32), of_request

    def _cosines(self, vectors: Floats) -> Floats:
        return np.asarray(vectors @ self.direction, np.float32)


def everybody(vectors: Floats, likes: NDArray[np.integer], visitors: int) -> Floats:
    """What most people like, (d,): the films' vectors (n, d) weighted by their likes (n,).

    Its length, below EVERYBODY, grows with the number of visitors behind it: what a few people like says little.
    """
    return lean_of(likes.astype(np.float32) @ vectors, visitors)


def lean_of(direction: Floats, visitors: int) -> Floats:
    """The direction (d,) of all likes at the length that so many visitors give it."""
    lean = EVERYBODY * visitors / (visitors + FEW_VISITORS)
    return np.asarray(lean * _to_unit(direction) * direction, np.float32)


def query_for(
    vectors: Floats,
    liked: Rows,
    request: Floats | None,
    words: Floats | None,
    liked_by_all: Floats,
    weights: Floats | None = None,
) -> Query:
    """The query of a visitor who likes some rows of the films' vectors (n, d) and typed something.

    `weights` (d,), by `join.taste_weights`, say how much each dimension counts in the taste.
    `request` (d,) is the encoder's unit vector of the words, `words` (n,) their lexical match; None or zeros mean
    nothing. The request leans towards what people like, `liked_by_all` (d,): words seldom tell good from bad.
    """
    if request is not None and request.any():
        request = request + liked_by_all
    query = Query.of(vectors[liked], request, weights=weights)
    return query if words is None else query.with_words(words, vectors)


def turned(scores: Floats, popularity_rank: Floats, dial: float) -> Floats:
    """Scores (n,) with the dial turned from -1, towards popular films (rank 1), to 1, towards hidden gems (rank -1)."""
    return np.asarray(scores - np.float32(DIAL * dial) * popularity_rank, np.float32)


def popularity_ranks(likes: NDArray[np.integer]) -> Floats:
    """From -1 for the least liked of n films to 1 for the most liked; equally liked films share a rank, (n,)."""
    _, group, sizes = np.unique(likes, return_inverse=True, return_counts=True)
    return np.asarray(ranks(sizes)[group], np.float32)


def ranks(sizes: NDArray[np.integer]) -> Floats:
    """The rank from -1 to 1 of each of some groups of equally liked films, the least liked first, (groups,)."""
    films = int(sizes.sum())
    if films < 2:
        return np.zeros(len(sizes), np.float32)
    return np.asarray(2 * (np.cumsum(sizes) - (sizes + 1) / 2) / (films - 1) - 1, np.float32)


def diversified(vectors: Floats, scores: Floats, rows: Rows, variety: float) -> list[int]:
    """Reorder the best rows so that neighbours in the list differ (maximal marginal relevance).

    Carbonell and Goldstein 1998: next comes the row with the highest (1 - variety) * score - variety * (highest cosine
    to a row taken already). `variety` goes from 0, the order by score, to 1.
    """
    left = [int(row) for row in rows]
    taken: list[int] = []
    closest = np.full(len(left), -1.0, np.float32)
    places = list(range(len(left)))
    while places:
        worth = [(1 - variety) * float(scores[left[at]]) - variety * float(closest[at]) for at in places]
        best = places.pop(int(np.argmax(worth)))
        taken.append(left[best])
        closest = np.maximum(closest, vectors[left] @ vectors[left[best]])
    return taken


def _to_unit(vector: Floats) -> float:
    """What makes a vector's length 1, or 0 for one that is all but zero.

    What is left of unit vectors that cancel is rounding: made long, it would point anywhere.
    """
    length = float(np.linalg.norm(vector.astype(np.float64)))
    return 1 / length if length > CANCELLED else 0.0
