"""The face of this room: register kinds of jobs, start them, cancel them and start them again."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from jobs.kinds import job_kind, kind_of
from jobs.models import Job
from jobs.progress import Cancelled, JobError, Progress
from jobs.running import run_job

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

__all__ = [
    "Cancelled",
    "Job",
    "JobError",
    "Progress",
    "cancel",
    "is_private",
    "job_kind",
    "may_retry",
    "retry",
    "start",
]


def start(kind: str, *, by: AbstractUser | None, title: str | None = None, **arguments: Any) -> Job:
    """Write a job and its task in one transaction, so that workers see both or none; `arguments` are JSON.

    Without a worker (JOBS_AT_ONCE) it is finished when this returns.
    """
    known = kind_of(kind)
    with _as_one():
        job = Job.objects.create(
            kind=kind,
            title=(title or str(known.title))[:200],
            started_by_id=by.pk if by else None,
            language=get_language() or "",
            arguments=arguments,
        )
        run_job.enqueue(job.pk)
    job.refresh_from_db()
    return job


def cancel(job: Job) -> bool:
    """Cancel a waiting job at once, and a running one at its next report; False when it is too late."""
    rows = Job.objects.filter(pk=job.pk)
    waiting = rows.filter(state=Job.State.WAITING)
    running = rows.filter(state=Job.State.RUNNING)
    stopped = waiting.update(state=Job.State.CANCELLED, finished_at=timezone.now()) or running.update(cancel_asked=True)
    job.refresh_from_db()
    return bool(stopped)


def retry(job: Job) -> bool:
    """Let a job that failed or was cancelled run again; False when it did not end that way."""
    with _as_one():
        ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED])
        again = ended.update(
            state=Job.State.WAITING,
            attempts=0,
            cancel_asked=False,
            error="",
            done=0,
            total=None,
            started_at=None,
            finished_at=None,
            seen_at=timezone.now(),
        )
        if again:
            run_job.enqueue(job.pk)
    job.refresh_from_db()
    return bool(again)


def _as_one() -> AbstractContextManager[object]:
    """One transaction for a job and its task; none around a job that is run at once, which may take long."""
    return nullcontext() if settings.JOBS_AT_ONCE else transaction.atomic()


def is_private(job: Job) -> bool:
    """Whether it is somebody's own work, which takes no right; a kind that is gone counts as such."""
    try:
        return not kind_of(job.kind).permission
    except LookupError:
        return True


def may_retry(job: Job, user: AbstractUser) -> bool:
    """Whether somebody still has the right that this kind of job takes."""
    try:
        permission = kind_of(job.kind).permission
    except LookupError:
        return False
    return not permission or user.has_perm(permission)
