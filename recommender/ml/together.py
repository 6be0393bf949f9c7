"""From several people's scores to one order for all of them: from the average to least misery.

Scores of two people cannot be compared: who likes few films of one kind has higher cosines everywhere than who likes a
bit of everything. So each score becomes the share of films that suit this person less, the same scale for everybody.
With f the shares of a film, one for each person, the group's value is

    (1 - t) * mean(f) + t * min(f)

t = 0 is the average, t = 1 "least misery" (O'Connor, Cosley, Konstan, Riedl: PolyLens, 2001): as good as for the one
whom it suits least.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats


def fits(scores: Floats) -> Floats:
    """For one person's scores of n films, the share of the other films that score lower, from 0 to 1; equals share."""
    if len(scores) < 2:
        return np.ones(len(scores), np.float32)
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - (sizes + 1) / 2
    return np.asarray(middle[group] / (len(scores) - 1), np.float32)


def agreed(people: Floats, misery: float) -> Floats:
    """The group's value (n,) of n films from each person's (people, n); `misery` is t above.

    People are sorted for each film before they are added up, so that their order cannot change the last digit.
    """
    ordered = np.sort(people, axis=0)
    return np.asarray((1 - misery) * ordered.mean(axis=0) + misery * ordered[0], np.float32)


def order(people: Floats, misery: float, ties: NDArray[np.integer]) -> NDArray[np.intp]:
    """Places of n films, best first; equals go by the average, then by `ties` (n,), then as they stand."""
    return np.lexsort((-ties, -agreed(people, 0), -agreed(people, misery)))
