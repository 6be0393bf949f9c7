"""Carries trained models to hosts: their files lie in the database, too, and are checked when they arrive.

A host reads a model from its folder in MODELS_DIR. Where that is missing, damaged or another model's, it is written
anew from the database, in one step; where hosts share the folder, nothing is ever carried.
"""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from recommender.ml import artifacts
from recommender.ml.artifacts import ArtifactError, DamagedArtifact, NoArtifact
from recommender.ml.encoder import Encoder
from recommender.ml.files import draft_folder, sha256, sweep
from recommender.models import ModelPiece, ModelVersion

Found = TypeVar("Found")

RETRY_AFTER = 60.0  # seconds; what cannot be brought must not cost every request a try

_again_at: dict[Path, float] = {}

log = logging.getLogger(__name__)


def load(version: ModelVersion) -> Encoder:
    """The version's encoder; its folder is brought here first where it is needed. Raises ArtifactError."""
    return _read(version, Encoder.load)


def manifest_of(version: ModelVersion) -> dict[str, Any]:
    """What the model says about itself, wherever it was trained. Raises ArtifactError."""
    return _read(version, artifacts.read_manifest)


def is_here(version: ModelVersion) -> bool:
    """Whether the version's folder is whole, after it was brought here if it was not."""
    try:
        _read(version, artifacts.check)
    except ArtifactError as problem:
        log.warning("A model is not here: %s", problem)
        return False
    return True


def store(version: ModelVersion) -> None:
    """Put the files of the version's folder into the database. Raises ArtifactError when the folder is not whole."""
    manifest = artifacts.check(version.folder, version.checksum)
    with transaction.atomic():
        # Two operators may activate the same version at once: one of them waits, and replaces the same pieces.
        ModelVersion.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
        version.pieces.all().delete()
        for name in (artifacts.MANIFEST, *manifest["files"]):
            with (version.folder / name).open("rb") as file:
                for number, content in enumerate(_pieces(file)):
                    ModelPiece.objects.create(version=version, file=name, number=number, content=content)
        version.checksum = sha256(version.folder / artifacts.MANIFEST)
        version.save(update_fields=["checksum"])


def store_missing() -> None:
    """Put into the database what only lies in folders here: of versions of older code, or after a backup came back."""
    for version in ModelVersion.objects.filter(pieces=None):
        try:
            store(version)
        except ArtifactError as problem:
            log.warning("A model stays out of the database: %s", problem)


def _read(version: ModelVersion, read: Callable[[Path, str], Found]) -> Found:
    try:
        return read(version.folder, version.checksum)
    except (NoArtifact, DamagedArtifact) as problem:
        _bring(version, problem)
    return read(version.folder, version.checksum)


def _bring(version: ModelVersion, problem: ArtifactError) -> None:
    """Write the version's folder from the database; raise the problem again where the database lacks it, too."""
    if time.monotonic() < _again_at.get(version.folder, 0.0):
        raise problem
    if not version.pieces.exists():
        _again_at[version.folder] = time.monotonic() + RETRY_AFTER
        raise problem
    root = Path(settings.MODELS_DIR)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root):
            if _is_whole(version):  # somebody else on this host was faster
                return
            sweep(root)
            with draft_folder(root) as draft:
                _write(version, draft)
                artifacts.check(draft, version.checksum)
                artifacts.replace(draft, version.folder)
    except ArtifactError:
        _again_at[version.folder] = time.monotonic() + RETRY_AFTER
        raise
    except OSError as trouble:
        _again_at[version.folder] = time.monotonic() + RETRY_AFTER
        raise DamagedArtifact(
            _("%(folder)s does not take the model %(name)s (%(problem)s). Free some space, or correct its owner.")
            % {"name": version, "folder": root, "problem": trouble.strerror}
        ) from trouble
    log.warning("The model %s was brought from the database: %s", version, problem)


def _is_whole(version: ModelVersion) -> bool:
    try:
        artifacts.check(version.folder, version.checksum)
    except ArtifactError:
        return False
    return True


def _write(version: ModelVersion, folder: Path) -> None:
    for file in version.pieces.order_by("file").values_list("file", flat=True).distinct():
        with (folder / Path(file).name).open("wb") as target:
            contents = version.pieces.filter(file=file).order_by("number").values_list("content", flat=True)
            target.writelines(contents.iterator(chunk_size=2))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file; of an empty one, one empty piece."""
    content = file.read(ModelPiece.SIZE)
    yield content
    while content := file.read(ModelPiece.SIZE):
        yield content


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process of this host writes folders, the others wait for it."""
    with (root / ".bringing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
