"""Fetches the posters of several films one after another, and says of each that fails why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Movie
from catalog.posters.fetching import NotFetched, fetch
from catalog.posters.keeping import give
from catalog.posters.pictures import NoPoster, read_poster
from jobs.work import Job, start

JOB = "fetch_posters"
_AT_ONCE = 200


def start_fetching(movie_ids: Sequence[int], *, by: Any, again: bool = False) -> Job:
    """Fetch in the background. Films that have a picture keep it, unless `again` asks for a fresh one."""
    return start(JOB, by=by, movie_ids=list(movie_ids), again=again)


def fetch_all(
    movie_ids: Sequence[int], report: Callable[[int, int], None], log: Callable[[str], None], *, again: bool
) -> dict[str, int]:
    """Fetch and keep; returns the counts. A second run passes over what the first one fetched."""
    counts = {"fetched": 0, "failed": 0}
    for first in range(0, len(movie_ids), _AT_ONCE):
        some = Movie.objects.filter(pk__in=movie_ids[first : first + _AT_ONCE]).exclude(poster_url="")
        for number, movie in enumerate(some if again else some.filter(poster="")):
            report(first + number, len(movie_ids))
            problem = _fetch_one(movie)
            counts["failed" if problem else "fetched"] += 1
            if problem:
                log(_("%(film)s: %(reason)s") % {"film": movie, "reason": problem})
    report(len(movie_ids), len(movie_ids))
    return counts


def _fetch_one(movie: Movie) -> str:
    """Why the film has no new poster, or nothing."""
    try:
        give(movie, read_poster(fetch(movie.poster_url)))
    except NotFetched as problem:
        return _("%(address)s cannot be fetched: %(reason)s") % {"address": movie.poster_url, "reason": problem}
    except NoPoster as problem:
        return str(problem)
    return ""
