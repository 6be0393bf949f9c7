"""Brings the film vectors up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender.interrupts import stop_on_interrupt
from recommender.ml.artifacts import ArtifactError
from recommender.models import ModelVersion
from recommender.vectors import Refreshed, refresh


class Command(BaseCommand):
    """Compute the film vectors that are missing or stale."""

    help = (
        "Computes the vectors that are missing or stale under the active model. It can be stopped with Ctrl-C and "
        "run again at any time; it goes on where it was. Example: manage.py refresh_embeddings"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", dest="every", help="compute every vector anew")
        parser.add_argument("--model", metavar="VERSION", help="another version than the active one")

    def handle(self, *, every: bool, model: str | None, verbosity: int, **options: Any) -> None:
        version = _version(model)
        total = Movie.objects.count()

        def progress(done: Refreshed) -> None:
            if verbosity > 1 or (verbosity and done.films % 5000 == 0):
                self.stdout.write(_("%(films)d of %(total)d films") % {"films": done.films, "total": total})

        try:
            with stop_on_interrupt() as should_stop:
                done = refresh(version, every=every, progress=progress, should_stop=should_stop)
                stopped = should_stop()
        except ArtifactError as problem:
            raise CommandError(str(problem)) from problem
        if stopped:
            raise CommandError(_("Stopped. What was computed stays; run it again to go on."), returncode=130)
        if verbosity:
            words = _("%(films)d films looked at, %(computed)d vectors computed for %(version)s")
            self.stdout.write(words % {"films": done.films, "computed": done.computed, "version": version})


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
