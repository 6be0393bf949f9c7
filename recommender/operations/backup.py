"""Saves the site in one file: database, trained models, uploaded files."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Like, Movie
from recommender import model_files
from recommender.ml.files import draft_folder, sweep
from recommender.models import ModelPiece, ModelVersion
from recommender.operations import databases
from recommender.operations.archives import Writer, files_below, writing
from recommender.operations.databases import DumpError
from recommender.operations.places import uploads

PATTERN = "movierec-*.tar.gz"


class CannotSave(Exception):
    """No backup could be written; the message names the cure."""


@dataclass(frozen=True)
class Saved:
    """What a backup holds."""

    path: Path
    content: int  # bytes before packing
    films: int
    likes: int
    models: list[str]
    uploads: int


def save(
    target: Path | None = None,
    *,
    all_models: bool = False,
    force: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Saved:
    """Write a backup, consistent while the site goes on. `target` is a file, or a folder to put a dated one in.

    Raises CannotSave. The file is whole or absent.
    """
    path = _path(target, force=force)
    try:
        sweep(path.parent)
        with draft_folder(path.parent, private=True) as room, writing(path, room) as archive:
            return _fill(archive, path, room, all_models=all_models, progress=progress)
    except (DumpError, DatabaseError) as problem:
        raise CannotSave(str(problem)) from problem
    except OSError as problem:
        raise CannotSave(
            _("%(file)s cannot be written (%(problem)s). Free some space, or name another place.")
            % {"file": path, "problem": problem.strerror}
        ) from problem


def drop_old(folder: Path, keep: int) -> list[Path]:
    """Remove the oldest dated backups of a folder beyond `keep` of them."""
    old = sorted(folder.glob(PATTERN))[:-keep]
    for path in old:
        path.unlink()
    return old


def newest(folder: Path) -> Path | None:
    """The newest dated backup of a folder."""
    return max(folder.glob(PATTERN), default=None)


def _path(target: Path | None, *, force: bool) -> Path:
    folder = settings.BACKUP_DIR
    if target is not None and not target.is_dir():
        if target.exists() and not force:
            raise CannotSave(_("%(file)s exists. Name another file, or add --force.") % {"file": target})
        if not target.parent.is_dir():
            raise CannotSave(_("There is no folder %(folder)s. Make it first.") % {"folder": target.parent})
        return target
    folder = target or folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotSave(
            _("The folder %(folder)s cannot be made (%(problem)s). Set BACKUP_DIR, or name a file.")
            % {"folder": folder, "problem": problem.strerror}
        ) from problem
    return Path(folder) / f"movierec-{timezone.now():%Y%m%d-%H%M%S-%f}.tar.gz"


def _fill(archive: Writer, path: Path, room: Path, *, all_models: bool, progress: Callable[[int, int], None]) -> Saved:
    """The database comes first: what is uploaded later is then a file too many, never one too few."""
    before = ModelVersion.objects.active()
    name = databases.NAMES[databases.vendor()]
    databases.dump(room / name, without=[ModelPiece._meta.db_table])  # each model is in the backup once, as files
    wanted = {version for version in (before, ModelVersion.objects.active()) if version}
    if all_models:
        wanted.update(ModelVersion.objects.all())
    models = sorted(version.name for version in wanted if model_files.is_here(version))
    files = [(f"database/{name}", room / name), *_files(models)]
    for done, (inside, file) in enumerate(files, 1):
        try:
            archive.add(inside, file)
        except FileNotFoundError:
            if not inside.startswith(tuple(uploads())):  # a picture may be replaced meanwhile; a model is not
                raise
        progress(done, len(files))
    films, likes = Movie.objects.count(), Like.objects.count()
    archive.finish(
        {
            "made": timezone.now().isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "django": django.get_version(),
            "database": databases.vendor(),
            "migrations": databases.applied_migrations(),
            "films": films,
            "likes": likes,
            "models": models,
        }
    )
    handed_in = sum(inside.startswith(tuple(uploads())) for inside in archive.files)
    return Saved(path, sum(facts["size"] for facts in archive.files.values()), films, likes, models, handed_in)


def _files(models: list[str]) -> Iterator[tuple[str, Path]]:
    """Names in the backup and the files behind them."""
    for model in models:
        folder = settings.MODELS_DIR / model
        for path in files_below(folder):
            yield f"models/{model}/{path.relative_to(folder).as_posix()}", path
    for part, folder in uploads().items():
        for path in files_below(folder):
            yield f"{part}/{path.relative_to(folder).as_posix()}", path
