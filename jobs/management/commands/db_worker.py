"""Runs background jobs until it is told to end."""

from __future__ import annotations

import logging
import os
import socket
import time
from argparse import ArgumentParser
from datetime import timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError, connections
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands import db_worker
from django_tasks_db.management.commands.db_worker import valid_interval, valid_max_tasks

from jobs.caretaker import caring
from jobs.models import SILENT_FOR
from jobs.pieces import take_again_after
from jobs.progress import first_line, leaving

ONE_PRESS = 2.0  # seconds

logger = logging.getLogger(__name__)


class Worker(db_worker.Worker):
    """A worker whose running job learns that it should stop at its next report, for another worker to take it up."""

    _told = float("-inf")

    def run(self) -> None:
        """Work; while the database is away, wait for it."""
        while True:
            try:
                return super().run()
            except (OperationalError, InterfaceError) as problem:
                if not self.running:
                    return None
                logger.warning("The database does not answer; trying again: %s", first_line(problem))
                connections.close_all()
                time.sleep(max(ONE_PRESS, self.interval))

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End cleanly; when told a second time, at once. A terminal and a script at the same time tell it once."""
        leaving.set()
        if time.monotonic() - self._told < ONE_PRESS:
            return
        self._told = time.monotonic()
        super().shutdown(signum, frame)


class Command(db_worker.Command):
    """The worker of django-tasks-db without reloading, and with care for jobs whose worker died."""

    help = (
        "Runs background jobs (training, refreshing, imports) one after the other; run one or more beside the web "
        "server. Ctrl-C or SIGTERM ends it cleanly: the running job stops at its next report and waits for a worker. "
        "Jobs whose worker died are taken up again. Example: manage.py db_worker"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", metavar="SECONDS", type=valid_interval, default=1, help="between two looks for a job (1)"
        )
        parser.add_argument("--batch", action="store_true", help="run the jobs that wait, then end")
        parser.add_argument("--max-tasks", metavar="N", type=valid_max_tasks, help="end after so many jobs")
        parser.add_argument(
            "--silent-for",
            metavar="SECONDS",
            type=valid_interval,
            default=SILENT_FOR.total_seconds(),
            help="take up jobs without a sign of life for so long (%(default)g)",
        )

    def handle(self, **options: Any) -> None:
        self.configure_logging(options["verbosity"])
        if settings.JOBS_AT_ONCE:
            raise CommandError(
                _("With JOBS_AT_ONCE=1 nothing waits for a worker. Set it to 0, or go without a worker.")
            )
        name = f"{socket.gethostname()[:40]}-{os.getpid()}-{get_random_string(6)}"
        worker = Worker(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            excluded_queue_names=[],
            interval=options["interval"],
            batch=options["batch"],
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=options["max_tasks"],
            worker_id=name,
        )
        take_again_after(timedelta(seconds=options["silent_for"]))
        with caring(name, timedelta(seconds=options["silent_for"])):
            worker.configure_signals()
            worker.run()
