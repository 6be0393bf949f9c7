"""Runs the steps of an import: at once when it is short, as a background job when it is long."""

from __future__ import annotations

from collections.abc import Callable

from catalog.history import bringing, writing
from catalog.models import HistoryImport
from jobs.models import Job
from jobs.work import start

MATCH, APPLY = "match", "apply"
_STEPS: dict[str, Callable[[HistoryImport, bringing.Report], None]] = {MATCH: bringing.match, APPLY: writing.apply}
State = HistoryImport.State


def perform(history: HistoryImport, step: str, report: bringing.Report) -> None:
    """Do a step here and now."""
    _STEPS[step](history, report)


def run(history: HistoryImport) -> None:
    """Do what the state of an import asks for: now if it is short, else in the background."""
    step = MATCH if history.state == State.MATCHING else APPLY
    if history.rows.count() < bringing.SHORT:
        perform(history, step, lambda done, total: None)
    else:
        job = start("import_history", by=history.user, history_id=history.pk, step=step)
        HistoryImport.objects.filter(pk=history.pk).update(job=job.pk)
    history.refresh_from_db()


def job_of(history: HistoryImport) -> Job | None:
    """The job that works on an import, or was the last to."""
    return Job.objects.filter(pk=history.job).first() if history.job else None


def is_busy(history: HistoryImport) -> bool:
    """Whether a job is at work on it, so that its state may change at any moment."""
    job = job_of(history)
    return history.state in (State.MATCHING, State.APPLYING) and job is not None and not job.is_finished
