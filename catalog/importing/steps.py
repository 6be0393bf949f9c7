"""The way of an upload through check, apply and undo: each step once, in the request or in the background."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.importing.encoding import Unreadable
from catalog.importing.films import Progress
from catalog.importing.record import State, apply, check, settle
from catalog.importing.undo import undo
from catalog.models import CatalogueImport, User
from jobs.progress import Left, TakenOver
from jobs.work import Cancelled, Job, JobError, start

WITHIN_A_REQUEST = 200_000  # bytes; about a second's work. Longer files take the way through the background.
JOB = "import_films"

# By step: the states that it may start from, and the one that it is in while it runs.
_FROM = {
    "check": (State.CHECKING,),
    "apply": (State.READY, State.STOPPED),
    "undo": CatalogueImport.UNDOABLE,
}
_DURING = {"check": State.CHECKING, "apply": State.APPLYING, "undo": State.UNDOING}
_CUT_SHORT = {State.CHECKING: State.FAILED, State.APPLYING: State.STOPPED, State.UNDOING: State.STOPPED}


def begin(found: CatalogueImport, step: str, *, by: User | None) -> bool:
    """Start a step; False if somebody else was faster or the import is past it. One conditional UPDATE decides."""
    rows = CatalogueImport.objects.filter(pk=found.pk)
    with transaction.atomic():
        if not rows.filter(state__in=_FROM[step]).update(state=_DURING[step], job_id=None):
            return False
        found.refresh_from_db()
        if _is_short(found):
            perform(found, step, lambda done, total: None, by=by)
            return True
        job = start(JOB, by=by, title=found.file_name, import_id=found.pk, step=step, by_id=by.pk if by else None)
        rows.update(job_id=job.pk)
    found.refresh_from_db()
    return True


def perform(found: CatalogueImport, step: str, progress: Progress, *, by: User | None) -> None:
    """Do a step. Cancelling keeps the chunks that are written whole."""
    try:
        if step == "undo":
            undo(found, progress, by=by)
        else:
            {"check": check, "apply": apply}[step](found, progress)
    except (Left, TakenOver):
        raise  # another worker goes on
    except Cancelled:
        _cut_short(found)
        raise
    except Unreadable as problem:
        raise JobError(str(problem)) from problem


def perform_by_id(import_id: int, step: str, progress: Progress, *, by: User | None) -> dict[str, int] | None:
    """The step as a job: a second run after the first one ended finds nothing to do."""
    found = CatalogueImport.objects.filter(pk=import_id).first()
    if found is None:
        raise JobError(_("This import was discarded."))
    # Somebody may have pressed "Try again" on the job's page after it was stopped.
    again = CatalogueImport.objects.filter(pk=import_id, state=State.STOPPED) if step != "check" else None
    if found.state == _DURING[step] or (again is not None and again.update(state=_DURING[step])):
        found.refresh_from_db()
        perform(found, step, progress, by=by)
    return {name: getattr(found, f"n_{name}") for name in ("new", "changed", "unchanged", "rejected", "kept")}


def catch_up(found: CatalogueImport) -> Job | None:
    """The job behind an import. One that ended without a word (cancelled while it waited, failed) cuts it short."""
    if found.job_id is None:
        return None
    job = Job.objects.filter(pk=found.job_id).first()
    if found.state in _CUT_SHORT and (job is None or job.is_finished):
        found.refresh_from_db()
        if found.state in _CUT_SHORT:
            _cut_short(found)
    return job


def _cut_short(found: CatalogueImport) -> None:
    problem = _("The check was stopped. Upload the file again.") if found.state == State.CHECKING else ""
    settle(found, _CUT_SHORT[State(found.state)], problem=problem)


def _is_short(found: CatalogueImport) -> bool:
    if found.file:
        return found.file.size <= WITHIN_A_REQUEST
    return found.rows.count() <= 500
