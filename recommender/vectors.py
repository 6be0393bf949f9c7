"""Film vectors in the database: encode films with a trained model, keep the blobs fresh, read them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from numpy.typing import NDArray

from catalog.models import Movie
from recommender import model_files
from recommender.corpus import CHUNK, film_records
from recommender.ml.encoder import Encoder
from recommender.ml.records import FilmRecord
from recommender.models import Embedding, ModelVersion

_BLOB = np.dtype("<f4")


@dataclass(frozen=True)
class Refreshed:
    """What one refresh did: films looked at, vectors (re)computed, and the revisions that it wrote."""

    films: int
    computed: int
    revisions: tuple[int, ...] = ()


def pack(vector: NDArray[np.float32]) -> bytes:
    """A vector as a blob of little-endian float32 values."""
    return np.ascontiguousarray(vector, _BLOB).tobytes()


def unpack(blobs: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
    """Blobs as a matrix (n, dimension). A blob of another size or with a value that is no number becomes a zero row."""
    size = dimension * _BLOB.itemsize
    sound = [blob if len(blob) == size else bytes(size) for blob in blobs]
    matrix = np.frombuffer(b"".join(sound), _BLOB).reshape(len(sound), dimension).astype(np.float32)
    matrix[~np.isfinite(matrix).all(axis=1)] = 0
    return matrix


def encoder_of(version: ModelVersion) -> Encoder:
    """The version's encoder, kept in memory: reading it from disk costs more than encoding a film."""
    return _encoder(version.folder, version.checksum, version.pk)


@lru_cache(maxsize=2)
def _encoder(folder: Path, checksum: str, version_id: int) -> Encoder:
    return model_files.load(ModelVersion(pk=version_id, name=folder.name, checksum=checksum))


def refresh(
    version: ModelVersion,
    *,
    every: bool = False,
    passing: Callable[[list[tuple[int, FilmRecord]]], None] = lambda films: None,
    progress: Callable[[Refreshed], None] = lambda done: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Refreshed:
    """Compute the vectors that are missing or stale (or every one). Stopping loses nothing: the next call goes on.

    `passing` gets to see all films as they are read, by ascending id.
    """
    done = Refreshed(0, 0)
    revisions: list[int] = []
    for films in film_records(Movie.objects.all()):
        if should_stop():
            break
        known = {} if every else _fingerprints(version, films)
        read = [(pk, record, record.fingerprint()) for pk, record in films]
        stale = [film for film in read if known.get(film[0]) != film[2]]
        if stale:
            revisions.append(_write(version, stale))
        passing(films)
        done = Refreshed(done.films + len(films), done.computed + len(stale), tuple(revisions))
        progress(done)
    return done


def embed(movie_ids: Iterable[int], version: ModelVersion) -> None:
    """Compute the vectors of these films now, whatever their fingerprints say."""
    ids = list(movie_ids)
    for start in range(0, len(ids), CHUNK):
        for films in film_records(Movie.objects.filter(pk__in=ids[start : start + CHUNK])):
            _write(version, [(pk, record, record.fingerprint()) for pk, record in films])


def keep_up(movie_ids: Iterable[int], version: ModelVersion) -> None:
    """Compute the vectors of changed films where their words changed; of the others workers read the facts anew."""
    ids = list(movie_ids)
    for start in range(0, len(ids), CHUNK):
        for films in film_records(Movie.objects.filter(pk__in=ids[start : start + CHUNK])):
            known = _fingerprints(version, films)
            marked = [(pk, record, record.fingerprint()) for pk, record in films]
            stale = [film for film in marked if known.get(film[0]) != film[2]]
            if stale:
                _write(version, stale)
            same = [pk for pk, _record, fingerprint in marked if known.get(pk) == fingerprint]
            with transaction.atomic():
                rows = Embedding.objects.of(version).filter(movie__in=_locked(same))
                rows.update(revision=next_revision(version), updated_at=timezone.now())


def next_revision(version: ModelVersion) -> int:
    """Count one more change of the version's vectors; call it in the transaction that changes them."""
    ModelVersion.objects.filter(pk=version.pk).update(revision=F("revision") + 1)
    return ModelVersion.objects.values_list("revision", flat=True).get(pk=version.pk)


def _locked(movie_ids: Iterable[int]) -> list[int]:
    """Those of the films that still exist, locked before the version is, as whoever deletes a film does, too."""
    films = Movie.objects.select_for_update(no_key=True).filter(pk__in=movie_ids).order_by("pk")
    return list(films.values_list("pk", flat=True))


def _fingerprints(version: ModelVersion, films: Sequence[tuple[int, FilmRecord]]) -> dict[int, str]:
    rows = Embedding.objects.of(version).filter(movie__in=[pk for pk, _ in films])
    return dict(rows.values_list("movie_id", "fingerprint"))


def _write(version: ModelVersion, films: Sequence[tuple[int, FilmRecord, str]]) -> int:
    """Encode films, each with its fingerprint, store their vectors in one transaction, and give their revision."""
    ids = [pk for pk, _, _ in films]
    vectors = encoder_of(version).encode([record for _, record, _ in films], ids)
    with transaction.atomic():
        # Somebody may have deleted a film while it was encoded; a vector of nothing must not appear.
        alive = set(_locked(ids))
        revision = next_revision(version)
        Embedding.objects.bulk_create(
            [
                Embedding(
                    movie_id=pk,
                    version=version,
                    vector=pack(vector),
                    fingerprint=fingerprint,
                    revision=revision,
                    updated_at=timezone.now(),
                )
                for (pk, _, fingerprint), vector in zip(films, vectors, strict=True)
                if pk in alive
            ],
            update_conflicts=True,
            unique_fields=["movie", "version"],
            update_fields=["vector", "fingerprint", "revision", "updated_at"],
        )
    return revision
