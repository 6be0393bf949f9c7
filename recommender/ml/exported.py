"""What a training learns from, in memory or as a folder that needs no database: films as features, likes as pairs.

The folder holds plain arrays and a manifest (`mapped.py`): it is written in one step, has a checksum for each file, and
is mapped into memory, so that a training holds no more of it than a step looks at. docs/training-elsewhere.md lists
its files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from . import mapped
from .batches import Likes
from .features import FeatureConfig, FeatureSpace
from .files import draft_folder
from .records import FilmRecord
from .sparse import Ints, SparseRows

FORMAT = 1
_KIND = "training export"
_AT_ONCE = 2000  # films whose features are held as Python objects


class ExportError(Exception):
    """A folder cannot be read or written as a training's data; the message names the cure."""


@dataclass(frozen=True)
class TrainingData:
    """n films as rows of features, with their ids in the catalogue, and who likes which row.

    `fingerprint` is a SHA-256 of it all: the same data and settings give the same model.
    """

    space: FeatureSpace
    rows: SparseRows
    likes: Likes
    film_ids: Ints
    fingerprint: str

    def __post_init__(self) -> None:
        if len(self.likes) and self.likes.films.max() >= len(self.rows):
            raise ValueError(f"a like names film row {self.likes.films.max()}, but there are {len(self.rows)} films")

    @classmethod
    def of(cls, records: Sequence[FilmRecord], likes: Likes, config: FeatureConfig | None = None) -> Self:
        """Films and likes that fit into memory; their ids are their rows."""
        space = FeatureSpace.fit(records, config)
        digest = _Digest()
        for row, record in enumerate(records):
            digest.film(row, record)
        return cls(space, space.rows(records), likes, np.arange(len(records)), digest.of(likes))


def write(
    folder: Path,
    films: Iterable[tuple[int, FilmRecord]],
    likes: Iterable[NDArray[np.int64]],
    config: FeatureConfig | None = None,
) -> dict[str, int]:
    """Write the folder and tell how many films and likes are in it.

    `films` come by ascending id and are read once, `likes` in chunks (n, 2) of a visitor's and a film's id; those of
    other films are left out, and visitors get new numbers. Raises ExportError where something else is in the way.
    """
    if folder.exists() and not _is_export(folder):
        raise ExportError(f"{folder} exists and is no training export: choose another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with draft_folder(folder.parent) as scratch:
        spool = _Spool(scratch / "films")
        digest, ids = _Digest(), []
        for film, record in spool.filled(films):
            digest.film(film, record)
            ids.append(film)
        space = FeatureSpace.fit(spool, config)
        arrays = _rows_on_disk(space, spool, scratch)
        film_ids = np.array(ids, np.int64)
        liked = _likes_of(likes, film_ids)
        arrays |= {"film_ids": film_ids, "idf": space.idf, "visitors": liked.visitors, "liked": liked.films}
        counts = {"films": len(ids), "likes": len(liked)}
        facts = {"kind": _KIND, "version": FORMAT, **counts}
        mapped.write(folder, arrays, facts | {"vocabulary": space.to_json(), "fingerprint": digest.of(liked)})
    return counts


def read(folder: Path) -> TrainingData:
    """Check the folder and map it. Raises ExportError."""
    try:
        found = mapped.read(folder)
        if (found.facts.get("kind"), found.facts.get("version")) != (_KIND, FORMAT):
            raise mapped.Unreadable(f"{folder} is no training export of version {FORMAT}")
        arrays, facts = found.arrays(), found.facts
        space = FeatureSpace.from_parts(facts["vocabulary"], arrays["idf"])
        rows = SparseRows(arrays["indptr"], arrays["indices"], arrays["values"], len(space))
        return TrainingData(
            space, rows, Likes(arrays["visitors"], arrays["liked"]), arrays["film_ids"], facts["fingerprint"]
        )
    except (mapped.Unreadable, KeyError, TypeError, ValueError) as problem:
        raise ExportError(
            f"The training export cannot be used ({problem}): write it anew with manage.py export_training, "
            "with the same version of MovieRec as here."
        ) from problem


def _is_export(folder: Path) -> bool:
    """Whether a folder is ours to replace: an export, damaged or not, or an empty folder."""
    if not folder.is_dir():
        return False
    try:
        facts = json.loads((folder / "manifest.json").read_text("utf-8"))["facts"]
    except FileNotFoundError:
        return not any(folder.iterdir())
    except (OSError, KeyError, TypeError, ValueError):
        return False
    return isinstance(facts, dict) and facts.get("kind") == _KIND


class _Digest:
    """SHA-256 of films and likes, in their order."""

    def __init__(self) -> None:
        self._films = hashlib.sha256()

    def film(self, film: int, record: FilmRecord) -> None:
        self._films.update(f"{film} {record.fingerprint()}\n".encode())

    def of(self, likes: Likes) -> str:
        """The digest of the films so far together with the likes."""
        whole = self._films.copy()
        for numbers in (likes.visitors, likes.films):
            whole.update(numbers.astype("<i8").tobytes())
        return whole.hexdigest()


class _Spool(Collection[FilmRecord]):
    """Films as lines of a temporary file: read once from where they come from, and as often as wanted from there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0

    def filled(self, films: Iterable[tuple[int, FilmRecord]]) -> Iterator[tuple[int, FilmRecord]]:
        """Write the films down while they pass."""
        with self._path.open("w", encoding="utf-8") as file:
            for film, record in films:
                file.write(json.dumps(asdict(record)) + "\n")
                self._count += 1
                yield film, record

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[FilmRecord]:
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                yield FilmRecord(**{name: _immutable(value) for name, value in json.loads(line).items()})

    def __contains__(self, film: object) -> bool:
        return any(film == other for other in self)


def _immutable(value: Any) -> Any:
    return tuple(map(_immutable, value)) if isinstance(value, list) else value


def _rows_on_disk(space: FeatureSpace, films: Iterable[FilmRecord], scratch: Path) -> dict[str, NDArray[Any]]:
    """The films' rows as arrays in files, made a few films at a time."""
    lengths, films = [np.zeros(1, np.int64)], iter(films)
    with (scratch / "indices").open("wb") as indices, (scratch / "values").open("wb") as values:
        while some := list(islice(films, _AT_ONCE)):
            rows = space.rows(some)
            lengths.append(rows.lengths())
            rows.indices.astype(np.int32).tofile(indices)
            rows.values.astype(np.float32).tofile(values)
    indptr = np.cumsum(np.concatenate(lengths))
    kinds = {"indices": np.int32, "values": np.float32}
    return {"indptr": indptr} | {name: _mapped(scratch / name, kind) for name, kind in kinds.items()}


def _mapped(path: Path, kind: type[Any]) -> NDArray[Any]:
    return np.memmap(path, kind, "r") if path.stat().st_size else np.zeros(0, kind)


def _likes_of(chunks: Iterable[NDArray[np.int64]], film_ids: Ints) -> Likes:
    """Likes of these films as rows, visitors numbered by ascending id."""
    kept = [np.zeros((0, 2), np.int64), *(chunk[np.isin(chunk[:, 1], film_ids)] for chunk in chunks)]
    pairs = np.concatenate(kept)
    visitors = np.unique(pairs[:, 0], return_inverse=True)[1]
    return Likes(visitors.astype(np.int32), np.searchsorted(film_ids, pairs[:, 1]).astype(np.int32))
