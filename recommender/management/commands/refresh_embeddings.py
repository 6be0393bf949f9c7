"""Brings the film vectors up to date."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import STOPPED, SiteCommand
from catalog.management.progress import Progress
from catalog.models import Movie
from jobs.models import Worker
from jobs.work import Job, start
from recommender.interrupts import stop_on_interrupt
from recommender.jobs import REFRESH
from recommender.ml.artifacts import ArtifactError
from recommender.models import ModelVersion
from recommender.upkeep import bring_up_to_date
from recommender.vectors import Refreshed


class Command(SiteCommand):
    """Compute the film vectors that are missing or stale."""

    help = (
        "Computes the vectors that are missing or stale under the active model. It can be stopped with Ctrl-C and "
        "run again at any time; it goes on where it was."
    )
    examples = ("manage.py refresh_embeddings", "manage.py refresh_embeddings --all --workers")
    exit_codes = {130: "stopped with Ctrl-C; what was computed stays, and the next run goes on"}

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="every", help="compute every vector anew")
        parser.add_argument("--model", metavar="VERSION", help="another version than the active one")
        parser.add_argument(
            "--workers", action="store_true", help="let the db_worker processes share the work, on all hosts, and wait"
        )

    def handle(self, *, every: bool, model: str | None, workers: bool, **options: Any) -> None:
        version = _version(model)
        if workers:
            if not settings.JOBS_AT_ONCE and not Worker.objects.alive().exists():
                raise CommandError(_("No worker is running. Start one or more with: manage.py db_worker"))
            self._wait_for(start(REFRESH, by=None, version=version.name, every=every))
            return
        total = Movie.objects.count()
        report = Progress(self.note)

        def progress(done: Refreshed) -> None:
            report(done.films, total)

        indexing = Progress(lambda line: self.note(_("Index: %(line)s") % {"line": line}))
        try:
            with stop_on_interrupt() as should_stop:
                done = bring_up_to_date(
                    version, every=every, progress=progress, indexing=indexing, should_stop=should_stop
                )
                stopped = should_stop()
        except ArtifactError as problem:
            raise CommandError(str(problem)) from problem
        if stopped:
            raise CommandError(_("Stopped. What was computed stays; run it again to go on."), returncode=STOPPED)
        words = _("%(films)d films looked at, %(computed)d vectors computed for %(version)s")
        self.say(words % {"films": done.films, "computed": done.computed, "version": version})

    def _wait_for(self, job: Job) -> None:
        """Follow a job to its end; Ctrl-C leaves it to the workers."""
        report = Progress(self.note)
        try:
            while not job.is_finished:
                report(job.done, job.total or 0)
                time.sleep(0.5)
                job.refresh_from_db()
        except KeyboardInterrupt as stop:
            words = _("The workers go on. Job %(number)d in the admin shows how far they are, and can be cancelled.")
            raise CommandError(words % {"number": job.pk}, returncode=STOPPED) from stop
        if job.state != Job.State.DONE:
            raise CommandError(job.error or job.words)
        self.say(job.last_line)


def _version(name: str | None) -> ModelVersion:
    if name is None:
        version = ModelVersion.objects.active()
        if version is None:
            raise CommandError(_("No model is active. Train one with: manage.py train_vae"))
        return version
    version = ModelVersion.objects.filter(name=name).first()
    if version is None:
        raise CommandError(_("There is no version “%(name)s”; manage.py models lists them.") % {"name": name})
    return version
