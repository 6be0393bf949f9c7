"""Runs jobs: claims each once, writes how it ended, and takes up again what dead workers left behind."""

from __future__ import annotations

import errno
import json
import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import TaskContext, TaskResultStatus, task, task_backends
from django_tasks.backends.immediate import ImmediateBackend

from jobs import pieces
from jobs.kinds import kind_of
from jobs.models import SILENT_FOR, Job
from jobs.progress import Cancelled, JobError, Left, Progress, TakenOver, beating, first_line, leaving

MOST_ATTEMPTS = 3
LONGEST_OUTAGE = 600.0  # seconds that a job's end waits for the database to come back

logger = logging.getLogger(__name__)


class _DatabaseLost(Exception):
    """The database went away under a job, which is no fault of the job."""


@task(takes_context=True)
def run_job(context: TaskContext, job_id: int) -> None:
    """The one task of django-tasks: run a job, unless somebody else has it or it was cancelled meanwhile."""
    job = claim(job_id)
    if job is None:
        return
    in_background = not isinstance(task_backends[context.task_result.backend], ImmediateBackend)
    progress = Progress(job, in_background=in_background)
    write = _patiently if in_background else _at_once
    try:
        with translation.override(job.language or None), beating(progress) if in_background else nullcontext():
            ending = _work(job, progress)
    except Left:
        write(lambda: put_back(job, progress))
    except _DatabaseLost as problem:
        logger.warning("Job %s lost the database and is run again: %s", job.pk, problem)
        write(lambda: _try_again(job, progress))
    except TakenOver:
        logger.warning("Job %s was taken over by another worker", job.pk)
    except BaseException:  # somebody insists that this process ends now
        put_back(job, progress)
        raise
    else:
        write(lambda: _end(job, progress, ending))


def claim(job_id: int) -> Job | None:
    """Make a waiting job this run's own, or None. One conditional UPDATE decides: of two workers one changes a row."""
    runner, now = uuid4().hex, timezone.now()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(
        state=Job.State.RUNNING, runner=runner, attempts=F("attempts") + 1, started_at=now, seen_at=now
    )
    return Job.objects.get(pk=job_id) if claimed else None


def _end(job: Job, progress: Progress, ending: dict[str, Any]) -> None:
    with transaction.atomic():
        if progress.finish(finished_at=timezone.now(), **ending):
            job.pieces.all().delete()


def put_back(job: Job, progress: Progress) -> None:
    """Let another worker run the job; leaving it in good order is no failed attempt."""
    with transaction.atomic():
        if progress.finish(state=Job.State.WAITING, attempts=F("attempts") - 1):
            run_job.enqueue(job.pk)


def _try_again(job: Job, progress: Progress) -> None:
    """Run a job again whose database went away; it counts as an attempt, for the job itself may be the reason."""
    if job.attempts >= MOST_ATTEMPTS:
        words = _("The database went away %(count)d times while this ran. Look into the server's log, then retry.")
        error = words % {"count": job.attempts}
        progress.finish(state=Job.State.FAILED, error=error, finished_at=timezone.now())
        return
    with transaction.atomic():
        if progress.finish(state=Job.State.WAITING):
            run_job.enqueue(job.pk)


def _at_once(write: Callable[[], object]) -> None:
    write()


def _patiently(write: Callable[[], object]) -> None:
    """Write how a job ended as soon as the database is there: what it did must not be forgotten."""
    until, has_waited = time.monotonic() + LONGEST_OUTAGE, False
    while True:
        try:
            write()
            return
        except (OperationalError, InterfaceError) as problem:
            if leaving.is_set() or time.monotonic() > until or connection.in_atomic_block:
                raise
            if not has_waited:
                logger.warning("A job's end waits for the database: %s", first_line(problem))
            has_waited = True
            connection.close()
            time.sleep(1)


def _work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the work and return the fields that say how it ended."""
    try:
        with pieces.belonging_to(job.pk, in_background=progress.in_background):
            result = _run(job, progress)
        json.dumps(result, cls=DjangoJSONEncoder)  # what is no JSON fails here, as the job's error
    except (Left, TakenOver):
        raise
    except Cancelled:
        return {"state": Job.State.CANCELLED}
    except JobError as problem:
        return {"state": Job.State.FAILED, "error": str(problem)}
    except (OperationalError, InterfaceError) as problem:
        if connection.in_atomic_block or (connection.connection is not None and connection.is_usable()):
            return _broken(job)
        raise _DatabaseLost(first_line(problem)) from problem
    except OSError as problem:
        if problem.errno not in {errno.ENOSPC, errno.EDQUOT}:
            return _broken(job)
        logger.error("Job %s (%s) found no room on the disk: %s", job.pk, job.kind, problem)
        return {"state": Job.State.FAILED, "error": _("The server's disk is full. Free some space, then try again.")}
    except Exception:
        return _broken(job)
    return {"state": Job.State.DONE, "result": result}


def _run(job: Job, progress: Progress) -> dict[str, Any] | None:
    """Run a job with its pieces, those too that it handed out before it was cancelled."""
    try:
        result = kind_of(job.kind).run(progress, **job.arguments)
        if progress.in_background:
            pieces.work_off(progress.check)
    except (Left, TakenOver):
        raise
    except Cancelled:
        if progress.in_background:
            pieces.work_off(lambda: None)
        raise
    return result


def _broken(job: Job) -> dict[str, Any]:
    """A mistake in the code: the log has it all, people get its number. Call it while the exception is handled."""
    logger.exception("Job %s (%s) failed", job.pk, job.kind)
    words = _("An error in the site stopped this. It is written in the server's log under job %(number)d.")
    return {"state": Job.State.FAILED, "error": words % {"number": job.pk}}


def take_up(silent_for: timedelta = SILENT_FOR) -> int:
    """Let jobs without signs of life run again, and tell how many there were.

    Those are jobs whose worker died, and waiting jobs whose task a worker took and died before it claimed the job.
    """
    limit = timezone.now() - silent_for
    silent = Job.objects.unfinished().filter(seen_at__lt=limit)
    queued = _queued() if silent.exists() else set()
    return sum(_take_up(job, limit) for job in silent if job.pk not in queued or job.state == Job.State.RUNNING)


def _take_up(job: Job, limit: Any) -> bool:
    unchanged = Job.objects.filter(pk=job.pk, state=job.state, runner=job.runner, seen_at__lt=limit)
    now = timezone.now()
    with transaction.atomic():
        _end_tasks_of(job)
        if job.state == Job.State.RUNNING and job.cancel_asked:
            return bool(unchanged.update(state=Job.State.CANCELLED, runner="", finished_at=now))
        if job.attempts >= MOST_ATTEMPTS and job.state == Job.State.RUNNING:
            with translation.override(job.language or None):
                words = _("The worker died %(count)d times while it ran this. Look into the server's log, then retry.")
            error = words % {"count": job.attempts}
            return bool(unchanged.update(state=Job.State.FAILED, runner="", finished_at=now, error=error))
        if not unchanged.update(state=Job.State.WAITING, runner="", seen_at=now):
            return False  # alive after all, or another worker was faster
        logger.warning("Taking up job %s (%s) again", job.pk, job.kind)
        run_job.enqueue(job.pk)
    return True


def _end_tasks_of(job: Job) -> None:
    """Nobody works at the tasks of a dead worker any more, so they do not count as running."""
    from django_tasks_db.models import DBTaskResult

    theirs = DBTaskResult.objects.running().filter(task_path=run_job.module_path)
    theirs.filter(args_kwargs={"args": [job.pk], "kwargs": {}}).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now(), traceback="The worker died."
    )


def _queued() -> set[int]:
    """Jobs whose task waits for a worker."""
    from django_tasks_db.models import DBTaskResult

    tasks = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=run_job.module_path)
    return {row["args"][0] for row in tasks.values_list("args_kwargs", flat=True)}
