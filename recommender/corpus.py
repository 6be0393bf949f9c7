"""Turns rows of the catalogue into the plain film records that the model reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalog.models import Credit, FilmText, Movie, MovieQuerySet
from recommender.ml.records import FilmRecord

CHUNK = 500

_FIELDS = ("pk", "title", "original_title", "description", "keywords", "year", "language")


def film_records(movies: MovieQuerySet, *, chunk: int = CHUNK) -> Iterator[list[tuple[int, FilmRecord]]]:
    """Yield (film id, record) pairs in chunks, by ascending id, so that memory does not grow with the catalogue.

    Rows are read as plain values in six queries a chunk: building model instances would take most of the time.
    """
    after = 0
    while rows := list(movies.filter(pk__gt=after).order_by("pk").values_list(*_FIELDS)[:chunk]):
        yield _records(rows)
        after = rows[-1][0]


def record_of(movie: Movie) -> FilmRecord:
    """The record of one film."""
    ((_, record),) = next(film_records(Movie.objects.filter(pk=movie.pk)))
    return record


def _records(rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, FilmRecord]]:
    ids = [row[0] for row in rows]
    genres = _names(Movie.genres.through.objects.filter(movie__in=ids).values_list("movie_id", "genre__name"))
    countries = _names(Movie.countries.through.objects.filter(movie__in=ids).values_list("movie_id", "country__name"))
    credits = Credit.objects.filter(movie__in=ids).order_by("position", "pk")
    directors = _names(credits.filter(role=Credit.Role.DIRECTOR).values_list("movie_id", "person__name"))
    cast = _names(credits.filter(role=Credit.Role.CAST).values_list("movie_id", "person__name"))
    texts: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for movie, *text in FilmText.objects.filter(movie__in=ids).values_list(
        "movie_id", "language", "title", "description"
    ):
        texts[movie].append((text[0], text[1], text[2]))
    return [
        (
            pk,
            FilmRecord(
                title=title,
                original_title=original_title,
                description=description,
                genres=tuple(sorted(genres[pk])),
                directors=tuple(directors[pk]),
                cast=tuple(cast[pk]),
                keywords=tuple(keywords),
                countries=tuple(sorted(countries[pk])),
                year=year,
                language=language,
                texts=tuple(sorted(texts[pk])),
            ),
        )
        for pk, title, original_title, description, keywords, year, language in rows
    ]


def _names(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for movie, name in pairs:
        found[movie].append(name)
    return found
