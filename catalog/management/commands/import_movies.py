"""Brings films from a file into the catalogue, and takes a whole import back."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from catalog.importing import FORMATS, FilmReport, Unreadable, import_films
from catalog.importing.record import import_and_record, may_undo
from catalog.importing.report import Remarks
from catalog.importing.undo import undo as take_back
from catalog.management.command import MISUSED, STOPPED, SiteCommand
from catalog.management.progress import Progress, remarks, remarks_for_programs
from catalog.models import CatalogueImport, ImportRow


class Command(SiteCommand):
    """Parse, call, report."""

    help = (
        "Bring films from a CSV or JSON file into the catalogue. A film is found by its IMDb, TMDB or MovieLens id, "
        "else by title and year. Values of the file replace the film's own; empty cells never erase anything; the "
        "same file a second time changes nothing. Broken rows are reported with their line numbers and do not stop "
        "the others. An import that was interrupted can simply be run again. Each import that changed anything has a "
        "number, by which --undo takes it back: films that it created go again, changed fields get their old values. "
        "What visitors like or somebody changed since is kept and named."
    )
    examples = (
        "manage.py import_movies films.csv --dry-run",
        "manage.py import_movies films.csv --json >report.json",
        "manage.py import_movies --undo 7",
    )
    exit_codes = {0: "done; broken rows are reported and do not count as a failure"}

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="CSV or JSON, in UTF-8, UTF-16 or Windows-1251")
        kinds = [name for name in FORMATS if name != "movielens-ratings"]
        parser.add_argument("--format", choices=kinds, default="", help="what the file is; else found from its headers")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, write nothing")
        parser.add_argument("--undo", type=int, metavar="NUMBER", help="take the import with this number back")
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, file: Path | None, undo: int | None, verbosity: int, **options: Any) -> None:
        if (file is None) == (undo is None):
            raise CommandError(_("Give either a file or --undo with a number."), returncode=MISUSED)
        everything = verbosity > 1
        if file is None:
            self._undo(undo or 0, as_json=options["json"], everything=everything)
            return
        dry_run = options["dry_run"]
        report, number = self._import(file, options["format"], dry_run=dry_run)
        if options["json"]:
            self.answer({**_as_json(report, dry_run=dry_run), "number": number})
        else:
            self.say(_words(report, dry_run=dry_run, number=number, everything=everything))

    def _import(self, file: Path, kind: str, *, dry_run: bool) -> tuple[FilmReport, int | None]:
        progress = Progress(self.note)
        try:
            if dry_run:
                return import_films(file, kind=kind, dry_run=True, progress=progress), None
            report, found = import_and_record(file, kind=kind, progress=progress)
        except Unreadable as problem:
            raise CommandError(f"{file}: {problem}") from problem
        except KeyboardInterrupt as stop:
            kept = _("Stopped after %(rows)d rows, which are kept. Run the command again to bring in the rest.")
            words = _("Stopped. Nothing was written.") if dry_run else kept % {"rows": progress.done}
            raise CommandError(words, returncode=STOPPED) from stop
        return report, found.pk if found else None

    def _undo(self, number: int, *, as_json: bool, everything: bool) -> None:
        found = CatalogueImport.objects.filter(pk=number).first()
        if found is None or not may_undo(found):
            words = _("There is no import %(number)d that can be undone. The admin lists them under Imports of films.")
            raise CommandError(words % {"number": number})
        try:
            take_back(found, Progress(self.note))
        except KeyboardInterrupt as stop:
            raise CommandError(_("Stopped. Run the command again to undo the rest."), returncode=STOPPED) from stop
        kept = Remarks()
        for line, film, words in found.rows.filter(fate=ImportRow.Fate.KEPT).values_list("line", "film", "fate_words"):
            kept.add(line, f"{film}: {words}")
        undone = found.rows.filter(fate=ImportRow.Fate.UNDONE).count()
        if as_json:
            self.answer({"number": number, "undone": undone, "kept": remarks_for_programs(kept)})
            return
        counts = _("%(undone)d undone, %(kept)d kept") % {"undone": undone, "kept": kept.count}
        self.say("\n".join([*remarks(_("Kept"), kept, everything=everything), counts]))


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


def _words(report: FilmReport, *, dry_run: bool, number: int | None, everything: bool) -> str:
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
    if number:
        lines.append(_("To take this back: manage.py import_movies --undo %(number)d") % {"number": number})
    if dry_run:
        lines.append(_("This was a dry run: nothing was written."))
    return "\n".join(lines)
