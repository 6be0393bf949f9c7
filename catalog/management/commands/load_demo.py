"""Brings the demo catalogue and its profiles into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from catalog.importing.demo import DemoUnreadable, load_demo


class Command(BaseCommand):
    """Parse, call, report."""

    help = (
        "Bring the demo films and demo profiles of fixtures/ into the catalogue. Run it as often as you like: what is "
        "there stays as the curators left it, what is missing is added. To keep a demo film away, unpublish it; a "
        "deleted one comes back. Example: manage.py load_demo"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="put the demo texts, people and likes back over what was edited"
        )

    def handle(self, *, again: bool, verbosity: int, **options: Any) -> None:
        try:
            report = load_demo(Path(settings.FIXTURE_DIRS[0]), again=again)
        except DemoUnreadable as problem:
            raise CommandError(str(problem)) from problem
        if verbosity == 0:
            return
        for words in report.left_out:
            self.stdout.write(_("Left out: %(words)s") % {"words": words})
        self.stdout.write(
            _(
                "Demo catalogue: %(created)d films created, %(updated)d updated, %(known)d there already; "
                "%(profiles)d profiles created"
            )
            % {
                "created": report.films_created,
                "updated": report.films_updated,
                "known": report.films_known,
                "profiles": report.profiles_created,
            }
        )
