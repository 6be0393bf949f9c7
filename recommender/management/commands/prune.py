"""Tidies up; without --apply it only says what it would do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from recommender.operations.prune import Find, look

SHOWN = 5


class Command(SiteCommand):
    """Look, and remove when told to."""

    help = (
        "Says what nobody needs any more: model versions beyond the newest ones (never the active one or the one "
        "before it), model folders without a version, expired sessions, uploaded files that nothing refers to, "
        "checkpoints of stopped trainings, finished jobs. Nothing is removed without --apply."
    )
    examples = ("manage.py prune", "manage.py prune --keep 5 --days 90 --apply -v 0")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="remove what was found")
        parser.add_argument("--keep", metavar="N", type=int, default=3, help="newest model versions that stay (3)")
        parser.add_argument(
            "--days", metavar="N", type=int, default=30, help="how long finished jobs and checkpoints stay (30)"
        )
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, apply: bool, keep: int, days: int, **options: Any) -> None:
        if keep < 1 or days < 0:
            raise CommandError(_("--keep is at least 1 and --days at least 0."))
        finds = look(keep=keep, days=days)
        if apply:
            for find in finds:
                self.note(_("Removing %(what)s") % {"what": find.words})
                find.remove()
        if options["json"]:
            found = {find.kind: {"count": len(find.names), "bytes": find.bytes, "names": find.names} for find in finds}
            self.answer({"removed": apply, "found": found})
            return
        for find in finds:
            self.say(_line(find, everything=self.verbosity > 1))
        if not finds:
            self.say(_("There is nothing to remove."))
        elif not apply:
            self.say(_("Nothing was removed. Add --apply to remove all of it."))


def _line(find: Find, *, everything: bool) -> str:
    size = f", {filesizeformat(find.bytes)}" if find.bytes else ""
    shown = find.names if everything else find.names[:SHOWN]
    more = ", …" if len(find.names) > len(shown) else ""
    return f"{find.words}: {len(find.names)}{size} ({', '.join(shown)}{more})"
