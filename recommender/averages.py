"""What the catalogue as a whole is made of, for holding a taste against it; remembered for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.db.models import Count

from catalog.models import Credit, Movie

_FRESH = 600  # seconds


@dataclass(frozen=True)
class Averages:
    """How many published films there are, and how many of each genre, country (by name) and decade."""

    films: int
    genres: dict[str, int]
    countries: dict[str, int]
    decades: dict[int, int]


def averages() -> Averages:
    """The catalogue's figures, at most ten minutes old."""
    return cast(Averages, cache.get_or_set("taste:averages", _read, _FRESH))


def films_of_people(people: Collection[int]) -> dict[int, int]:
    """In how many published films of the catalogue each of these people took part."""
    keys = {pk: f"taste:person:{pk}" for pk in people}
    known = cache.get_many(keys.values())
    missing = [pk for pk, key in keys.items() if key not in known]
    if missing:
        credits = Credit.objects.filter(person__in=missing, movie__is_published=True).order_by()
        found = dict(credits.values_list("person").annotate(n=Count("movie", distinct=True)))
        cache.set_many({keys[pk]: found.get(pk, 0) for pk in missing}, _FRESH)
        known |= {keys[pk]: found.get(pk, 0) for pk in missing}
    return {pk: known[key] for pk, key in keys.items()}


def _read() -> Averages:
    listed = Movie.objects.listed().order_by()
    genres = Movie.genres.through.objects.filter(movie__is_published=True).values_list("genre__name")
    countries = Movie.countries.through.objects.filter(movie__is_published=True).values_list("country__name")
    years = listed.filter(year__isnull=False).values_list("year").annotate(n=Count("pk"))
    decades: dict[int, int] = {}
    for year, films in years:
        decades[year // 10 * 10] = decades.get(year // 10 * 10, 0) + films
    return Averages(
        films=listed.count(),
        genres=dict(genres.annotate(n=Count("pk")).order_by()),
        countries=dict(countries.annotate(n=Count("pk")).order_by()),
        decades=decades,
    )
