"""Films for a first visit: known to many, unlike each other, and closer to each pick without being more of the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.models import Movie
from recommender import index
from recommender.index import FilmIndex

SHOWN = 12
WANTED = 3  # picks that make a taste
_KNOWN = 150  # only among so many of the most liked films: nobody picks what they never heard of
_FAME = 0.6  # what being liked most is worth, in units of likeness to the films chosen so far
_NEAR = 0.5  # half of the films lean towards the picks


def films_to_pick(picked: Sequence[int], without: frozenset[int] = frozenset()) -> list[int]:
    """Ids of films to choose from, given the picks so far; `without` are never offered."""
    films = index.current()
    if films is None:
        movies = Movie.objects.listed().exclude(pk__in={*picked, *without})
        return list(movies.order_by("-created_at", "pk").values_list("pk", flat=True)[:SHOWN])
    films = films.best_known(_KNOWN + len(without) + len(picked), also=picked)
    known = _best_known(films, {*picked, *without})
    own = films.vectors[films.rows(picked)]
    fame = np.linspace(_FAME, 0, len(known), dtype=np.float32)
    chosen: list[int] = []
    while len(chosen) < min(SHOWN, len(known)):
        worth = fame - _likeness(films, known, chosen)
        if len(own) and len(chosen) < SHOWN * _NEAR:
            worth = worth + (films.vectors[known] @ own.T).mean(axis=1) * 2
        worth[np.isin(known, chosen)] = -np.inf
        chosen.append(int(known[np.argmax(worth)]))
    return [int(pk) for pk in films.ids[chosen]]


def _best_known(films: FilmIndex, without: set[int]) -> NDArray[np.intp]:
    """Rows of the most liked films that may be offered, the most liked first."""
    mask = films.published & films.has_vector
    mask[films.rows(without)] = False
    rows = np.flatnonzero(mask)
    return rows[np.lexsort((rows, -films.likes[rows]))][:_KNOWN]


def _likeness(films: FilmIndex, known: NDArray[np.intp], chosen: list[int]) -> NDArray[np.float32]:
    """How alike each film is to the most similar one of those chosen."""
    if not chosen:
        return np.zeros(len(known), np.float32)
    likeness: NDArray[np.float32] = (films.vectors[known] @ films.vectors[chosen].T).max(axis=1)
    return likeness
