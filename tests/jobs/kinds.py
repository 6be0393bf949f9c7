"""Kinds of jobs that only tests know."""

import time
from pathlib import Path
from typing import Any

from catalog.importing import import_films
from jobs.models import Job
from jobs.work import JobError, Progress, job_kind


@job_kind("test_count", title="Counting")
def count(progress: Progress, *, to: int = 3) -> dict[str, int]:
    """Count, and say so."""
    for number in range(1, to + 1):
        progress.log(f"This is {number}.")
        progress.report(number, to)
    return {"counted": to}


@job_kind("test_refuse", title="Refusing")
def refuse(progress: Progress) -> None:
    """Fail with words for people."""
    raise JobError("The file has no films: choose another one.")


@job_kind("test_look", title="Looking")
def look(progress: Progress, *, times: int) -> dict[str, int]:
    """Ask the database again and again."""
    for number in range(times):
        progress.report(number, times)
        Job.objects.count()
        time.sleep(0.05)
    return {"looked": times}


@job_kind("test_break", title="Breaking")
def break_down(progress: Progress) -> None:
    """Fail with an error of the site."""
    raise ZeroDivisionError("a secret of the server")


@job_kind("test_nonsense", title="Nonsense")
def nonsense(progress: Progress) -> Any:
    """Return what is no JSON."""
    return {"result": object()}


@job_kind("test_doubt", title="Doubting")
def doubt(progress: Progress) -> None:
    """Be cancelled by somebody else in the middle."""
    progress.report(1, 3)
    Job.objects.filter(pk=progress.job_id).update(cancel_asked=True)
    progress.report(2, 3)
    progress.report(3, 3)


@job_kind("test_rights", title="Needing rights", permission="catalog.change_movie")
def need_rights(progress: Progress) -> None:
    """Something that not everybody may do."""
    raise JobError("Not today.")


@job_kind("test_import", title="Importing slowly")
def import_slowly(progress: Progress, *, file: str) -> dict[str, int]:
    """Bring a file in with the real importer; the first attempt stays in the middle until its worker is killed."""

    def report(done: int, total: int) -> None:
        progress.report(done, total)
        if progress.attempt == 1:
            time.sleep(60)

    report_of = import_films(Path(file), progress=report)
    return {"created": report_of.created, "unchanged": report_of.unchanged}


@job_kind("test_import_at_once", title="Importing")
def import_at_once(progress: Progress, *, file: str) -> dict[str, int]:
    """Bring a file in with the real importer."""
    return {"created": import_films(Path(file), progress=progress.report).created}


@job_kind("test_wait", title="Waiting")
def wait(progress: Progress, *, seconds: float = 30) -> None:
    """Work for a while, and note each run in the log."""
    progress.log(f"Attempt {progress.attempt}.")
    for step in range(round(seconds / 0.05)):
        progress.report(step, None)
        time.sleep(0.05)
