"""Beside a worker's jobs: its own signs of life, and taking up again what dead workers left behind."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import Error, connection
from django.utils import timezone

from jobs.models import SILENT_FOR, Worker
from jobs.progress import first_line
from jobs.running import take_up

ROUND = 5.0  # seconds between two rounds

logger = logging.getLogger(__name__)


@contextmanager
def caring(name: str, silent_for: timedelta = SILENT_FOR) -> Iterator[None]:
    """Make a round every few seconds, also while this worker is busy; the first one before anything else."""
    ended = threading.Event()
    _round(name, silent_for)

    def go_round() -> None:
        while not ended.wait(min(ROUND, silent_for.total_seconds() / 4)):
            _round(name, silent_for)
        connection.close()

    thread = threading.Thread(target=go_round, name="worker-caretaker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with suppress(Error):  # without it the others find out by its silence
            Worker.objects.filter(name=name).delete()


def _round(name: str, silent_for: timedelta) -> None:
    try:
        now = timezone.now()
        Worker.objects.update_or_create(name=name, defaults={"seen_at": now}, create_defaults={"seen_at": now})
        Worker.objects.filter(seen_at__lt=now - 10 * SILENT_FOR).delete()
        take_up(silent_for)
    except Error as problem:  # busy or gone for a moment: the next round tries again
        logger.warning("A round of the worker failed: %s", first_line(problem))
        connection.close()
