"""Brings likes from a CSV file into the catalogue."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.history.operating import as_data, as_words, bring_in
from catalog.history.reading import is_known
from catalog.importing import LikeReport, Unreadable, import_likes
from catalog.importing.report import Unmatched, rows_of
from catalog.management.command import STOPPED, SiteCommand
from catalog.management.progress import SHOWN, Progress, remarks, remarks_for_programs
from catalog.models import User


class Command(SiteCommand):
    """Parse, call, report."""

    help = (
        "Bring likes from a CSV file into the catalogue: MovieLens ratings (userId, movieId, rating, timestamp), where "
        "4 stars and more are likes and visitors become accounts movielens-<id> that cannot log in, or a file with the "
        "columns user, title and perhaps year, rating (0 to 5) and date. With --user also the export of a film site, "
        "ZIP or single file (Letterboxd, IMDb, Trakt, TMDB, Movary, Yamtrack, MovieRec): its ratings from 4 of 5 are "
        "likes, up to 2 of 5 not for the visitor, and all of them seen; the visitor can undo it. What exists stays "
        "as it is; the same file a second time changes nothing."
    )
    examples = (
        "manage.py import_likes ratings.csv",
        "manage.py import_likes mine.csv --user anna --json",
        "manage.py import_likes letterboxd-anna.zip --user anna",
    )
    exit_codes = {0: "done; rows that cannot be used are reported and do not count as a failure"}

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file with headers, or the export of a film site")
        parser.add_argument("--user", metavar="NAME", help="the visitor who gets all the likes of the file")
        parser.add_argument(
            "--create-users", action="store_true", help="make accounts that cannot log in for visitors who have none"
        )
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, file: Path, verbosity: int, create_users: bool, **options: Any) -> None:
        progress = Progress(self.note)
        visitor = _visitor(options["user"])
        try:
            if is_known(file, file.name):
                return self._bring_in(file, visitor, progress, as_json=options["json"])
            report = import_likes(file, user=visitor, create_users=create_users, progress=progress)
        except Unreadable as problem:
            raise CommandError(f"{file}: {problem}") from problem
        except KeyboardInterrupt as stop:
            raise CommandError(
                _("Stopped after %(rows)d rows, which are kept. Run the command again to bring in the rest.")
                % {"rows": progress.done},
                returncode=STOPPED,
            ) from stop
        if options["json"]:
            self.answer(_as_json(report))
        else:
            self.say(_words(report, everything=verbosity > 1))
        return None

    def _bring_in(self, file: Path, visitor: User | None, progress: Progress, *, as_json: bool) -> None:
        """The export of a film site: everything that it says goes to one visitor."""
        if visitor is None:
            raise CommandError(_("This is the export of one visitor. Say whose, with --user."))
        history = bring_in(file, visitor, progress)
        if as_json:
            self.answer(as_data(history))
        else:
            self.say(as_words(history))


def _as_json(report: LikeReport) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "added": report.added,
        "already": report.already,
        "below_4_stars": report.not_liked,
        "visitors_created": report.visitors_created,
        "films_unknown": {name.strip("“”"): rows.rows for name, rows in report.films_unknown.items()},
        "visitors_unknown": {name.strip("“”"): rows.rows for name, rows in report.visitors_unknown.items()},
        "rejected": remarks_for_programs(report.rejected),
    }


def _visitor(name: str | None) -> User | None:
    if name is None:
        return None
    user = User.objects.filter(username=name).first() or User.objects.filter(username__iexact=name).first()
    if user is None:
        raise CommandError(
            _("There is no visitor “%(name)s”. Sign up with this name on the site, or add the account in the admin.")
            % {"name": name}
        )
    return user


def _words(report: LikeReport, *, everything: bool) -> str:
    lines = [_("Read as: %(kind)s") % {"kind": report.kind}]
    lines += remarks(_("Rejected"), report.rejected, everything=everything)
    lines += _strangers(_("Films that the catalogue does not have"), report.films_unknown, everything=everything)
    lines += _strangers(_("Visitors without an account"), report.visitors_unknown, everything=everything)
    if report.visitors_unknown:
        lines.append(_("  (--create-users makes accounts that cannot log in)"))
    if report.visitors_created:
        lines.append(
            ngettext("%(count)d visitor created", "%(count)d visitors created", report.visitors_created)
            % {"count": report.visitors_created}
        )
    unmatched = rows_of(report.films_unknown.values()) + rows_of(report.visitors_unknown.values())
    lines.append(
        _(
            "%(added)d likes added, %(already)d there already, %(below)d rows below 4 stars, "
            "%(unmatched)d not matched, %(rejected)d rejected"
        )
        % {
            "added": report.added,
            "already": report.already,
            "below": report.not_liked,
            "unmatched": unmatched,
            "rejected": report.rejected.count,
        }
    )
    return "\n".join(lines)


def _strangers(heading: str, found: dict[str, Unmatched], *, everything: bool) -> list[str]:
    """What could not be matched, most rows first, with the first of their lines."""
    if not found:
        return []
    ranked = sorted(found.items(), key=lambda item: (-item[1].rows, item[1].lines))
    shown = ranked if everything else ranked[:SHOWN]
    lines = [f"{heading} ({len(found)}):"]
    for name, rows in shown:
        numbers = ", ".join(map(str, rows.lines)) + (", …" if rows.rows > len(rows.lines) else "")
        lines.append(
            ngettext("  %(name)s: line %(lines)s", "  %(name)s: %(count)d rows (lines %(lines)s)", rows.rows)
            % {"name": name, "count": rows.rows, "lines": numbers}
        )
    if len(ranked) > len(shown):
        lines.append(_("  and %(count)d more (-v 2 shows them)") % {"count": len(ranked) - len(shown)})
    return lines
