"""One unit vector from two experts: what likes say in the first dimensions, what content says in the others.

With r the like part, shorter than 1, and c the unit content, a film is

    v = (r, sqrt(1 - |r|^2) c)

A film with many likes has a long r and leans on its content the less: in each block that is the product of both
experts' Gaussians, of which the content expert is vague in the like dimensions and the like expert in the others.
"""

from __future__ import annotations

import numpy as np

from .sparse import Floats

LONGEST = 0.65  # of a like part, so that every film keeps its content
CONTENT_SAY = 0.066  # of content in a visitor's taste, beside 1 for the like dimensions


def joined(likes: Floats, content: Floats) -> Floats:
    """Unit rows (n, s + d) of like parts (n, s) and unit contents (n, d); a row without content has its likes alone."""
    rest = np.sqrt(np.maximum(1 - (likes**2).sum(axis=1, keepdims=True), 0))
    return unit(np.concatenate([likes, rest * content], axis=1))


def expected_part(content: Floats, matrix: Floats) -> Floats:
    """The like parts (n, s) that contents (n, d) let expect by the regression's matrix (d, s), none too long."""
    parts = content @ matrix
    too_long = np.linalg.norm(parts, axis=1, keepdims=True) / LONGEST
    return np.asarray(parts / np.maximum(too_long, 1), np.float32)


def taste_weights(dimension: int, of_likes: int) -> Floats:
    """How much each of a film's dimensions counts in the taste of whoever likes it, (dimension,).

    A visitor's likes say more where films lie by likes. Where nothing is liked, the weights are all alike.
    """
    weights = np.ones(dimension, np.float32)
    weights[of_likes:] = CONTENT_SAY
    return weights if of_likes else np.ones(dimension, np.float32)


def unit(vectors: Floats) -> Floats:
    """Rows at Euclidean length 1; a zero row stays zero."""
    exact = vectors.astype(np.float64)  # float32 could not hold the squares of very long or short ones
    lengths = np.linalg.norm(exact, axis=-1, keepdims=True)
    return np.asarray(exact / np.where(lengths > 0, lengths, 1), np.float32)
