"""Writes what a training learns from into a folder: the published films as features, and who likes them as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.models import Like, Movie
from recommender.corpus import film_records
from recommender.ml import exported

_AT_ONCE = 50_000  # likes that are held as Python objects


def export(folder: Path) -> dict[str, int]:
    """Write the folder and tell how many films and likes are in it. Raises ExportError."""
    films = (film for chunk in film_records(Movie.objects.listed()) for film in chunk)
    return exported.write(folder, films, likes())


def likes() -> Iterator[NDArray[np.int64]]:
    """All likes as pairs of a visitor's and a film's id (n, 2), visitors and films ascending, some at a time."""
    pairs = Like.objects.order_by("user_id", "movie_id").values_list("user_id", "movie_id").iterator(_AT_ONCE)
    while some := list(islice(pairs, _AT_ONCE)):
        yield np.array(some, np.int64)
