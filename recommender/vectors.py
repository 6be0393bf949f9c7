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

from catalog.bulk import write_rows
from catalog.models import Movie
from catalog.services import hold
from recommender import model_files
from recommender.corpus import CHUNK, film_records
from recommender.ml.encoder import Encoder
from recommender.ml.records import FilmRecord
from recommender.models import Embedding, ModelVersion

_BLOB = np.dtype("<f4")
_OFF = 0.01  # that the square of a vector's length may be off one; rounding makes it off by a millionth
Marked = tuple[int, FilmRecord, str]  # a film's id, its record and the fingerprint of that


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
    """Blobs as a matrix (n, dimension), where a damaged one becomes a zero row."""
    return _checked(blobs, dimension)[0]


def damaged(blobs: Sequence[bytes], dimension: int) -> NDArray[np.bool_]:
    """Which blobs (n,) are not what was written."""
    return ~_checked(blobs, dimension)[1]


def _checked(blobs: Sequence[bytes], dimension: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The blobs as rows (n, dimension) and which of them (n,) are sound; the others are zero.

    A vector is unit, or zero, so its length is its checksum: what it does not notice is too small to matter.
    """
    size = dimension * _BLOB.itemsize
    fits = np.array([len(blob) == size for blob in blobs], bool)
    joined = b"".join(blob if here else bytes(size) for blob, here in zip(blobs, fits, strict=True))
    matrix = np.frombuffer(joined, _BLOB).reshape(len(blobs), dimension).astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):  # damaged numbers may be huge, or none at all
        squares = np.einsum("ij,ij->i", matrix, matrix)
        sound = fits & ((squares == 0) | (np.abs(squares - 1) < _OFF))
    matrix[~sound] = 0
    return matrix, sound


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
    before = _revision(version)  # from before the films are read: what somebody writes later is newer than our words
    for films in film_records(Movie.objects.all()):
        if should_stop():
            break
        stale = _stale(version, films, every=every)
        if stale:
            revisions.append(_write(version, stale, before))
        before = _revision(version)
        passing(films)
        done = Refreshed(done.films + len(films), done.computed + len(stale), tuple(revisions))
        progress(done)
    return done


def refresh_range(
    version: ModelVersion, first: int, last: int, *, every: bool, finish: Callable[[Refreshed], None]
) -> None:
    """The same for the films whose ids lie in a range; `finish` is called in the transaction that writes them all."""
    before = _revision(version)
    seen, stale, vectors = 0, [], []
    for films in film_records(Movie.objects.filter(pk__gte=first, pk__lte=last)):
        seen += len(films)
        if some := _stale(version, films, every=every):
            stale += some
            vectors.append(_encoded(version, some))
    with transaction.atomic():
        revisions = (_put(version, stale, np.concatenate(vectors), before),) if stale else ()
        finish(Refreshed(seen, len(stale), revisions))


def embed(movie_ids: Iterable[int], version: ModelVersion) -> None:
    """Compute the vectors of these films now, whatever their fingerprints say."""
    ids = list(movie_ids)
    encoder_of(version)  # reading it takes long, and must not keep others waiting
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            for films in film_records(Movie.objects.filter(pk__in=hold(ids[start : start + CHUNK]))):
                _write(version, [(pk, record, record.fingerprint()) for pk, record in films])


def keep_up(movie_ids: Iterable[int], version: ModelVersion) -> None:
    """Compute the vectors of changed films where their words changed; of the others workers read the facts anew."""
    ids = list(movie_ids)
    for start in range(0, len(ids), CHUNK):
        _follow(ids[start : start + CHUNK], version)


@transaction.atomic
def _follow(ids: Sequence[int], version: ModelVersion) -> None:
    """Of two people who save a film at once the later words win: what is read stays so until its vector is written."""
    for films in film_records(Movie.objects.filter(pk__in=hold(ids))):
        known = _fingerprints(version, films)
        marked = [(pk, record, record.fingerprint()) for pk, record in films]
        stale = [film for film in marked if known.get(film[0]) != film[2]]
        if stale:
            _write(version, stale)
        _tell_workers([pk for pk, _record, fingerprint in marked if known.get(pk) == fingerprint], version)


def catch_up(version: ModelVersion) -> None:
    """Follow what was saved while another version served, up to the very moment of the switch: words, then facts."""
    refresh(version)
    late = Embedding.objects.of(version).filter(updated_at__lt=F("movie__updated_at")).order_by("movie_id")
    ids = list(late.values_list("movie_id", flat=True))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _tell_workers(hold(ids[start : start + CHUNK]), version)


def _tell_workers(ids: Iterable[int], version: ModelVersion) -> None:
    """Let workers read the facts of these films anew."""
    rows = Embedding.objects.of(version).filter(movie__in=ids)
    rows.update(revision=next_revision(version), updated_at=timezone.now())


def next_revision(version: ModelVersion) -> int:
    """Count one more change of the version's vectors; call it in the transaction that changes them."""
    ModelVersion.objects.filter(pk=version.pk).update(revision=F("revision") + 1)
    return _revision(version)


def _revision(version: ModelVersion) -> int:
    return ModelVersion.objects.values_list("revision", flat=True).get(pk=version.pk)


def _stale(version: ModelVersion, films: Sequence[tuple[int, FilmRecord]], *, every: bool) -> list[Marked]:
    """Those of the films that need a new vector, each with the fingerprint of its words."""
    known = {} if every else _fingerprints(version, films)
    marked = [(pk, record, record.fingerprint()) for pk, record in films]
    return [film for film in marked if known.get(film[0]) != film[2]]


def _fingerprints(version: ModelVersion, films: Sequence[tuple[int, FilmRecord]]) -> dict[int, str]:
    """What the films' sound vectors were computed from; a damaged one counts as none."""
    embeddings = Embedding.objects.of(version).filter(movie__in=[pk for pk, _ in films])
    rows = list(embeddings.values_list("movie_id", "fingerprint", "vector"))
    broken = damaged([bytes(vector) for _pk, _fingerprint, vector in rows], version.dimension)
    return {pk: fingerprint for (pk, fingerprint, _vector), lost in zip(rows, broken, strict=True) if not lost}


def _write(version: ModelVersion, films: Sequence[Marked], before: int | None = None) -> int:
    """Encode films, each with its fingerprint, store their vectors in one transaction, and give their revision.

    Vectors that somebody wrote after the revision `before` stay: they are of newer words than these.
    """
    vectors = _encoded(version, films)
    with transaction.atomic():
        return _put(version, films, vectors, before)


def _encoded(version: ModelVersion, films: Sequence[Marked]) -> NDArray[np.float32]:
    return encoder_of(version).encode([record for _, record, _ in films], [pk for pk, _, _ in films])


def _put(version: ModelVersion, films: Sequence[Marked], vectors: NDArray[np.float32], before: int | None) -> int:
    """Store the vectors of films that were encoded; call it in a transaction."""
    ids = [pk for pk, _, _ in films]
    # Somebody may have deleted a film while it was encoded; a vector of nothing must not appear.
    alive = hold(ids)
    if before is not None:
        newer = Embedding.objects.of(version).filter(movie__in=ids, revision__gt=before).exclude(fingerprint="")
        alive -= set(newer.values_list("movie_id", flat=True))
    revision = next_revision(version)
    now = timezone.now()
    write_rows(
        Embedding,
        ("movie", "version", "vector", "fingerprint", "revision", "updated_at"),
        [
            (pk, version.pk, pack(vector), fingerprint, revision, now)
            for (pk, _, fingerprint), vector in zip(films, vectors, strict=True)
            if pk in alive
        ],
        unique=2,
    )
    return revision
