"""Where one film stands in the lists of many visitors, and which films stand above it.

Curators ask why a film is never recommended. The answer is measured, not guessed: the film's exact place is worked out
for every demo profile, for the visitors who liked something last, and for tastes made of each of its own neighbours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from catalog.models import Like, Mark, User
from recommender.index import FilmIndex
from recommender.services import direction

PROFILES = 60  # demo profiles looked at
VISITORS = 100  # of those who liked something last
NEIGHBOURS = 10  # films whose lovers would be the film's own public
_RECENT_LIKES = 3000  # in which these visitors are found
_TOGETHER = 25  # tastes per matrix product, which bounds the memory: 100,000 films take 10 MB
_RIVALS = 5


class Whose(StrEnum):
    """Whose taste it is."""

    PROFILE = "profile"
    VISITOR = "visitor"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True)
class Taste:
    """Likes whose list is looked at; `owner` is the id of the profile, the visitor or the neighbouring film."""

    whose: Whose
    owner: int
    liked: tuple[int, ...]
    known: frozenset[int]  # never in the list: liked, seen or not wanted


@dataclass(frozen=True)
class Place:
    """The film's place in one list, from 1."""

    taste: Taste
    place: int


@dataclass(frozen=True)
class Standing:
    """All places, best first; the films that stand above it most often; how many know the film already."""

    places: list[Place]
    rivals: list[tuple[int, int]]  # film id, in how many lists it stands above
    know_it: int

    def within(self, most: int) -> int:
        """In how many lists the film is among the first ones."""
        return sum(place.place <= most for place in self.places)


def standing(films: FilmIndex, movie_id: int) -> Standing | None:
    """Where a film stands; None when it has no vector that says anything."""
    rows = films.rows([movie_id])
    if not len(rows) or not films.vectors[rows[0]].any():
        return None
    row = int(rows[0])
    tastes = [*_sampled(), *_of_neighbours(films, row)]
    open_to_it = [taste for taste in tastes if movie_id not in taste.known]
    above = np.zeros(len(films), np.int64)
    places = []
    for start in range(0, len(open_to_it), _TOGETHER):
        places += _places(films, row, open_to_it[start : start + _TOGETHER], above)
    order = np.argsort(-above, kind="stable")[:_RIVALS]
    rivals = [(int(films.ids[at]), int(above[at])) for at in order if above[at]]
    places.sort(key=lambda place: place.place)
    return Standing(places, rivals, len(tastes) - len(open_to_it))


def _places(films: FilmIndex, row: int, tastes: Sequence[Taste], above: NDArray[np.int64]) -> list[Place]:
    """The film's place for each taste; counts into `above` (n,) which films stand over it."""
    directions = np.stack([direction(films, taste.liked) for taste in tastes], axis=1)
    scores = films.vectors @ directions  # (n, k)
    likes, at = films.likes, np.arange(len(films))
    wins_ties = (likes > likes[row]) | ((likes == likes[row]) & (at < row))
    places = []
    for column, taste in enumerate(tastes):
        if not directions[:, column].any():
            continue  # nothing to go by: such a visitor sees what is popular
        own = scores[row, column]
        better = (scores[:, column] > own) | ((scores[:, column] == own) & wins_ties)
        better &= films.published
        better[films.rows(taste.known)] = False
        better[row] = False
        above += better
        places.append(Place(taste, int(better.sum()) + 1))
    return places


def _sampled() -> Iterator[Taste]:
    """The tastes of demo profiles and of recent visitors, in four queries."""
    profiles = list(
        User.objects.filter(is_demo=True, is_active=True).order_by("pk").values_list("pk", flat=True)[:PROFILES]
    )
    recent = Like.objects.filter(user__is_demo=False).order_by("-pk").values_list("user_id", flat=True)[:_RECENT_LIKES]
    visitors = list(dict.fromkeys(recent))[:VISITORS]
    likes: dict[int, list[int]] = defaultdict(list)
    for user, movie in (
        Like.objects.filter(user__in=[*profiles, *visitors]).newest_first().values_list("user_id", "movie_id")
    ):
        likes[user].append(movie)
    others: dict[int, set[int]] = defaultdict(set)
    unwanted = Mark.objects.filter(user__in=[*profiles, *visitors], kind__in=[Mark.Kind.SEEN, Mark.Kind.HIDDEN])
    for user, movie in unwanted.values_list("user_id", "movie_id"):
        others[user].add(movie)
    for whose, users in ((Whose.PROFILE, profiles), (Whose.VISITOR, visitors)):
        for user in users:
            if likes[user]:
                yield Taste(whose, user, tuple(likes[user]), frozenset(likes[user]) | others[user])


def _of_neighbours(films: FilmIndex, row: int) -> Iterator[Taste]:
    """One taste for each of the closest films: somebody who likes just that one."""
    closeness = films.vectors @ films.vectors[row]
    closeness[row] = -np.inf
    closeness[~films.published] = -np.inf
    for at in np.argsort(-closeness, kind="stable")[:NEIGHBOURS]:
        if np.isfinite(closeness[at]) and films.vectors[at].any():
            film = int(films.ids[at])
            yield Taste(Whose.NEIGHBOUR, film, (film,), frozenset({film}))


def kinds(places: Sequence[Place]) -> dict[Whose, int]:
    """How many lists of each kind were looked at."""
    return dict(Counter(place.taste.whose for place in places))
