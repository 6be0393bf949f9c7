"""Brings the site back from a backup: checked before anything is replaced, the former state kept until it is done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from recommender import index, model_files
from recommender.ml import artifacts
from recommender.ml.artifacts import ArtifactError
from recommender.ml.files import draft_folder, sweep
from recommender.operations import databases
from recommender.operations.archives import DamagedBackup, unpack
from recommender.operations.databases import NAMES, DumpError
from recommender.operations.places import size_of, uploads
from recommender.pipeline import NotReady, only_training

ROOM = ".restoring-"
DRAFT = ".restored-"


class CannotRestore(Exception):
    """Nothing was changed; the message names the cure."""


@dataclass(frozen=True)
class Restored:
    """What a backup brought back."""

    made: str
    films: int
    likes: int
    models: list[str]
    migrated: list[str]


def examine(path: Path) -> dict[str, Any]:
    """Check a backup without changing anything, and give its manifest. Raises CannotRestore."""
    with _unpacked(path) as (_folder, manifest):
        return manifest


def restore(path: Path, *, force: bool = False, say: Callable[[str], None] = lambda words: None) -> Restored:
    """Replace database, uploads and the backup's models by those of the backup. Raises CannotRestore.

    Until the backup is checked nothing is touched; if anything fails afterwards, everything is put back.
    """
    say(_("Checking the backup"))
    with _unpacked(path) as (folder, manifest), _alone():
        if not force and not (databases.is_empty() and not any(map(size_of, uploads().values()))):
            raise CannotRestore(
                _(
                    "This site has films, accounts or uploads, which would be replaced. "
                    "Save them with manage.py backup, then add --force."
                )
            )
        say(_("Replacing the site's data"))
        with _Swap(folder / "before") as swap:
            for model in manifest["models"]:
                swap.take(folder / "models" / model, settings.MODELS_DIR / model)
            for part, place in uploads().items():
                swap.take(folder / part, place)
            # What workers keep of another database would pass for this one's once their revisions meet.
            swap.take(folder / "index", Path(settings.INDEX_DIR))
            swap.load(folder / "database" / NAMES[manifest["database"]])
            migrated = databases.waiting_migrations()
            if migrated:
                say(_("Bringing the database up to date"))
                call_command("migrate", interactive=False, verbosity=0)
            model_files.store_missing()
        _tidy()
    index.forget()
    return Restored(manifest["made"], manifest["films"], manifest["likes"], manifest["models"], migrated)


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The checked content of a backup in a folder that is gone afterwards."""
    if not path.is_file():
        raise CannotRestore(_("There is no file %(file)s.") % {"file": path})
    try:
        with draft_folder(Path(settings.VAR_DIR), ROOM, private=True) as folder:
            manifest = unpack(path, folder)
            _check(manifest, folder)
            yield folder, manifest
    except (DamagedBackup, DumpError, ArtifactError, NotReady) as problem:
        raise CannotRestore(str(problem)) from problem
    except OSError as problem:
        raise CannotRestore(
            _("The backup cannot be unpacked (%(problem)s). Make sure that %(folder)s can be written and has space.")
            % {"problem": problem.strerror, "folder": settings.VAR_DIR}
        ) from problem


def _check(manifest: dict[str, Any], folder: Path) -> None:
    """Refuse what this code cannot serve, before anything is replaced."""
    unknown = sorted(set(manifest["migrations"]) - databases.known_migrations())
    if unknown:
        raise CannotRestore(
            _("The backup comes from a newer version of the code (it has %(name)s). Update the code first.")
            % {"name": unknown[0]}
        )
    databases.check(folder / "database" / NAMES.get(manifest["database"], ""), manifest["database"])
    for model in manifest["models"]:
        artifacts.load(folder / "models" / model)


def drafts() -> list[Path]:
    """What a restore that was killed had not put in place yet."""
    places = {Path(settings.VAR_DIR), Path(settings.MODELS_DIR), Path(settings.INDEX_DIR).parent}
    places |= {folder.parent for folder in uploads().values()}
    return sorted(path for place in places for path in place.glob(f"{DRAFT}*"))


def _tidy() -> None:
    """Remove what killed restores left: the former state that they kept is of no use once another one succeeded."""
    sweep(Path(settings.VAR_DIR), ROOM)
    for path in drafts():
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """No training and no second restore at the same time."""
    with only_training():
        yield


class _Swap:
    """Replaces folders and the database, and puts all of them back unless everything succeeded."""

    def __init__(self, aside: Path) -> None:
        self._aside = aside
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> _Swap:
        self._aside.mkdir()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: Any) -> None:
        if problem is not None:
            while self._undo:
                self._undo.pop()()
        shutil.rmtree(self._aside, ignore_errors=True)
        if isinstance(problem, Exception):
            raise CannotRestore(
                _("The backup could not be brought in (%(problem)s). Everything is as it was before.")
                % {"problem": problem}
            ) from problem

    def take(self, new: Path, place: Path) -> None:
        """Put a folder in its place; the one that was there goes aside."""
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{DRAFT}{place.name}.{os.getpid()}")
        if new.is_dir():
            shutil.move(new, draft)  # onto the same disk first, so that the last step is a rename
        else:
            draft.mkdir()
        former = self._aside / f"{len(self._undo)}-{place.name}"
        if place.exists():
            shutil.move(place, former)
        self._undo.append(lambda: self._back(former, place))
        draft.rename(place)

    def load(self, dump: Path) -> None:
        """Replace the database by a dump."""
        former = self._aside / dump.name
        databases.dump(former)
        self._undo.append(lambda: databases.load(former))
        databases.load(dump)

    @staticmethod
    def _back(former: Path, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)
        if former.exists():
            shutil.move(former, place)
