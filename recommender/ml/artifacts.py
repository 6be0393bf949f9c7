"""A trained model as a folder: whole or absent, self-describing, free of pickle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as arrays_as_bytes

from .features import FeatureSpace
from .files import draft_folder, sha256, sweep, sync_folder, write_through
from .history import plot_losses
from .sparse import Floats, Ints
from .tensors import map_arrays

if TYPE_CHECKING:
    from .training import Trained

FORMAT = 2
MANIFEST = "manifest.json"
_FOR_TRAINING = ("decoder", "logvar", "like_temperature", "subset_temperature", "nearness_temperature")
_VOCABULARY, _ENCODER, _DECODER, _PLOT = "vocabulary.json", "encoder.safetensors", "decoder.safetensors", "loss.svg"


class ArtifactError(Exception):
    """A model cannot be written or read; the message names the cure."""


class NoArtifact(ArtifactError):
    """There is no model where one was expected."""


class DamagedArtifact(ArtifactError):
    """Files are missing or are not those that were published."""


class UnknownFormat(ArtifactError):
    """The model was written by another version of the code."""


class NameTaken(ArtifactError):
    """A published model is never overwritten."""


@dataclass(frozen=True)
class Artifact:
    """A published model as read back; `arrays` are those of the encoder, `like_parts` belong to `film_ids`."""

    manifest: dict[str, Any]
    space: FeatureSpace
    arrays: dict[str, Floats]
    film_ids: Ints


def publish(
    root: Path,
    name: str,
    trained: Trained,
    *,
    film_ids: Sequence[int] | Ints,
    provenance: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Path:
    """Write the folder `root/name` in one step and give its path. Raises NameTaken.

    `film_ids` are the catalogue's ids of the records that were trained on, in their order.
    """
    if not name or name.startswith(".") or Path(name).name != name:
        raise ValueError(f"a model's name is a plain folder name, not {name!r}")
    if len(film_ids) != trained.n_films:
        raise ValueError(f"{len(film_ids)} film ids for {trained.n_films} films")
    root.mkdir(parents=True, exist_ok=True)
    sweep(root)
    with draft_folder(root) as draft:
        for file, content in _contents(trained, film_ids).items():
            write_through(draft / file, content)
        manifest = _manifest(draft, name, trained, provenance or {}, metrics or {})
        write_through(draft / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False).encode())
        sync_folder(draft)
        return _put_in_place(draft, root / name)


def unpublished(trained: Trained, film_ids: Sequence[int] | Ints) -> Artifact:
    """The same model without a folder, as evaluation uses it."""
    weights, _ = _parted(trained)
    return Artifact({}, trained.space, weights, np.asarray(film_ids, np.int64)[trained.expert.films])


def load(folder: Path, checksum: str = "") -> Artifact:
    """Read a published model back and check every file. Raises NoArtifact, DamagedArtifact, UnknownFormat."""
    manifest = check(folder, checksum)
    try:
        arrays = map_arrays(folder / _ENCODER)
        film_ids, idf = arrays.pop("film_ids"), arrays.pop("idf")
        space = FeatureSpace.from_parts(json.loads((folder / _VOCABULARY).read_text("utf-8")), idf)
    except (OSError, KeyError, TypeError, ValueError) as problem:
        raise DamagedArtifact(f"{folder} cannot be read ({problem}): restore the folder or train again.") from problem
    return Artifact(manifest, space, arrays, film_ids)


def check(folder: Path, checksum: str = "") -> dict[str, Any]:
    """The manifest, once every file is what was published. Raises NoArtifact, DamagedArtifact, UnknownFormat."""
    manifest = read_manifest(folder, checksum)
    for file, digest in manifest["files"].items():
        if not (folder / file).is_file() or sha256(folder / file) != digest:
            raise DamagedArtifact(f"{folder / file} is missing or changed: restore the folder or train again.")
    return manifest


def bring(source: Path, root: Path) -> Path:
    """Copy a model from elsewhere into the folder `root`, in one step. Raises ArtifactError."""
    root.mkdir(parents=True, exist_ok=True)
    with draft_folder(root) as draft:
        for file in (MANIFEST, *check(source)["files"]):
            write_through(draft / Path(file).name, (source / file).read_bytes())
        check(draft)
        return _put_in_place(draft, root / source.name)


def replace(draft: Path, folder: Path) -> None:
    """Put a whole folder in the place of a damaged one; whoever has its files mapped keeps what they see."""
    former = draft.with_name(f"{draft.name}-former")  # swept like a draft if this process dies now
    if folder.exists():
        folder.rename(former)
    draft.rename(folder)
    sync_folder(folder.parent)
    shutil.rmtree(former, ignore_errors=True)


def read_manifest(folder: Path, checksum: str = "") -> dict[str, Any]:
    """What a published model says about itself, if this is the one meant: `checksum` is that of its manifest.

    Raises NoArtifact, DamagedArtifact, UnknownFormat.
    """
    if not (folder / MANIFEST).is_file():
        raise NoArtifact(f"There is no model in {folder}: train one, or activate another version.")
    if checksum and sha256(folder / MANIFEST) != checksum:
        raise DamagedArtifact(f"{folder / MANIFEST} is changed: restore the folder or train again.")
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        version = manifest["format"]
    except (OSError, KeyError, TypeError, ValueError) as problem:
        raise DamagedArtifact(f"{folder / MANIFEST} cannot be read ({problem}): train again.") from problem
    if version != FORMAT:
        raise UnknownFormat(f"{folder} has format {version}, this code reads {FORMAT}: train again.")
    if not isinstance(manifest.get("files"), dict):
        raise DamagedArtifact(f"{folder / MANIFEST} does not list its files: train again.")
    found: dict[str, Any] = manifest
    return found


def _contents(trained: Trained, film_ids: Sequence[int] | Ints) -> dict[str, bytes]:
    """The files of a model; what serving does not need (decoder and variance) has a file of its own."""
    weights, decoder = _parted(trained)
    liked: NDArray[np.int64] = np.asarray(film_ids, np.int64)[trained.expert.films]
    return {
        _VOCABULARY: json.dumps(trained.space.to_json(), separators=(",", ":")).encode(),
        _ENCODER: arrays_as_bytes({**weights, "idf": trained.space.idf, "film_ids": liked}),
        _DECODER: arrays_as_bytes(decoder),
        _PLOT: plot_losses(trained.history).encode(),
    }


def _parted(trained: Trained) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """What serving needs, both experts' arrays, and the others."""
    weights = {name: np.ascontiguousarray(array) for name, array in trained.weights.items()}
    others = {name: weights.pop(name) for name in tuple(weights) if name.startswith(_FOR_TRAINING)}
    weights |= {"like_parts": trained.expert.parts, "expected": trained.expected}
    return weights, others


def _manifest(
    draft: Path, name: str, trained: Trained, provenance: Mapping[str, Any], metrics: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": asdict(trained.model_config),
        "training": asdict(trained.train_config),
        "provenance": {"films": trained.n_films, "likes": trained.n_likes, "seconds": trained.seconds, **provenance},
        "metrics": dict(metrics),
        "best_epoch": trained.best_epoch,
        "history": [epoch.to_json() for epoch in trained.history],
        "files": {path.name: sha256(path) for path in sorted(draft.iterdir())},
    }


def _put_in_place(draft: Path, folder: Path) -> Path:
    if folder.exists():
        raise NameTaken(f"{folder} exists, and a published model is never overwritten: choose another name.")
    draft.rename(folder)
    sync_folder(folder.parent)
    return folder
