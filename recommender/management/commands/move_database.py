"""Moves the site to another database, from SQLite to PostgreSQL or back."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.management.command import SiteCommand
from catalog.management.progress import Progress
from recommender.operations.moving import CannotMove, move


class Command(SiteCommand):
    """Copy, compare, report."""

    help = (
        "Copies everything from the site's database to an empty one, compares every row of both, and keeps nothing if "
        "anything differs. The site's own database stays as it is. Stop the site and its workers before; afterwards "
        "let DATABASE_URL name the new database, and start them. Models and uploads are files and stay where they are."
    )
    examples = (
        "manage.py move_database postgres://movierec@127.0.0.1/movierec",
        "manage.py move_database sqlite:////srv/movierec/db.sqlite3 --json",
    )
    exit_codes = {
        1: "refused or failed, and nothing was moved; the error stream says why",
        130: "stopped with Ctrl-C; nothing was moved",
    }

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "target",
            metavar="TARGET",
            help="the new database, as DATABASE_URL names it; a password may lie in ~/.pgpass or PGPASSWORD",
        )
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, target: str, **options: Any) -> None:
        try:
            moved = move(target, progress=partial(Progress, self.note), say=self.note)
        except CannotMove as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.answer(moved.rows)
            return
        self.say(
            ngettext(
                "%(count)d row moved, the same in both databases.",
                "%(count)d rows moved, the same in both databases.",
                moved.total,
            )
            % {"count": moved.total}
        )
        self.say(_("Now let DATABASE_URL name the new database, and start the site and its workers."))
