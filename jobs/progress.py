"""What a running job tells the people who wait for it, and how it hears that it should stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from jobs.models import Job

BEAT = 1.0  # seconds between two signs of life
LONGEST_LOG = 20_000  # characters; of a longer log the end is kept

# Set when this process is asked to end: its job then stops at its next report, and another worker takes it up.
leaving = threading.Event()


def first_line(problem: BaseException) -> str:
    """What a database says first; advice for other people follows."""
    return str(problem).strip().partition("\n")[0]


class JobError(Exception):
    """The job cannot be done; the message is for people and names the cure."""


class Cancelled(Exception):
    """The job should stop now. Clean up if you must, and let it pass on."""


class Left(Cancelled):
    """The worker ends; the job waits for another one."""


class TakenOver(Cancelled):
    """Another worker took this run for dead and has the job now."""


class Progress:
    """The job's side of its row: report and log; the row is written about once a second."""

    def __init__(self, job: Job, *, in_background: bool) -> None:
        self.job_id, self.attempt = job.pk, job.attempts
        self._done, self._total, self._log = job.done, job.total, job.log
        self._mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, runner=job.runner)
        self.in_background = in_background
        self._written = 0.0
        self._stop: type[Cancelled] | None = None

    def report(self, done: int, total: int | None = None) -> None:
        """Say how far the job is; `total` is None while nobody knows. Raises Cancelled when it should stop."""
        self._done, self._total = done, total
        self._write_here()
        self.check()

    def log(self, line: str) -> None:
        """Add a line for people."""
        self._log = f"{self._log}{line}\n"[-LONGEST_LOG:]
        self._write_here()

    @property
    def stop_asked(self) -> bool:
        """Whether the job should stop, for code that wants to be asked instead of interrupted."""
        return self._stop is not None or (self.in_background and leaving.is_set())

    def check(self) -> None:
        """Raise Cancelled when the job should stop."""
        if self._stop is not None:
            raise self._stop
        if self.stop_asked:
            raise Left

    def beat(self) -> None:
        """Write how far it is, with a sign of life, and hear whether it should stop."""
        if not self._mine.update(**self._fields()):
            self._stop = TakenOver
        elif self._mine.filter(cancel_asked=True).exists():
            self._stop = Cancelled

    def finish(self, **fields: Any) -> bool:
        """Write how it ended and let go of the job, unless another worker has it meanwhile."""
        return bool(self._mine.update(**self._fields(), runner="", **fields))

    def _fields(self) -> dict[str, Any]:
        return {"done": self._done, "total": self._total, "log": self._log, "seen_at": timezone.now()}

    def _write_here(self) -> None:
        """Write from the job's own thread, where `beating` cannot do it.

        That is without a worker; and inside a transaction on SQLite, which has one writer only: whoever waits for it
        to end, to take up jobs without signs of life, then finds one that was written with it.
        """
        if not self.in_background:
            self.beat()
        elif connection.vendor == "sqlite" and connection.in_atomic_block and time.monotonic() - self._written >= BEAT:
            self._written = time.monotonic()
            self.beat()


@contextmanager
def beating(progress: Progress) -> Iterator[None]:
    """Give signs of life while the job works, from a thread with a connection of its own.

    So they come while the job is busy with something else, and are seen before its transaction ends.
    """
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            try:
                progress.beat()
            except Error:
                connection.close()  # busy or gone for a moment: the next beat tries again
        connection.close()

    thread = threading.Thread(target=beat, name="job-signs-of-life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
