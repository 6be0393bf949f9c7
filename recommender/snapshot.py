"""The films of a model version on disk, for all workers to share: written by whoever read them from the database.

The database stays the truth. A snapshot knows the revision it was taken at; what changed later is read on top of it.
One that is missing or damaged costs time and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from catalog.models import Movie
from recommender.columns import Ids, read_columns
from recommender.corpus import film_records
from recommender.ml import mapped
from recommender.ml.lexical import word_counts
from recommender.ml.mapped import Arrays, Unreadable
from recommender.ml.postings import Postings
from recommender.models import ModelVersion

log = logging.getLogger(__name__)

SPARE = 0.02  # room for new films, as a share of those that are there
_FILMS, _WORDS = "films", "words"


@dataclass(frozen=True)
class Snapshot:
    """Arrays at one revision, on disk or, where nothing can be written, in memory."""

    revision: int
    arrays: Callable[[], Arrays]  # for the caller alone: what they write is seen by nobody else


def films(version: ModelVersion, *, newer_than: int = -1) -> Snapshot:
    """The version's films: from disk, or read from the database and then written for the other workers."""
    return _read(version, _FILMS, newer_than) or _keep(version, _FILMS, *_films_now(version))


def words(version: ModelVersion) -> Snapshot:
    """The films' ids and words, likewise."""
    return _read(version, _WORDS) or _keep(version, _WORDS, *_words_now(version))


def take(version: ModelVersion) -> None:
    """Write both snapshots as of now, so that no worker has to; one that is up to date already stays."""
    for kind, read in ((_FILMS, _films_now), (_WORDS, _words_now)):
        if max(map(_taken_at, _folders(version, kind)), default=-1) < _revision(version):
            _keep(version, kind, *read(version))


def words_of(snapshot: Snapshot) -> tuple[Ids, Postings]:
    """The film ids, ascending, and their words."""
    arrays = snapshot.arrays()
    return arrays["ids"], Postings.from_arrays(arrays)


def _folders(version: ModelVersion, kind: str) -> list[Path]:
    return list((Path(settings.INDEX_DIR) / version.name).glob(f"{kind}-*"))


def _taken_at(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _revision(version: ModelVersion) -> int:
    """The revision before anything is read: whatever changes meanwhile is read once more, and nothing is missed."""
    return int(ModelVersion.objects.values_list("revision", flat=True).get(pk=version.pk))


def _films_now(version: ModelVersion) -> tuple[int, Arrays]:
    return _revision(version), read_columns(version, spare=SPARE).arrays()


def _words_now(version: ModelVersion) -> tuple[int, Arrays]:
    revision = _revision(version)
    ids: list[int] = []

    def counts() -> Iterator[Mapping[str, int]]:
        for chunk in film_records(Movie.objects.all()):
            for film, record in chunk:
                ids.append(film)
                yield word_counts(record)

    postings = Postings.of(counts())
    return revision, {"ids": np.array(ids, np.int64), **postings.arrays()}


def _read(version: ModelVersion, kind: str, newer_than: int = -1) -> Snapshot | None:
    """The newest snapshot that can be read; others may write a newer one, and take this one away, meanwhile."""
    useful = [folder for folder in _folders(version, kind) if _taken_at(folder) > newer_than]
    for folder in sorted(useful, key=_taken_at, reverse=True):
        try:
            found = mapped.read(folder)
            _check(found.facts, version)
        except Unreadable as problem:
            log.warning("A snapshot is of no use: %s", problem)
            mapped.remove(folder)
        else:
            return Snapshot(_taken_at(folder), found.arrays)
    return None


def _keep(version: ModelVersion, kind: str, revision: int, arrays: Arrays) -> Snapshot:
    """Write a snapshot for everybody, and take the older ones away: who has them mapped keeps what they see."""
    older = _folders(version, kind)
    folder = Path(settings.INDEX_DIR) / version.name / f"{kind}-{revision}"
    try:
        mapped.write(folder, arrays, {"version": _identity(version), "revision": revision})
    except OSError as problem:
        log.warning("The snapshot stays in this worker's memory alone: %s", problem)
        return Snapshot(revision, lambda: {name: array.copy() for name, array in arrays.items()})
    for other in older:
        if other != folder:
            mapped.remove(other)
    return Snapshot(revision, mapped.read(folder).arrays)


def _check(facts: Mapping[str, Any], version: ModelVersion) -> None:
    """Refuse a snapshot of another database, which may use the same names. Raises Unreadable."""
    if facts.get("version") != _identity(version) or not 0 <= int(facts.get("revision", -1)) <= _revision(version):
        raise Unreadable(f"{version.name} was another version, or the database an older one, when it was taken")


def _identity(version: ModelVersion) -> str:
    return f"{version.pk} {version.name} {version.created_at.isoformat()}"
