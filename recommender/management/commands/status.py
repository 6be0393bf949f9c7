"""Says how the site is and what needs attention."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.management.command import SiteCommand
from catalog.management.progress import Progress
from recommender.operations.status import Status, gather

_BYTES = {"size", "free", "models", "uploads", "backups"}


class Command(SiteCommand):
    """Look, report, and end with 1 when something needs attention."""

    help = (
        "Shows database, films and likes, missing and stale vectors, the active model with its age and quality, "
        "workers and jobs, disk, and what needs attention with the command that helps."
    )
    examples = ("manage.py status", "manage.py status --quick --json")
    exit_codes = {0: "nothing needs attention", 1: "something needs attention, or the site cannot be looked at"}
    requires_system_checks = []  # it has to speak when something is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="do not read every film to find stale vectors")
        parser.add_argument("--json", action="store_true", help="one JSON object for programs")

    def handle(self, *, quick: bool, **options: Any) -> None:
        status = gather(quick=quick, progress=Progress(self.note))
        if options["json"]:
            self.answer({**status.facts, "needs": [vars(need) for need in status.needs]})
        else:
            self.say(_table(status))
        if status.needs:
            count = len(status.needs)
            words = ngettext("%(count)d thing needs attention", "%(count)d things need attention", count)
            needs = "\n".join(f"  {need.words}\n    → {need.cure}" for need in status.needs)
            raise CommandError(f"{words % {'count': count}}:\n{needs}")


def _table(status: Status) -> str:
    lines = []
    for subject, facts in status.facts.items():
        cells = (f"{name.replace('_', ' ')} {_shown(name, value)}" for name, value in facts.items())
        lines.append(f"{subject:10} {', '.join(cells)}")
    return "\n".join(lines)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _BYTES and isinstance(value, int):
        return filesizeformat(value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)
