"""The films of a model version on disk, for all workers to share: written by whoever read them from the database.

The database stays the truth. A snapshot knows the revision it was taken at; what changed later is read on top of it.
One that is missing or damaged costs time and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Exists, OuterRef

from catalog.models import Movie
from recommender import pgvector
from recommender.columns import Ids, read_columns
from recommender.corpus import film_records
from recommender.ml import mapped
from recommender.ml.lexical import word_counts
from recommender.ml.mapped import Arrays, Unreadable
from recommender.ml.postings import Draft, Postings
from recommender.ml.records import FilmRecord
from recommender.models import Embedding, ModelVersion

log = logging.getLogger(__name__)

SPARE = 0.02  # room for new films, as a share of those that are there
_FILMS, _WORDS = "films", "words"
_FEW_DIFFER = 0.2  # share of the films that are read again before all of them are


@dataclass(frozen=True)
class Snapshot:
    """Arrays at one revision, on disk or, where nothing can be written, in memory."""

    revision: int
    arrays: Callable[[], Arrays]  # for the caller alone: what they write is seen by nobody else


def films(version: ModelVersion, *, newer_than: int = -1) -> Snapshot:
    """The version's films: from disk, or read from the database and then written for the other workers."""
    return _read(version, _FILMS, newer_than) or _keep(version, _FILMS, *_films_now(version))


def words(version: ModelVersion) -> Snapshot:
    """The films' ids and words, likewise; where it has none, another one's, as words are the same in all."""
    return _read(version, _WORDS) or _borrowed(version) or _keep(version, _WORDS, *_words_now(version))


class WordsDraft:
    """Collects the words of all films, from a refresh that reads them anyway or on its own."""

    def __init__(self, version: ModelVersion) -> None:
        self._version = version
        self._started_at = _revision(version)
        self._ids: list[int] = []
        self._draft = Draft()

    def add(self, films: Iterable[tuple[int, FilmRecord]]) -> None:
        """The next films, by ascending id."""
        for film, record in films:
            self._ids.append(film)
            self._draft.add(word_counts(record))

    def read_all(self) -> WordsDraft:
        """Read every film of the catalogue."""
        for films in film_records(Movie.objects.all()):
            self.add(films)
        return self

    def finished(self, own: Collection[int] = ()) -> tuple[int, Arrays]:
        """The revision and arrays of a snapshot.

        What others changed meanwhile was perhaps read before, so workers read it `again`; `own` are the revisions that
        the refresh itself wrote.
        """
        revision = _revision(self._version)
        changed = Embedding.objects.of(self._version).filter(revision__gt=self._started_at).exclude(revision__in=own)
        again = np.array(sorted(changed.values_list("movie_id", flat=True)), np.int64)
        ids = np.array(self._ids, np.int64)
        return revision, {"ids": ids, "again": again, **self._draft.postings().arrays()}


def take(version: ModelVersion, words: WordsDraft, own: Collection[int]) -> None:
    """Write both snapshots as of now, so that no worker has to; one that is up to date already stays.

    Where the database searches, no worker asks for all films.
    """
    revision = _revision(version)
    if not pgvector.is_chosen() and max(map(_taken_at, _folders(version, _FILMS)), default=-1) < revision:
        _keep(version, _FILMS, *_films_now(version))
    if max(map(_taken_at, _folders(version, _WORDS)), default=-1) < revision:
        _keep(version, _WORDS, *words.finished(own))


def words_of(snapshot: Snapshot) -> tuple[Ids, Ids, Postings]:
    """The film ids, ascending; those of them that are to be read again; and the words."""
    arrays = snapshot.arrays()
    return arrays["ids"], arrays["again"], Postings.from_arrays(arrays)


def _folders(version: ModelVersion, kind: str) -> list[Path]:
    return list((Path(settings.INDEX_DIR) / version.name).glob(f"{kind}-*"))


def _taken_at(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _revision(version: ModelVersion) -> int:
    """The revision before anything is read: whatever changes meanwhile is read once more, and nothing is missed."""
    return int(ModelVersion.objects.values_list("revision", flat=True).get(pk=version.pk))


def _borrowed(version: ModelVersion) -> Snapshot | None:
    """Another version's words, with the films to read again: those whose record is not the one that was read for it.

    A host that another one trained for would otherwise read every film when the new version comes.
    """
    for other in ModelVersion.objects.exclude(pk=version.pk):
        if (kept := _read(other, _WORDS)) is None:
            continue
        revision = _revision(version)
        known = Embedding.objects.of(other).filter(revision__lte=kept.revision).exclude(fingerprint="")
        same = known.filter(movie=OuterRef("movie"), fingerprint=OuterRef("fingerprint"))
        differ = Embedding.objects.of(version).filter(~Exists(same)).values_list("movie_id", flat=True)
        again = np.fromiter(differ.iterator(), np.int64)
        if len(again) <= _FEW_DIFFER * len(kept.arrays()["ids"]):
            return Snapshot(revision, partial(_with_again, kept, again))
    return None


def _with_again(kept: Snapshot, again: Ids) -> Arrays:
    arrays = kept.arrays()
    return {**arrays, "again": np.union1d(arrays["again"], again)}


def _words_now(version: ModelVersion) -> tuple[int, Arrays]:
    return WordsDraft(version).read_all().finished()


def _films_now(version: ModelVersion) -> tuple[int, Arrays]:
    return _revision(version), read_columns(version, spare=SPARE).arrays()


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
        kept = mapped.read(folder)
    except (OSError, Unreadable) as problem:  # no room, or whoever wrote a newer one took this one away
        log.warning("The snapshot stays in this worker's memory alone: %s", problem)
        return Snapshot(revision, lambda: {name: array.copy() for name, array in arrays.items()})
    for other in older:
        if other != folder:
            mapped.remove(other)
    return Snapshot(revision, kept.arrays)


def _check(facts: Mapping[str, Any], version: ModelVersion) -> None:
    """Refuse a snapshot of another database, which may use the same names. Raises Unreadable."""
    if facts.get("version") != _identity(version) or not 0 <= int(facts.get("revision", -1)) <= _revision(version):
        raise Unreadable(f"{version.name} was another version, or the database an older one, when it was taken")


def _identity(version: ModelVersion) -> str:
    return f"{version.pk} {version.name} {version.created_at.isoformat()}"
