"""Brings the demo catalogue and its profiles into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from catalog.importing.demo import DemoUnreadable, load_demo
from catalog.management.command import SiteCommand


class Command(SiteCommand):
    """Parse, call, report."""

    help = (
        "Bring the demo films and demo profiles of fixtures/ into the catalogue. Run it as often as you like: what is "
        "there stays as the curators left it, what is missing is added. To keep a demo film away, unpublish it; a "
        "deleted one comes back."
    )
    examples = ("manage.py load_demo",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="put the demo texts, people and likes back over what was edited"
        )

    def handle(self, *, again: bool, **options: Any) -> None:
        try:
            report = load_demo(Path(settings.FIXTURE_DIRS[0]), again=again)
        except DemoUnreadable as problem:
            raise CommandError(str(problem)) from problem
        for words in report.left_out:
            self.say(_("Left out: %(words)s") % {"words": words})
        self.say(
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
