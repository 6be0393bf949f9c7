"""How good a ranking is, as pure functions of rows of films."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from .sparse import Floats, Ints


class NothingToFind(ValueError):
    """A metric of ranking is undefined without a right answer."""


def recall_at(k: int, ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Share of what could be found in k places that was found: hits / min(k, relevant)."""
    wanted = _wanted(k, relevant)
    return sum(film in wanted for film in ranked[:k]) / min(k, len(wanted))


def ndcg_at(k: int, ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Discounted gain of the first k places over that of an ideal ranking (Järvelin and Kekäläinen 2002)."""
    wanted = _wanted(k, relevant)
    gains = sum(1 / math.log2(place + 1) for place, film in enumerate(ranked[:k], 1) if film in wanted)
    return gains / sum(1 / math.log2(place + 1) for place in range(1, min(k, len(wanted)) + 1))


def coverage(lists: Sequence[Sequence[int]], n_films: int) -> float:
    """Share of the films that stand in at least one of the lists."""
    if n_films < 1:
        raise NothingToFind("coverage is undefined for an empty catalogue")
    return len({film for films in lists for film in films}) / n_films


def intra_list_similarity(vectors: Floats, films: Sequence[int]) -> float:
    """Mean cosine between the pairs of a list, for unit vectors (n, d); 0 for a list without a pair."""
    if len(films) < 2:
        return 0.0
    total = vectors[list(films)].sum(axis=0, dtype=np.float64)
    lengths = (vectors[list(films)].astype(np.float64) ** 2).sum()
    return float((total @ total - lengths) / (len(films) * (len(films) - 1)))


def mean_popularity(lists: Sequence[Sequence[int]], likes: Ints) -> float:
    """Mean number of likes, (n_films,), over all places of all lists; 0 without any."""
    places = [film for films in lists for film in films]
    return float(likes[places].mean()) if places else 0.0


def mean_and_error(values: Sequence[float]) -> dict[str, float]:
    """The mean and its standard error, which is 0 for a single value."""
    if not values:
        raise NothingToFind("there is no value to take the mean of")
    error = float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0
    return {"mean": float(np.mean(values)), "se": error}


def _wanted(k: int, relevant: Collection[int]) -> set[int]:
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    if not len(relevant):
        raise NothingToFind("recall and NDCG are undefined without a relevant film")
    return {int(film) for film in relevant}
