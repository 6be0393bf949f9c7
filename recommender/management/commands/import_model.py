"""Takes in a model that was trained on another machine and lets it serve the site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from recommender.pipeline import NotReady, Worse, register


class Command(SiteCommand):
    """Register a trained model's folder as a version, compute all vectors and activate it."""

    help = (
        "Takes in the folder of a model that python -m recommender.ml.train wrote: checks it, registers it as a "
        "version under the folder's name, computes every film's vector and activates it."
    )
    examples = ("manage.py import_model model", "manage.py import_model model --no-activate")
    exit_codes = {1: "refused or failed; also when the version ranks worse, is kept and not activated"}

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the trained model's folder")
        parser.add_argument(
            "--no-activate", action="store_false", dest="activate", help="leave the active version as it is"
        )

    def handle(self, *, folder: Path, activate: bool, **options: Any) -> None:
        try:
            version = register(folder.absolute(), activate=activate, say=self.note)
        except NotReady as problem:
            raise CommandError(str(problem)) from problem
        except Worse as problem:
            cure = _("The version is kept. Look at manage.py models; --activate VERSION --force lets it serve.")
            raise CommandError(f"{problem} {cure}") from problem
        self.say(
            _("Version %(name)s: %(films)d films, %(likes)d likes, trained in %(seconds).0f s.")
            % {"name": version, "films": version.films, "likes": version.likes, "seconds": version.seconds}
        )
        self.say(
            _("It serves the site now.")
            if version.is_active
            else _("Activate it with: manage.py models --activate %s") % version
        )
