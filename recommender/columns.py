"""The facts of films that ranking and filters ask for, as plain columns: one row per film, ascending by id."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.ml.mapped import Arrays
from recommender.models import Embedding, EmbeddingQuerySet, ModelVersion
from recommender.vectors import unpack

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
Ids = NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)

_CHUNK = 2000  # rows read from the database at once
_FACTS = np.dtype([("id", "i8"), ("published", "?"), ("year", "i2"), ("runtime", "i2")])


@dataclass(frozen=True)
class Members:
    """Which rows belong to each genre (or each country)."""

    keys: Ids  # (c,) ids of the categories, ascending
    starts: Ids  # (c + 1,) where each category's rows start
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: NDArray[np.int64], ids: Ids) -> Members:
        """Take (film id, category id) pairs (m, 2); pairs of films that are not among the ids are left out."""
        pairs = pairs[np.isin(pairs[:, 0], ids)]
        pairs = pairs[np.argsort(pairs[:, 1], kind="stable")]
        keys, starts = np.unique(pairs[:, 1], return_index=True)
        rows = np.searchsorted(ids, pairs[:, 0]).astype(np.int32)
        return cls(keys, np.append(starts, len(rows)).astype(np.int64), rows)

    def mask(self, categories: Collection[int], size: int) -> Mask:
        """Rows, out of `size`, that belong to any of the categories."""
        mask = np.zeros(size, bool)
        for at in rows_of(self.keys, categories):
            mask[self.rows[self.starts[at] : self.starts[at + 1]]] = True
        return mask


@dataclass(frozen=True)
class Columns:
    """n films; `room` holds their unit vectors and, below them, empty rows for films to come."""

    ids: Ids
    room: NDArray[np.float32]  # (n or more, dimension); a zero row has nothing to say
    has_vector: Mask
    published: Mask
    year: NDArray[np.int16]  # 0 where unknown
    runtime: NDArray[np.int16]  # minutes, 0 where unknown
    genres: Members
    countries: Members

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The unit vectors, (n, dimension)."""
        return self.room[: len(self)]

    def arrays(self) -> Arrays:
        """Everything as named arrays; `from_arrays` reads them back."""
        named: Arrays = {name: getattr(self, name) for name in _PLAIN}
        return named | {f"{kind}_{part}": getattr(getattr(self, kind), part) for kind in _CATEGORIES for part in _PARTS}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Columns:
        """The columns whose `arrays` these are."""
        members = [Members(*(arrays[f"{kind}_{part}"] for part in _PARTS)) for kind in _CATEGORIES]
        return cls(**{name: arrays[name] for name in _PLAIN}, genres=members[0], countries=members[1])


_PLAIN = ("ids", "room", "has_vector", "published", "year", "runtime")
_CATEGORIES = ("genres", "countries")
_PARTS = ("keys", "starts", "rows")


def read_columns(version: ModelVersion, *, since: int | None = None, spare: float = 0.0) -> Columns:
    """The films that have a vector of this version, or those changed after a revision.

    `spare` is the room for films to come, as a share of those that are there.
    """
    embeddings = Embedding.objects.of(version)
    if since is not None:
        embeddings = embeddings.filter(revision__gt=since)
    ids, vectors = _vectors(embeddings, version.dimension)
    films = Movie.objects.filter(pk__in=embeddings.values("movie")) if since is not None else Movie.objects.all()
    rows = films.order_by("pk").values_list("pk", "is_published", "year", "runtime").iterator(_CHUNK)
    facts = np.fromiter(((pk, listed, year or 0, length or 0) for pk, listed, year, length in rows), _FACTS)
    chosen = {"movie__in": embeddings.values("movie")} if since is not None else {}
    genres = Movie.genres.through.objects.filter(**chosen).values_list("movie_id", "genre_id")
    countries = Movie.countries.through.objects.filter(**chosen).values_list("movie_id", "country_id")
    empty = np.zeros((int(len(ids) * spare), version.dimension), np.float32)
    return Columns(
        ids=ids,
        room=np.concatenate([*vectors, empty]),
        has_vector=np.concatenate([some.any(axis=1) for some in vectors]),
        published=column(ids, facts["id"], facts["published"]),
        year=column(ids, facts["id"], facts["year"]),
        runtime=column(ids, facts["id"], facts["runtime"]),
        genres=Members.of(_pairs(genres.iterator(_CHUNK)), ids),
        countries=Members.of(_pairs(countries.iterator(_CHUNK)), ids),
    )


def rows_of(ids: Ids, wanted: Collection[int]) -> Rows:
    """Positions of some ids in the ascending array `ids`, in the order given; those that are not in it are left out."""
    if not len(ids) or not len(wanted):
        return np.zeros(0, np.intp)
    numbers = np.fromiter(wanted, np.int64, len(wanted))
    at = np.minimum(np.searchsorted(ids, numbers), len(ids) - 1)
    return np.asarray(at[ids[at] == numbers], np.intp)


def column(ids: Ids, films: Ids, values: NDArray[Value]) -> NDArray[Value]:
    """Spread values of some films over the rows of `ids` (ascending); the other rows hold 0."""
    spread = np.zeros(len(ids), values.dtype)
    at = np.searchsorted(ids, films)
    here = at < len(ids)
    here[here] = ids[at[here]] == films[here]
    spread[at[here]] = values[here]
    return spread


def _vectors(embeddings: EmbeddingQuerySet, dimension: int) -> tuple[Ids, list[NDArray[np.float32]]]:
    """Film ids, ascending, and their vectors in chunks, so that no blob stays longer than it must."""
    ids: list[int] = []
    vectors = [np.zeros((0, dimension), np.float32)]
    blobs: list[bytes] = []
    for film, blob in embeddings.order_by("movie_id").values_list("movie_id", "vector").iterator(_CHUNK):
        ids.append(film)
        blobs.append(bytes(blob))
        if len(blobs) == _CHUNK:
            vectors.append(unpack(blobs, dimension))
            blobs = []
    vectors.append(unpack(blobs, dimension))
    return np.array(ids, np.int64), vectors


def _pairs(rows: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    both = np.fromiter(rows, np.dtype([("film", "i8"), ("category", "i8")]))
    return np.stack([both["film"], both["category"]], axis=1)
