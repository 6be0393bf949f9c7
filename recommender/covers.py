"""Films as cards show them, kept in a worker's memory for a minute or until a film of the catalogue changes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch

from catalog.models import FilmText, Movie, MovieQuerySet
from recommender.index import FilmIndex

_MOST = 2000  # films in memory, some two kilobytes each


def covers(films: FilmIndex | None, ids: Iterable[int]) -> dict[int, Movie]:
    """The published ones among these films, by id, with genres and titles; descriptions stay in the database.

    Requests share them, so they are only to be read.
    """
    wanted = set(ids)
    if films is None:
        return _bare().in_bulk(wanted)
    known = films.covers
    missing = wanted - known.keys()
    if missing:
        if len(known) + len(missing) > _MOST:
            known.clear()
        known |= _bare().in_bulk(missing)
    return {pk: known[pk] for pk in wanted if pk in known}


def _bare() -> MovieQuerySet:
    titles = FilmText.objects.defer("description")
    return Movie.objects.listed().defer("description", "keywords").prefetch_related("genres", Prefetch("texts", titles))
