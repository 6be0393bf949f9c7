"""Saves the site in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from catalog.management.progress import Progress
from recommender.operations.backup import CannotSave, drop_old, save


class Command(SiteCommand):
    """Save, and keep the folder tidy."""

    help = (
        "Saves database, trained models and uploaded files in one file, as they are at one moment, while the site goes "
        "on. The file is written whole or not at all, and holds a checksum of everything in it. It contains the "
        "accounts: keep it private. Settings (.env) are not in it."
    )
    examples = (
        "manage.py backup",
        "manage.py backup /mnt/safe/movierec.tar.gz --force",
        "manage.py backup /mnt/safe/ --keep 14 -v 0",
    )
    exit_codes = {130: "stopped with Ctrl-C; no file is left"}

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="where to; in a folder it gets a dated name (default: BACKUP_DIR)"
        )
        parser.add_argument("--all-models", action="store_true", help="every trained version, not only the active one")
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")
        parser.add_argument("--keep", metavar="N", type=int, help="remove older dated backups beyond N of the folder")
        parser.add_argument("--json", action="store_true", help="the report as one JSON object for programs")

    def handle(self, *, file: Path | None, all_models: bool, force: bool, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError(_("--keep is at least 1."))
        try:
            saved = save(file, all_models=all_models, force=force, progress=Progress(self.note))
        except CannotSave as problem:
            raise CommandError(str(problem)) from problem
        removed = drop_old(saved.path.parent, keep) if keep else []
        size = saved.path.stat().st_size
        if options["json"]:
            self.answer({**vars(saved), "size": size, "removed": removed})
            return
        self.say(
            _("%(file)s: %(size)s with %(films)d films, %(likes)d likes, %(uploads)d uploads, models: %(models)s")
            % {
                "file": saved.path,
                "size": filesizeformat(size),
                "films": saved.films,
                "likes": saved.likes,
                "uploads": saved.uploads,
                "models": ", ".join(saved.models) or _("none"),
            }
        )
        for path in removed:
            self.say(_("Removed: %(file)s") % {"file": path})
