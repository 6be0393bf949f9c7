"""Which films suit everybody on a night, and how well each of them, told in steps that give no list away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender import services
from recommender.ml import together
from recommender.together.people import Taste
from recommender.understanding import Understood, understand
from recommender.wishes import Wish, eligible_rows

STEPS = (0.2, 0.45, 0.7, 0.9)  # from how many of the films a bar has one more step
TENTHS = 10


@dataclass(frozen=True)
class Choice:
    """A film for the evening, with how well it suits each guest, in the order of the guests."""

    movie_id: int
    fits: tuple[float, ...] = ()  # the share of films that suit them less, 0 to 1


@dataclass(frozen=True)
class Choices:
    """One page of films out of `total` that are left for the evening."""

    films: list[Choice]
    total: int
    understood: tuple[Understood, ...] = ()
    learned: bool = True  # False before the first training: then they are simply the most liked


def choose(
    tastes: Sequence[Taste], wish: Wish, *, vetoed: frozenset[int], misery: float, top: int, offset: int = 0
) -> Choices:
    """The films that suit these people best. `wish` holds the words and filters; its likes play no part."""
    left_out = wish.hidden | vetoed
    for taste in tastes:
        left_out |= taste.left_out
    wish = replace(wish, liked=(), hidden=left_out)
    asked = understand(wish.text)
    films = services.films_for([replace(wish, liked=taste.liked) for taste in tastes], asked, offset + top, beside=True)
    if films is None:
        answer = services.recommend(wish, top=top, offset=offset)
        return Choices([Choice(one.movie.pk) for one in answer.suggestions], answer.total, learned=False)
    rows = np.flatnonzero(eligible_rows(films, wish, asked))
    scores = [services.scores(films, replace(wish, liked=taste.liked), asked)[rows] for taste in tastes]
    people = np.stack([together.fits(of_one) for of_one in scores])
    best = together.order(people, misery, films.likes[rows])[offset : offset + top]
    found = [Choice(int(films.ids[rows[at]]), tuple(map(float, people[:, at]))) for at in best]
    return Choices(found, len(rows), tuple(asked.pieces))


def step_of(fit: float) -> int:
    """How many of the five steps of a bar are filled."""
    return 1 + sum(fit >= least for least in STEPS)


def tenths_of(fit: float) -> int:
    """The share of films that suit somebody less, in whole tenths: near enough to choose by, too coarse to count by."""
    return min(TENTHS - 1, int(fit * TENTHS))
