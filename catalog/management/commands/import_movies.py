"""Brings films from a CSV file into the catalogue."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from catalog.importing import FORMATS, FilmReport, Unreadable, import_films
from catalog.management.command import STOPPED, SiteCommand
from catalog.management.progress import Progress, remarks, remarks_for_programs


class Command(SiteCommand):
    """Parse, call, report."""

    help = (
        "Bring films from a CSV file into the catalogue. A film is found by its IMDb, TMDB or MovieLens id, else by "
        "title and year. Values of the file replace the film's own; empty cells never erase anything; the same file a "
        "second time changes nothing. Broken rows are reported with their line numbers and do not stop the others. "
        "An import that was interrupted can simply be run again."
    )
    examples = ("manage.py import_movies films.csv --dry-run", "manage.py import_movies films.csv --json >report.json")
    exit_codes = {0: "done; broken rows are reported and do not count as a failure"}

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with headers; UTF-8, UTF-16 or Windows-1251")
        kinds = [name for name in FORMATS if name != "movielens-ratings"]
        parser.add_argument("--format", choices=kinds, default="", help="what the file is; else found from its headers")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, write nothing")
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, file: Path, dry_run: bool, verbosity: int, **options: Any) -> None:
        progress = Progress(self.note)
        try:
            report = import_films(file, kind=options["format"], dry_run=dry_run, progress=progress)
        except Unreadable as problem:
            raise CommandError(f"{file}: {problem}") from problem
        except KeyboardInterrupt as stop:
            kept = _("Stopped after %(rows)d rows, which are kept. Run the command again to bring in the rest.")
            words = _("Stopped. Nothing was written.") if dry_run else kept % {"rows": progress.done}
            raise CommandError(words, returncode=STOPPED) from stop
        if options["json"]:
            self.answer(_as_json(report, dry_run=dry_run))
        else:
            self.say(_words(report, dry_run=dry_run, everything=verbosity > 1))


def _as_json(report: FilmReport, *, dry_run: bool) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "dry_run": dry_run,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": remarks_for_programs(report.rejected),
        "notes": remarks_for_programs(report.notes),
    }


def _words(report: FilmReport, *, dry_run: bool, everything: bool) -> str:
    lines = [_("Read as: %(kind)s") % {"kind": report.kind}]
    lines += remarks(_("Rejected"), report.rejected, everything=everything)
    lines += remarks(_("Notes"), report.notes, everything=everything)
    lines.append(
        _("%(created)d created, %(updated)d updated, %(unchanged)d unchanged, %(rejected)d rejected")
        % {
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "rejected": report.rejected.count,
        }
    )
    if dry_run:
        lines.append(_("This was a dry run: nothing was written."))
    return "\n".join(lines)
