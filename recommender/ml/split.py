"""What a training run learns from, and what it holds out to see how well it does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .batches import Likes
from .config import TrainConfig
from .sparse import Ints

VALIDATION = 0  # in place of an epoch's number: the same draws whenever they are needed


@dataclass(frozen=True)
class Split:
    """What is learned from and what is held out: rows of films, and the films of each visitor with at least two."""

    films: Ints
    held_out_films: Ints
    visitors: list[Ints]
    held_out_visitors: list[Ints]

    @classmethod
    def of(cls, films: Ints, likes: Likes, config: TrainConfig) -> Split:
        """A random share of the films and of the visitors is held out, but never the last one."""
        rng = np.random.default_rng([config.seed, VALIDATION])
        mixed = rng.permutation(films)
        visitors = [liked for liked in likes.by_visitor() if len(liked) > 1]
        order = rng.permutation(len(visitors)).tolist()
        n_films, n_visitors = (_held_out(len(part), config.validation_share) for part in (films, order))
        return cls(
            np.sort(mixed[n_films:]),
            np.sort(mixed[:n_films]),
            [visitors[i] for i in order[n_visitors:]],
            [visitors[i] for i in order[:n_visitors]],
        )


def _held_out(total: int, share: float) -> int:
    return max(0, min(math.ceil(total * share), total - 1))
