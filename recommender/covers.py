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
    found = {pk: movie for pk in wanted if (movie := known.get(pk)) is not None}
    if missing := wanted - found.keys():
        read = _bare().in_bulk(missing)
        if len(known) + len(read) > _MOST:
            known.clear()  # another thread may do so at any moment, so what was found is held on its own
        known.update(read)
        found |= read
    return found


def _bare() -> MovieQuerySet:
    titles = FilmText.objects.defer("description")
    return Movie.objects.listed().defer("description", "keywords").prefetch_related("genres", Prefetch("texts", titles))
