"""Writes the catalogue's films as CSV or JSON."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.exporting import FORMATS, export
from catalog.management.command import SiteCommand
from catalog.models import Movie


class Command(SiteCommand):
    """Parse, call, report."""

    help = (
        "Write all films as CSV or JSON, with people in their order, texts in all languages, ids, keywords, and "
        "whether they are published. import_movies reads the file back to the same catalogue. Cells that a "
        "spreadsheet would run as formulas get an apostrophe, which the import takes off again. Uploaded pictures are "
        "not in it: back up the media folder. Without FILE the films go to the standard output."
    )
    examples = ("manage.py export_movies films.csv", "manage.py export_movies --format json | gzip >films.json.gz")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="where to write; a file that is there is replaced")
        parser.add_argument("--format", choices=FORMATS, help="csv or json; else by the file's name, else csv")

    def handle(self, *, file: Path | None, **options: Any) -> None:
        named = file.suffix.lower().removeprefix(".") if file else ""
        kind = options["format"] or (named if named in FORMATS else "csv")
        pieces = export(Movie.objects.all(), kind)
        if file is None:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        try:
            count = _write(file, pieces)
        except OSError as problem:
            words = _("%(path)s cannot be written: %(reason)s.")
            raise CommandError(words % {"path": file, "reason": problem.strerror or problem}) from problem
        films = count - 1 if kind == "csv" else count - 2  # without the headers, or the brackets
        words = ngettext("%(count)d film written to %(path)s", "%(count)d films written to %(path)s", films)
        self.say(words % {"count": films, "path": file})


def _write(path: Path, pieces: Iterator[str]) -> int:
    """Write a file that is whole or absent, and count the pieces."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        count = 0
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            for piece in pieces:
                out.write(piece)
                count += 1
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return count
