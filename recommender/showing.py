"""Counts how often each film is shown, without a query for the page that shows it.

Every worker counts in its memory. The first request that ends half a minute after the last write hands everything to
the database, once its answer is on the way; a worker that stops in order hands over what it has. One that crashes loses
what it counted since its last write: half a minute of a busy site, or the last few pages of a quiet one. That is
precise enough for "often" and "never", which is what curators ask.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.core.signals import request_finished
from django.db import DatabaseError, transaction
from django.db.models import Case, F, IntegerField, Sum, Value, When
from django.http import HttpRequest
from django.utils import timezone

from catalog.services import hold
from recommender.models import Shown

EVERY = 30.0  # seconds between two writes of one worker
_AT_ONCE = 200
_MOST = 100_000  # films and days in memory: a database that is away for long must not fill it

log = logging.getLogger(__name__)

_lock = threading.Lock()
_counts: Counter[tuple[int, date]] = Counter()
_written_at = time.monotonic()


def note(request: HttpRequest, movie_ids: Iterable[int]) -> None:
    """Remember that a page showed these films; what staff sees while looking as a visitor does not count."""
    if getattr(request, "viewing_as", None):
        return
    today = timezone.localdate()
    with _lock:
        if len(_counts) < _MOST:
            _counts.update((pk, today) for pk in movie_ids)


def write() -> None:
    """Add everything counted so far to the database; what cannot be written now is kept for the next time."""
    global _written_at
    with _lock:
        taken = dict(_counts)
        _counts.clear()
        _written_at = time.monotonic()
    if not taken:
        return
    try:
        with transaction.atomic():
            _add(taken)
    except DatabaseError as problem:
        log.warning("What was shown could not be written and is kept for later: %s", problem)
        with _lock:
            _counts.update(taken)


def forget() -> None:
    """Drop what was counted; for tests, whose films are gone after each."""
    global _written_at
    with _lock:
        _counts.clear()
        _written_at = time.monotonic()


def times_shown(movie_id: int, *, since: date | None = None) -> int:
    """How often a film was shown, as far as it is written."""
    rows = Shown.objects.filter(movie=movie_id)
    total: int | None = (rows.since(since) if since else rows).aggregate(total=Sum("count"))["total"]
    return total or 0


def _add(counts: dict[tuple[int, date], int]) -> None:
    """Add to the rows of each day. Rows are locked in one order, so that two workers never wait for each other."""
    alive = hold({pk for pk, _day in counts})
    for day in sorted({day for _pk, day in counts}):
        times = {pk: n for (pk, on), n in sorted(counts.items()) if on == day and pk in alive}
        ids = list(times)
        for start in range(0, len(ids), _AT_ONCE):
            _add_to_day(day, {pk: times[pk] for pk in ids[start : start + _AT_ONCE]})


def _add_to_day(day: date, times: dict[int, int]) -> None:
    Shown.objects.bulk_create([Shown(movie_id=pk, day=day) for pk in times], ignore_conflicts=True)
    rows = (
        Shown.objects.filter(day=day, movie__in=times).order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    plus = Case(*(When(movie=pk, then=Value(n)) for pk, n in times.items()), output_field=IntegerField())
    Shown.objects.filter(pk__in=list(rows)).update(count=F("count") + plus)


def _write_when_due(**_rest: object) -> None:
    if _counts and time.monotonic() - _written_at >= EVERY:
        write()


def _write_at_the_end() -> None:
    """A worker that stops in order; a command that showed nothing does not even connect."""
    if _counts:
        write()


request_finished.connect(_write_when_due, dispatch_uid="recommender.showing")
atexit.register(_write_at_the_end)
