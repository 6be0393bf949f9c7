"""Who made a film and where: names with their ids, for a whole list of films in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import CharField, F, IntegerField, Value

from catalog.models import Credit, Movie


@dataclass(frozen=True)
class Name:
    """Somebody or something with a page of its own."""

    pk: int
    name: str


@dataclass(frozen=True)
class Facts:
    """People and countries of one film, in the order of its credits."""

    directors: list[Name] = field(default_factory=list)
    cast: list[Name] = field(default_factory=list)
    countries: list[Name] = field(default_factory=list)


def facts_of(movie_ids: Collection[int]) -> dict[int, Facts]:
    """Facts of these films; a film without any has empty ones."""
    credits = (
        Credit.objects.filter(movie__in=movie_ids)
        .order_by()
        .values_list("movie_id", "role", "position", "person_id", "person__name")
    )
    kind, first = Value("country", output_field=CharField()), Value(0, output_field=IntegerField())
    links = Movie.countries.through.objects.filter(movie__in=movie_ids)
    countries = links.annotate(kind=kind, at=first, named=F("country__name"))
    places = countries.values_list("movie_id", "kind", "at", "country_id", "named")  # type: ignore[misc]  # annotated
    rows = credits.union(places, all=True)
    facts: dict[int, Facts] = defaultdict(Facts)
    for movie, role, _at, pk, name in sorted(rows):
        found = facts[movie]
        {"director": found.directors, "cast": found.cast, "country": found.countries}[role].append(Name(pk, name))
    return facts
