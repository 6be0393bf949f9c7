"""What somebody wants to see, and which films may be shown for it: read from memory, or from the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q

from catalog.models import Movie, MovieQuerySet
from recommender.index import FilmIndex, Mask
from recommender.map import films_inside, places_of
from recommender.ml.ranking import Query
from recommender.regions import Region
from recommender.understanding import Understanding

LONGEST_SHELF = 2000  # of a visitor's newest likes that shape the taste
_RARE = 20_000  # films at most that the database is told to leave out for a word; a part is searched for it anyway


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see: their likes, their words, and what the films must be."""

    liked: tuple[int, ...] = ()  # film ids, newest first
    text: str = ""
    genres: tuple[int, ...] = ()  # a film must have one of them
    without_genres: tuple[int, ...] = ()
    countries: tuple[int, ...] = ()  # one of them
    year_from: int | None = None
    year_to: int | None = None
    longest: int | None = None  # minutes
    hidden: frozenset[int] = frozenset()  # never shown; liked films never are anyway
    dial: float = 0.0  # from -1, popular films first, to 1, hidden gems first
    region: Region | None = None  # of the film map; before the first training there is none, and it narrows nothing
    variety: float = 0.0  # from 0, the order by similarity, to 1, neighbours in the list as different as can be


class Ask(NamedTuple):
    """A query, or None where there is nothing to go by, with the filters that the films must pass."""

    query: Query | None
    wish: Wish
    asked: Understanding


def eligible_rows(films: FilmIndex, wish: Wish, asked: Understanding) -> Mask:
    """Rows that may be shown: published, neither liked nor hidden, and inside every filter."""
    size = len(films)
    mask = films.published.copy()
    mask[films.rows(wish.liked)] = False
    mask[films.rows(wish.hidden)] = False
    if wanted := {*wish.genres, *films.genre_ids(asked.genres)}:
        mask &= films.genres.mask(wanted, size)
    if unwanted := {*wish.without_genres, *films.genre_ids(asked.without_genres)}:
        mask &= ~films.genres.mask(unwanted, size)
    if wish.countries:
        mask &= films.countries.mask(wish.countries, size)
    first, last = asked.years or (wish.year_from, wish.year_to)
    if first:
        mask &= films.year >= first
    if last:
        mask &= (films.year <= last) & (films.year > 0)
    if wish.longest:
        mask &= (films.runtime <= wish.longest) & (films.runtime > 0)
    if wish.region:
        mask &= wish.region.holds(places_of(films))
    for word in asked.without_words:
        mask &= films.word_scores(word) == 0
    return mask


def conditions(films: FilmIndex, wish: Wish, asked: Understanding) -> tuple[list[str], list[Any]]:
    """The filters of `eligible_rows` as SQL over a table of vectors: conditions, and the values in them."""
    first, last = asked.years or (wish.year_from, wish.year_to)
    wanted = sorted({*wish.genres, *films.genre_ids(asked.genres)})
    unwanted = sorted({*wish.without_genres, *films.genre_ids(asked.without_genres)})
    hidden = [*wish.liked, *wish.hidden]
    for word in asked.without_words:
        hidden += films.ids_with_word(word)[:_RARE].tolist()
    found: list[tuple[str, Any]] = [
        ("movie_id <> ALL(%s::bigint[])", hidden),
        ("genres && %s::bigint[]", wanted),
        ("NOT genres && %s::bigint[]", unwanted),
        ("countries && %s::bigint[]", list(wish.countries)),
        ("year >= %s", first),
        ("year BETWEEN 1 AND %s", last),
        ("runtime BETWEEN 1 AND %s", wish.longest),
    ]
    found = [(words, value) for words, value in found if value]
    if wish.region:
        found.append(("movie_id = ANY(%s::bigint[])", films_inside(wish.region, films.version)))
    return ["published", *(words for words, _value in found)], [value for _words, value in found]


def eligible_films(movies: MovieQuerySet, wish: Wish, asked: Understanding) -> MovieQuerySet:
    """The filters of `eligible_rows`, asked of the database."""
    movies = movies.exclude(pk__in=wish.liked[:LONGEST_SHELF]).exclude(pk__in=sorted(wish.hidden)[:LONGEST_SHELF])
    if wish.genres or asked.genres:
        movies = movies.filter(Q(genres__in=wish.genres) | Q(genres__name__in=asked.genres))
    if wish.without_genres or asked.without_genres:
        unwanted = Movie.objects.filter(Q(genres__in=wish.without_genres) | Q(genres__name__in=asked.without_genres))
        movies = movies.exclude(pk__in=unwanted.values("pk"))
    if wish.countries:
        movies = movies.filter(countries__in=wish.countries)
    first, last = asked.years or (wish.year_from, wish.year_to)
    if first:
        movies = movies.filter(year__gte=first)
    if last:
        movies = movies.filter(year__lte=last)
    if wish.longest:
        movies = movies.filter(runtime__lte=wish.longest)
    for word in asked.words.split():
        named = Q(title__icontains=word) | Q(description__icontains=word) | Q(people__name__icontains=word)
        movies = movies.filter(named | Q(genres__name__icontains=word) | Q(texts__title__icontains=word))
    return movies.distinct()
