"""The interests behind a taste: groups of liked films that lie together, with a name and films that stand for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Movie
from catalog.names import shown_genre
from recommender import index
from recommender.film_ids import write_ids
from recommender.forms import MOST_CHOSEN
from recommender.ml.clusters import groups
from recommender.taste import Liked

TYPICAL = 4  # films that stand for an interest
_WORDS = 3  # in a name
_SHARED = 0.3  # of an interest's films have a word that names it
_LEAST = 2  # films at least
_MOST_LIKES = 500  # the newest ones


@dataclass(frozen=True)
class Interest:
    """Liked films that belong together: what they share, which are most typical, and the address of more like them."""

    name: str  # empty when they share no word
    films: int
    typical: list[Movie]
    address: str


def interests(films: Sequence[Liked]) -> list[Interest]:
    """The interests of somebody who likes these films (newest first); none before the first training."""
    known = index.current()
    if known is None:
        return []
    known = known.holding([film.movie.pk for film in films[:_MOST_LIKES]])
    row_of = {film.movie.pk: row for film in films[:_MOST_LIKES] for row in known.rows([film.movie.pk])}
    told = [film for film in films[:_MOST_LIKES] if film.movie.pk in row_of and known.has_vector[row_of[film.movie.pk]]]
    vectors = known.vectors[[row_of[film.movie.pk] for film in told]] if told else np.zeros((0, 1), np.float32)
    found = []
    for group in groups(vectors):
        inside = set(group.rows.tolist())
        members = [told[at] for at in group.rows]
        others = [film for at, film in enumerate(told) if at not in inside]
        ids = [film.movie.pk for film in members[:MOST_CHOSEN]]
        found.append(
            Interest(
                name=", ".join(_shared_words(members, others)),
                films=len(members),
                typical=[film.movie for film in members[:TYPICAL]],
                address=f"?like={write_ids(ids)}",
            )
        )
    return found


def _shared_words(members: Sequence[Liked], others: Sequence[Liked]) -> list[str]:
    """The genres, keywords and people that many of the films share, and few of the other likes."""
    here = Counter(word for film in members for word in _words(film))
    there = Counter(word for film in others for word in _words(film))

    def worth(word: str) -> float:
        share = here[word] / len(members)
        return share * (share - there[word] / max(1, len(others)))

    least = max(_LEAST, _SHARED * len(members))
    telling = [word for word, n in here.items() if n >= least and worth(word) > 0]
    return sorted(telling, key=lambda word: (-worth(word), word))[:_WORDS]


def _words(film: Liked) -> Iterator[str]:
    names = [shown_genre(genre.name) for genre in film.movie.genres.all()]
    names += [person.name for person in [*film.facts.directors, *film.facts.cast]]
    taken = {name.lower() for name in names}
    yield from dict.fromkeys([*names, *(word for word in film.movie.keywords if word.lower() not in taken)])
