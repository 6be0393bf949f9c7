"""Brings the site back from a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from recommender.operations.restore import CannotRestore, examine, restore


class Command(SiteCommand):
    """Check, replace, report."""

    help = (
        "Brings database, models and uploads back from a file that manage.py backup wrote. Everything in it is checked "
        "first; if anything goes wrong afterwards, the site is as it was. An older backup is brought up to date. Stop "
        "the site and its workers before, and start them afterwards."
    )
    examples = (
        "manage.py restore movierec.tar.gz --check",
        "manage.py restore movierec.tar.gz --force",
    )
    exit_codes = {
        1: "refused or failed, and nothing was changed; the error stream says why",
        130: "stopped with Ctrl-C; everything is as it was",
    }

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--force", action="store_true", help="replace the films, accounts and uploads of this site")
        parser.add_argument("--check", action="store_true", help="only check the backup, change nothing")
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, file: Path, force: bool, check: bool, **options: Any) -> None:
        try:
            if check:
                manifest = examine(file)
                found = {name: manifest[name] for name in ("made", "films", "likes", "models")}
            else:
                found = vars(restore(file, force=force, say=self.note))
        except CannotRestore as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.answer(found)
            return
        words = _("The backup is sound") if check else _("Restored")
        self.say(
            _("%(words)s: made %(made)s, %(films)d films, %(likes)d likes, models: %(models)s")
            % {**found, "words": words, "models": ", ".join(found["models"]) or _("none")}
        )
        if not check:
            self.say(_("Start the site and its workers again, so that they read it."))
