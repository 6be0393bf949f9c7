"""Pieces of jobs: a running job hands parts of its work to whichever workers are free, and ends when all are done.

A piece is done in the transaction that writes what it brings, so each is done once. One whose worker died is taken
again after a while; a worker that was only slow then finds it lost, and what it wrote is rolled back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import DatabaseError
from django.db.models import Q, Sum
from django.utils import timezone, translation
from django_tasks import TaskResultStatus, task

from jobs.models import SILENT_FOR, Job, Piece, PieceQuerySet, Worker
from jobs.progress import leaving

WAIT = 0.2  # seconds between two looks at the pieces that others have
_AT_ONCE = 1000  # pieces written in one statement

logger = logging.getLogger(__name__)

Perform = Callable[..., None]
_kinds: dict[str, Perform] = {}
_current: ContextVar[int | None] = ContextVar("job", default=None)
_silent_for = SILENT_FOR


class Lost(Exception):
    """Another worker took this one for dead and has the piece now; roll back what was written for it."""


class Taken:
    """A piece that is this worker's own."""

    def __init__(self, piece: Piece) -> None:
        self.job_id, self.pk, self.kind, self.arguments = piece.job_id, piece.pk, piece.kind, piece.arguments
        self._mine = Piece.objects.filter(pk=piece.pk, runner=piece.runner, is_done=False)

    def done(self, **result: Any) -> None:
        """Call it last in the transaction that writes what the piece brings. Raises Lost."""
        if not self._mine.update(is_done=True, result=result):
            raise Lost

    def release(self) -> None:
        """Leave it to others."""
        self._mine.update(runner="", taken_at=None)


def piece_kind(name: str) -> Callable[[Perform], Perform]:
    """Register a function `(taken, **arguments)`, which calls `taken.done` in the transaction of its writes."""

    def register(perform: Perform) -> Perform:
        _kinds[name] = perform
        return perform

    return register


@contextmanager
def belonging_to(job_id: int, *, in_background: bool) -> Iterator[None]:
    """Let the code inside hand out pieces of this job. Without workers nobody could take them."""
    token = _current.set(job_id if in_background else None)
    try:
        yield
    finally:
        _current.reset(token)


def are_shared() -> bool:
    """Whether this code runs in a job, and another worker is there to take pieces of it or did so before."""
    job_id = _current.get()
    if job_id is None:
        return False
    return Worker.objects.alive().count() > 1 or Piece.objects.filter(job=job_id).exists()


def hand_out(kind: str, pieces: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Add pieces, by their size and arguments, to the running job: all of them or none."""
    job_id = _job()
    Piece.objects.bulk_create(
        [Piece(job_id=job_id, kind=kind, size=size, arguments=arguments) for size, arguments in pieces],
        batch_size=_AT_ONCE,
    )
    _call_helpers(job_id)


def of_this_job() -> PieceQuerySet:
    """The pieces of the running job."""
    return Piece.objects.filter(job=_job())


def _job() -> int:
    job_id = _current.get()
    if job_id is None:
        raise RuntimeError("Only a job that runs in the background has pieces.")
    return job_id


def _call_helpers(job_id: int) -> None:
    """Ask the other workers to take pieces; those that are called already are not called again."""
    from django_tasks_db.models import DBTaskResult

    tasks = DBTaskResult.objects.filter(task_path=help_with.module_path, args_kwargs={"args": [job_id], "kwargs": {}})
    fresh = Q(status=TaskResultStatus.RUNNING, started_at__gt=timezone.now() - _silent_for)
    called = tasks.filter(Q(status=TaskResultStatus.READY) | fresh).count()
    for _ in range(called, Worker.objects.alive().count() - 1):
        help_with.enqueue(job_id)


@task()
def help_with(job_id: int) -> None:
    """Take pieces of somebody else's job until none is left."""
    job = Job.objects.unfinished().filter(pk=job_id).first()
    with translation.override(job.language or None if job else None):
        while not leaving.is_set() and Job.objects.unfinished().filter(pk=job_id).exists():
            if not _perform_one(job_id):
                return


def work_off(check: Callable[[], None]) -> None:
    """Take pieces of the running job until all are done, also those of workers that fell silent; `check` may raise."""
    job_id = _job()
    if of_this_job().to_do().exists():
        _call_helpers(job_id)
    while of_this_job().to_do().exists():
        if not _perform_one(job_id):
            time.sleep(WAIT)
        check()


def size_done() -> int:
    """The size of all pieces of the running job that are done."""
    return of_this_job().filter(is_done=True).aggregate(size=Sum("size"))["size"] or 0


def take_again_after(silent_for: timedelta) -> None:
    """Say how long a piece may take before its worker counts as dead."""
    global _silent_for
    _silent_for = silent_for


def _take(job_id: int) -> Taken | None:
    """Make a piece this worker's own. One conditional UPDATE decides: of two workers one changes the row."""
    now = timezone.now()
    free = Piece.objects.filter(job=job_id).to_do().filter(Q(runner="") | Q(taken_at__lt=now - _silent_for))
    while (piece := free.first()) is not None:
        piece.runner = uuid4().hex
        if free.filter(pk=piece.pk).update(runner=piece.runner, taken_at=now):
            return Taken(piece)
    return None


def _perform_one(job_id: int) -> bool:
    taken = _take(job_id)
    if taken is None:
        return False
    try:
        _kinds[taken.kind](taken, **taken.arguments)
    except Lost:
        logger.warning("Piece %s of job %s was taken over by another worker", taken.pk, taken.job_id)
    except BaseException:
        try:
            taken.release()
        except DatabaseError as problem:  # its silence tells the others
            logger.warning("Piece %s cannot be left to others: %s", taken.pk, problem)
        raise
    return True
