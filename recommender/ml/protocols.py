"""The three ways in which recommendations are tested: visitors, films and requests that training never saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .batches import Likes
from .records import FilmRecord
from .sparse import Ints


class TooLittleData(Exception):
    """There are not enough likes or requests to test on; the message names the cure."""


@dataclass(frozen=True)
class Request:
    """Words that people typed, and the rows of the films that they meant."""

    text: str
    films: Ints


@dataclass(frozen=True)
class Data:
    """What there is to train and test on: films, likes as rows of them, and requests (never training data)."""

    records: Sequence[FilmRecord]
    likes: Likes
    requests: Sequence[Request] = ()


@dataclass(frozen=True)
class Trial:
    """One fold: the likes to learn from, what each tested visitor gives, and what must be found.

    Only `eligible` films (rows; equal scores are ranked in their order) count, and never one that the visitor gave.
    """

    likes: Likes
    given: list[Ints]
    wanted: list[Ints]
    eligible: Ints


def warm(data: Data, folds: int = 5, seed: int = 0) -> Iterator[Trial]:
    """Visitors the model never saw: a fifth of their films is hidden, everything they did not give is ranked."""
    liked = data.likes.by_visitor()
    names = np.unique(data.likes.visitors)
    _enough(len(liked), folds, "visitors with likes")
    everybody = np.random.default_rng(seed).permutation(len(liked))
    for fold, tested in enumerate(np.array_split(everybody, folds)):
        rng = np.random.default_rng(100 + fold + seed)
        given, hidden = [], []
        for visitor in tested:
            films = rng.permutation(liked[visitor])
            n_hidden = max(1, round(0.2 * len(films)))
            hidden.append(films[:n_hidden])
            given.append(films[n_hidden:])
        train = data.likes.where(~np.isin(data.likes.visitors, names[tested]))
        yield Trial(train, given, hidden, np.arange(len(data.records)))


def cold(data: Data, folds: int = 5, seed: int = 0) -> Iterator[Trial]:
    """Films nobody has liked yet: a fold's films lose all their likes and are ranked among themselves."""
    _enough(len(np.unique(data.likes.films)), folds, "liked films")
    everything = np.random.default_rng(7 + seed).permutation(len(data.records))
    liked = data.likes.by_visitor()
    for new in np.array_split(everything, folds):
        known = [films[~np.isin(films, new)] for films in liked]
        wanted = [films[np.isin(films, new)] for films in liked]
        tested = [row for row in range(len(liked)) if len(known[row]) >= 3 and len(wanted[row])]
        train = data.likes.where(~np.isin(data.likes.films, new))
        if tested:
            yield Trial(train, [known[row] for row in tested], [wanted[row] for row in tested], new)


def _enough(found: int, folds: int, what: str) -> None:
    if folds < 2:
        raise ValueError(f"testing needs at least 2 folds, not {folds}")
    if found < folds:
        raise TooLittleData(
            f"There are {found} {what}, too few for {folds} folds: import likes, or ask for fewer folds."
        )
