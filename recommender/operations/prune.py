"""Finds what nobody needs any more, and removes it when told to."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from catalog.models import CatalogueImport, FilePiece
from jobs.models import Job
from recommender.ml.artifacts import MANIFEST
from recommender.models import Embedding, ModelVersion, Night, Shown
from recommender.operations import archives
from recommender.operations.places import named_in_database, size_of, uploads
from recommender.operations.restore import ROOM, drafts
from recommender.pgvector import table

YOUNG = timedelta(days=1)  # files younger than this may belong to work that is going on
_AT_ONCE = 2000  # rows deleted in one transaction, so that the site can write in between


@dataclass(frozen=True)
class Find:
    """Something that can go: what it is, which ones, how many bytes of files, and how to remove it."""

    kind: str
    words: str
    names: list[str]
    bytes: int
    remove: Callable[[], None]


def look(*, keep: int = 3, days: int = 30) -> list[Find]:
    """What can go: versions beyond the newest `keep`, and what finished or was left more than `days` ago.

    The active version and the one before it always stay.
    """
    before = timezone.now() - timedelta(days=days)
    finds = [
        _versions(keep),
        _model_folders(),
        _index(),
        _tables(),
        _checkpoint(before.timestamp()),
        _uploads(),
        _leftovers(before.timestamp()),
    ]
    finds += [
        _rows(
            "sessions",
            _("expired sessions"),
            Session.objects.filter(expire_date__lt=timezone.now()),
            shown="expire_date",
        ),
        _rows(
            "jobs",
            _("finished jobs"),
            Job.objects.exclude(pk__in=Job.objects.unfinished()).filter(finished_at__lt=before),
        ),
        _rows(
            "waiting_files",
            _("pieces of uploaded files that nothing waits for"),
            FilePiece.objects.filter(created_at__lt=timezone.now() - YOUNG).exclude(
                name__in=CatalogueImport.objects.values("file")
            ),
        ),
        _rows("task_results", _("results of tasks"), DBTaskResult.objects.finished().filter(finished_at__lt=before)),
        _rows(
            "imports",
            _("records of old imports, which can be undone no more then"),
            CatalogueImport.objects.filter(Q(applied_at__lt=before) | Q(undone_at__lt=before)).exclude(
                state=CatalogueImport.State.APPLYING
            ),
        ),
        _rows("nights", _("movie nights that are over"), Night.objects.over()),
        _rows("shown", _("days on which films were shown, over a year ago"), Shown.objects.before(_a_year_ago())),
    ]
    return [find for find in finds if find.names]


def _a_year_ago() -> date:
    return timezone.localdate() - timedelta(days=365)


def _versions(keep: int) -> Find:
    """Old versions; the one that was active before is where a roll-back goes."""
    versions = list(ModelVersion.objects.all())
    resting = [version for version in versions if not version.is_active]
    before = max((version for version in resting if version.activated_at), key=_activated, default=None)
    old = [version for version in versions[keep:] if not version.is_active and version != before]

    def remove() -> None:
        for version in old:
            # Nobody may activate it meanwhile; then its row goes first: a folder without a row is only an orphan.
            with transaction.atomic():
                if not ModelVersion.objects.select_for_update().filter(pk=version.pk, is_active=False).exists():
                    continue
            _delete(Embedding.objects.of(version))
            ModelVersion.objects.filter(pk=version.pk, is_active=False).delete()
            for folder in (version.folder, Path(settings.INDEX_DIR) / version.name):
                shutil.rmtree(folder, ignore_errors=True)

    size = sum(size_of(version.folder) for version in old)
    return Find("versions", _("old model versions"), [version.name for version in old], size, remove)


def _activated(version: ModelVersion) -> float:
    return version.activated_at.timestamp() if version.activated_at else 0.0


def _model_folders() -> Find:
    """Trained models that no version names, as a training leaves them that was killed at the wrong moment."""
    root = settings.MODELS_DIR
    known = set(ModelVersion.objects.values_list("name", flat=True))
    found = [path.parent for path in sorted(root.glob(f"*/{MANIFEST}")) if path.parent.name not in known]
    return _paths("model_folders", _("model folders without a version"), [path for path in found if _is_old(path)])


def _index() -> Find:
    """What workers kept on disk of versions that are gone."""
    known = set(ModelVersion.objects.values_list("name", flat=True))
    root = Path(settings.INDEX_DIR)
    found = [path for path in sorted(root.iterdir()) if path.name not in known] if root.is_dir() else []
    return _paths("index", _("film indexes without a version"), [path for path in found if _is_old(path)])


def _tables() -> Find:
    """Tables that the database searched for versions that are gone."""
    names = table.without_version()
    return Find("vector_tables", _("tables of vectors without a version"), names, 0, lambda: _drop(names))


def _drop(names: list[str]) -> None:
    for name in names:
        table.drop(name)


def _checkpoint(before: float) -> Find:
    """What a stopped training would go on from; nobody goes on after so long."""
    found = [path for path in settings.MODELS_DIR.glob(".training*.safetensors") if path.stat().st_mtime < before]
    return _paths("checkpoints", _("checkpoints of stopped trainings"), found)


def _uploads() -> Find:
    found: list[Path] = []
    for folder in uploads().values():
        files = [path for path in archives.files_below(folder) if _is_old(path)]
        named = named_in_database(folder) if files else set()
        stems = {(path.parent, path.stem) for path in named}
        found += [path for path in files if path not in named and not _is_made_from(path, stems)]
    return _paths("uploads", _("uploaded files that nothing refers to"), found)


def _is_made_from(path: Path, stems: set[tuple[Path, str]]) -> bool:
    """Whether a file is another size of a picture that is in use: film.jpg and film-320.webp."""
    return any(path.stem.startswith(stem) for parent, stem in stems if parent in (path.parent, path.parent.parent))


def _leftovers(before: float) -> Find:
    """What was being written when its process was killed. A restore's holds the former state, so it stays a while."""
    rooms = [*Path(settings.VAR_DIR).glob(f"{ROOM}*"), *drafts()]
    found = [path for path in rooms if path.stat().st_mtime < before]
    roots = (settings.BACKUP_DIR, settings.MODELS_DIR, *Path(settings.INDEX_DIR).glob("*"))
    found += [path for root in roots for path in archives.leftovers(root) if _is_old(path)]
    return _paths("leftovers", _("leftovers of stopped backups and restores"), sorted(found))


def _is_old(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - YOUNG.total_seconds()
    except FileNotFoundError:
        return False


def _paths(kind: str, words: str, found: list[Path]) -> Find:
    def remove() -> None:
        for path in found:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    return Find(kind, words, [_short(path) for path in found], sum(map(size_of, found)), remove)


def _short(path: Path) -> str:
    root = Path(settings.VAR_DIR)
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _rows(kind: str, words: str, rows: models.QuerySet[models.Model], *, shown: str = "pk") -> Find:
    """Rows by their keys; those of sessions are secret, so a time stands for each."""
    names = [str(name) for name in rows.values_list(shown, flat=True)]
    return Find(kind, words, names, 0, lambda: _delete(rows))


def _delete(rows: models.QuerySet[models.Model]) -> None:
    while keys := list(rows.values_list("pk", flat=True)[:_AT_ONCE]):
        rows.model._default_manager.filter(pk__in=keys).delete()


def count(finds: Iterable[Find]) -> int:
    """How many things can go."""
    return sum(len(find.names) for find in finds)
