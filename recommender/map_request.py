"""Where typed words lie on the film map: amid the films that fit them best, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.map_points import FilmMapPoints
from recommender.ml.settling import median_place
from recommender.services import Ranked

BEST = 12  # films whose places count
_NEAR = 0.15  # of the map's half width: what counts as one place
_FITTING = 0.25  # of the best film's similarity: what is further away does not fit
_LEAST = 0.02  # weight of the last of the films, in units of similarity above it


@dataclass(frozen=True)
class Spot:
    """A place (x, y) on the map for typed words, the films that it stands on, and how many of them lie near it."""

    x: float
    y: float
    films: list[int]
    near: int

    @property
    def is_one_place(self) -> bool:
        """Whether most of the films lie together; if not, the words have no single place."""
        return self.near * 2 >= len(self.films)


def spot_of(ranked: Sequence[Ranked], points: FilmMapPoints) -> Spot | None:
    """The place of the films that fit typed words best, or None when the words say nothing that the model knows."""
    found = [film for film in ranked[:BEST] if points.holds(film.movie_id)]
    best = found[0].similarity if found else None
    if not best or best <= 0:
        return None
    found = [film for film in found if (film.similarity or 0) >= best * _FITTING]
    scores = np.array([film.similarity or 0.0 for film in found], np.float32)
    places = points.places[points.films.rows([film.movie_id for film in found])]
    middle = median_place(places, scores - scores.min() + _LEAST)
    near = int((np.linalg.norm(places - middle, axis=1) <= _NEAR).sum())
    return Spot(float(middle[0]), float(middle[1]), [film.movie_id for film in found], near)
