"""Writes a folder that a training on another machine learns from."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from recommender.ml.exported import ExportError
from recommender.training_data import export


class Command(SiteCommand):
    """Write the published films, as features, and their likes, as numbers."""

    help = (
        "Writes a folder to train on elsewhere: the published films as features, and who likes them as numbers, "
        "without names or texts of visitors. An older export in the folder is replaced."
    )
    examples = ("manage.py export_training export",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder to write")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            counts = export(folder.absolute())
        except ExportError as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            words = {"folder": folder, "problem": problem.strerror}
            raise CommandError(_("%(folder)s cannot be written (%(problem)s).") % words) from problem
        self.say(_("%(folder)s: %(films)d films and %(likes)d likes.") % {"folder": folder, **counts})
        self.say(_("Train on it with: python -m recommender.ml.train %s --out model") % folder)
