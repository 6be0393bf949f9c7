"""Brings a model version up to date with the catalogue: its vectors, the map of films, and what workers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from catalog.models import Movie
from jobs import pieces
from recommender import pgvector, snapshot
from recommender.corpus import CHUNK, film_records
from recommender.map import draw
from recommender.models import ModelVersion
from recommender.pgvector import table
from recommender.vectors import Refreshed, refresh, refresh_range

RANGE = "films"  # the kind of a piece
_AT_ONCE = 2 * CHUNK  # films in a piece: whole chunks, which one worker encodes together, too, give the same bits


def bring_up_to_date(
    version: ModelVersion,
    *,
    every: bool = False,
    progress: Callable[[Refreshed], None] = lambda done: None,
    indexing: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Refreshed:
    """Compute the vectors that are missing or stale (or every one), then map, table and snapshot.

    Stopping loses nothing: the next call goes on. `indexing` hears how far the database's index is.
    Raises ArtifactError when the model cannot be read.
    """
    words = snapshot.WordsDraft(version)
    done = refresh(version, every=every, passing=words.add, progress=progress, should_stop=should_stop)
    if not should_stop():
        snapshot.take(version, words, done.revisions)
        del words  # all words of all films; the map needs room, too
        _finish(version, indexing, should_stop)
    return done


def share(
    version: ModelVersion,
    *,
    every: bool,
    progress: Callable[[int], None],
    indexing: Callable[[int, int], None] = lambda done, total: None,
) -> Refreshed:
    """The same by all workers that are free: ranges of films are pieces of the running job, which each do once.

    One worker reads the words meanwhile, and finishes when all vectors are there. A run after one that was broken off
    goes on with the pieces that are left. `progress` hears how many films are done.
    """
    pieces.of_this_job().exclude(arguments__version=version.pk).delete()  # another version became active meanwhile
    if not pieces.of_this_job().exists():
        pieces.hand_out(RANGE, list(_ranges(version, every=every)))
    words = snapshot.WordsDraft(version)
    for films in film_records(Movie.objects.all()):
        words.add(films)
        progress(pieces.size_done())
    pieces.work_off(lambda: progress(pieces.size_done()))
    results: list[Any] = list(pieces.of_this_job().values_list("result", flat=True))
    revisions = tuple(revision for result in results for revision in result["revisions"])
    done = Refreshed(sum(r["films"] for r in results), sum(r["computed"] for r in results), revisions)
    snapshot.take(version, words, done.revisions)
    del words
    _finish(version, indexing, lambda: False)
    return done


@pieces.piece_kind(RANGE)
def compute_range(taken: pieces.Taken, *, version: int, first: int, last: int, every: bool) -> None:
    """One range of films, by whichever worker took it."""

    def finish(done: Refreshed) -> None:
        taken.done(films=done.films, computed=done.computed, revisions=done.revisions)

    refresh_range(ModelVersion.objects.get(pk=version), first, last, every=every, finish=finish)


def _ranges(version: ModelVersion, *, every: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """All films in ranges of ids; whoever adds a film later encodes it."""
    ids = Movie.objects.order_by("pk").values_list("pk", flat=True).iterator(_AT_ONCE)
    while some := list(islice(ids, _AT_ONCE)):
        yield len(some), {"version": version.pk, "first": some[0], "last": some[-1], "every": every}


def _finish(version: ModelVersion, indexing: Callable[[int, int], None], should_stop: Callable[[], bool]) -> None:
    """What comes when all vectors are there, and the snapshot of them."""
    draw(version)
    if pgvector.is_chosen():
        table.build(version, progress=indexing, should_stop=should_stop)
