"""What visitors ask for: films for a taste and a request, films like this one, each with its reasons."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from catalog.models import Movie
from recommender import index
from recommender.covers import covers
from recommender.index import FilmIndex, Mask
from recommender.ml import search
from recommender.ml.artifacts import ArtifactError
from recommender.ml.ranking import VARIED, Query, diversified, query_for, turned
from recommender.ml.search import Found
from recommender.pgvector import CANDIDATES
from recommender.timing import timed
from recommender.understanding import Understanding, Understood, understand
from recommender.vectors import encoder_of
from recommender.wishes import LONGEST_SHELF, Ask, Wish, eligible_films, eligible_rows

log = logging.getLogger(__name__)


class Basis(StrEnum):
    """What a list of suggestions stands on."""

    TASTE = "taste"
    REQUEST = "request"
    BOTH = "both"
    POPULAR = "popular"


class Share(NamedTuple):
    """What one liked film, or the words, add to a film's similarity."""

    film_id: int | None
    words: str
    part: float


@dataclass(frozen=True)
class Suggestion:
    """A film with its similarity (-1 to 1; None when ranked by popularity) and the shares that add up to it."""

    movie: Movie
    similarity: float | None = None
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """A suggestion whose film is not loaded yet, and whose shares are worked out when somebody asks for them."""

    movie_id: int
    similarity: float | None = None
    explain: Callable[[], tuple[Share, ...]] = tuple

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """The shares that add up to the similarity, largest first."""
        return self.explain()


@dataclass(frozen=True)
class Answer:
    """One page of suggestions, out of `total` films that the filters let through.

    With `at_least` there may be more of them: where the database searches, nobody counts over all films.
    """

    suggestions: list[Suggestion]
    total: int
    basis: Basis
    understood: tuple[Understood, ...] = ()
    model: str | None = None
    at_least: bool = False


@timed
def recommend(wish: Wish, *, top: int = 24, offset: int = 0) -> Answer:
    """The best films for a wish, the same ones in the same order each time it is asked."""
    asked = understand(wish.text)
    films = films_for([wish], asked, offset + top)
    if films is None:
        return _popular_in_database(wish, asked, top, offset)
    mask = eligible_rows(films, wish, asked)
    total = int(mask.sum())
    ranked, basis = _ranked(films, wish, asked, mask, slice(offset, offset + top))
    at_least = not films.is_whole and total >= CANDIDATES
    return Answer(_loaded(films, ranked), total, basis, tuple(asked.pieces), films.version.name, at_least)


@timed
def rank(wishes: Sequence[Wish], *, top: int) -> list[list[Ranked]]:
    """Films for several wishes, so that a page of many rows loads them all together; none before the first training."""
    asked = [understand(wish.text) for wish in wishes]
    films = films_for(wishes, asked, top)
    if films is None:
        return [[] for _ in wishes]
    return [
        _ranked(films, wish, words, eligible_rows(films, wish, words), slice(top))[0]
        for wish, words in zip(wishes, asked, strict=True)
    ]


def films_for(
    wishes: Sequence[Wish], asked: Understanding | Sequence[Understanding], wanted: int, *, beside: bool = False
) -> FilmIndex | None:
    """The films among which the first `wanted` for each wish are found: all of them where they are in memory.

    Of those that a database searches, the best for each wish; with `beside`, others to compare them with as well.
    `asked` is what was understood of each wish's words, or of those that all have in common.
    """
    films = index.current()
    if films is None or films.is_whole:
        return films
    liked = [pk for wish in wishes for pk in wish.liked[:LONGEST_SHELF]]
    known = films.holding([*liked, *(films.ids.tolist() if beside else ())])
    several = [asked] * len(wishes) if isinstance(asked, Understanding) else asked
    pairs = list(zip(wishes, several, strict=True))
    return known.near([Ask(_query(known, wish, words)[0], wish, words) for wish, words in pairs], wanted)


def scores(films: FilmIndex, wish: Wish, asked: Understanding) -> NDArray[np.float32]:
    """The score of every film for a wish, whatever its filters say; popularity where there is nothing to go by."""
    query, _liked = _query(films, wish, asked)
    return _popularity(films) if query is None else query.scores(films.vectors)


def nearest(movie_id: int, *, top: int = 12) -> list[tuple[int, float]]:
    """Ids of the films closest to one film with their similarity; none while it has no vector."""
    films = index.current()
    if films is None:
        return []
    films = films.around(movie_id, top)
    row = films.rows([movie_id])
    if not films.has_vector[row].any():
        return []
    mask = films.published & films.has_vector
    mask[row] = False
    found = search.nearest(films.vectors, films.vectors[row[0]], top, allowed=mask, ties=films.likes)
    return list(zip(films.ids[found.rows].tolist(), found.scores.tolist(), strict=True))


def direction(films: FilmIndex, liked: Sequence[int]) -> NDArray[np.float32]:
    """Where a taste alone points, as a unit vector; zeros when the liked films say nothing."""
    query, _liked = _query(films, Wish(liked=tuple(liked)), Understanding())
    return np.zeros(films.vectors.shape[1], np.float32) if query is None else query.direction


def _ranked(films: FilmIndex, wish: Wish, asked: Understanding, mask: Mask, page: slice) -> tuple[list[Ranked], Basis]:
    """One page of the eligible rows in their order, and what the order stands on."""
    query, liked = _query(films, wish, asked)
    found = _best(films, query, mask, wish, page.stop)
    words = asked.words or wish.text
    ranked = [
        Ranked(
            int(films.ids[row]),
            float(score) if query is not None else None,
            partial(_shares, films, row, query, liked, words),
        )
        for row, score in zip(found.rows[page], found.scores[page], strict=True)
    ]
    return ranked, _basis(query is not None and bool(len(liked)), query is not None and query.has_request)


def _loaded(films: FilmIndex, ranked: Sequence[Ranked]) -> list[Suggestion]:
    """The same with their films and shares; a film deleted this instant is left out."""
    movies = covers(films, [one.movie_id for one in ranked])
    return [Suggestion(movies[one.movie_id], one.similarity, one.shares) for one in ranked if one.movie_id in movies]


def _query(films: FilmIndex, wish: Wish, asked: Understanding) -> tuple[Query | None, NDArray[np.int64]]:
    """The visitor's query with the ids of the liked films it stands on, or None when there is nothing to go by."""
    rows = films.rows(wish.liked[:LONGEST_SHELF])
    rows = rows[films.vectors[rows].any(axis=1)]
    # A chosen genre narrows the list; only where nothing else is known it is what the ranking goes by, too.
    genres = [] if len(rows) or asked.words else [*films.genre_names(wish.genres), *asked.genres]
    request = _request_vector(films, asked.words, genres) if asked.words or genres else None
    query = query_for(films.vectors, rows, request, None, films.everybody, films.taste_weights)
    if asked.words:
        query = films.with_words(query, asked.words)
    if not query.direction.any() and query.lexical is None:
        return None, films.ids[rows]
    return query, films.ids[rows]


def _request_vector(films: FilmIndex, words: str, genres: list[str]) -> NDArray[np.float32] | None:
    """The request's unit vector, zeros for what the model does not know; None when it cannot be read."""
    try:
        return encoder_of(films.version).encode_request(words, genres)
    except ArtifactError as problem:
        log.error("Requests are answered by their words alone: %s", problem)
        return None


def _basis(has_taste: bool, has_request: bool) -> Basis:
    if has_taste and has_request:
        return Basis.BOTH
    if has_taste:
        return Basis.TASTE
    return Basis.REQUEST if has_request else Basis.POPULAR


def _popularity(films: FilmIndex) -> NDArray[np.float32]:
    """Likes on a scale from 0 to 1, for an order without taste or request."""
    return np.asarray(films.likes / max(1, films.likes.max(initial=0)), np.float32)


def _best(films: FilmIndex, query: Query | None, mask: Mask, wish: Wish, k: int) -> Found:
    """The k best eligible rows; ties go to the more popular film, then to the older entry of the catalogue."""
    if query is not None and query.lexical is None and not wish.dial and not wish.variety:
        return search.nearest(films.vectors, query.direction, k, allowed=mask, ties=films.likes)
    scores = _popularity(films) if query is None else query.scores(films.vectors)
    dialled = turned(scores, films.popularity_rank, wish.dial) if wish.dial else scores
    wanted = max(k, VARIED) if wish.variety else k
    order = search.top(dialled, wanted, allowed=mask, ties=films.likes).rows
    if wish.variety:
        order[:VARIED] = diversified(films.vectors, dialled, order[:VARIED], wish.variety)
    return Found(order[:k], scores[order[:k]])


def _shares(
    films: FilmIndex, row: np.intp, query: Query | None, liked: NDArray[np.int64], words: str
) -> tuple[Share, ...]:
    """What each liked film and the words add to the score of a row, largest first."""
    if query is None:
        return ()
    of_films, of_request = query.shares(films.vectors, int(row))
    shares = [Share(int(film), "", float(part)) for film, part in zip(liked, of_films, strict=True)]
    if query.has_request:
        shares.append(Share(None, words, of_request))
    return tuple(sorted(shares, key=lambda share: -share.part))


def _popular_in_database(wish: Wish, asked: Understanding, top: int, offset: int) -> Answer:
    """Before the first training: the most liked films that pass the filters and contain the words."""
    movies = eligible_films(Movie.objects.listed(), wish, asked)
    page = movies.annotate(n_likes=Count("likes", distinct=True)).order_by("-n_likes", "title", "pk")[
        offset : offset + top
    ]
    ids = list(page.values_list("pk", flat=True))
    shown = Movie.objects.for_cards().in_bulk(ids)
    suggestions = [Suggestion(shown[pk]) for pk in ids if pk in shown]
    return Answer(suggestions, movies.count(), Basis.POPULAR, tuple(asked.pieces))
