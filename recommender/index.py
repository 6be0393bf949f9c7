"""What one web worker keeps in memory of the catalogue: unit vectors, the columns that filters ask for, and words.

The database stays the truth. Each request asks it one small question (which version is active, and its revision);
only when the answer changed are the changed films read again. Readers get an immutable snapshot, so a change in
the middle of a request cannot mix old rows with new ones.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from catalog.models import Genre, Like, Movie
from recommender.corpus import film_records
from recommender.ml.lexical import LexicalIndex
from recommender.ml.ranking import everybody, popularity_ranks
from recommender.ml.records import FilmRecord
from recommender.models import Embedding, ModelVersion
from recommender.vectors import unpack

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

_LIKES_STAY_FRESH = 60.0  # seconds; how often likes are counted again for popularity


class Categories:
    """Which rows belong to a genre (or a country): one sorted array of rows for each id."""

    def __init__(self, pairs: Iterable[tuple[int, int]], ids: NDArray[np.int64]) -> None:
        """Take (film id, category id) pairs; `ids` are the film ids in row order, ascending."""
        films: dict[int, list[int]] = defaultdict(list)
        for film, category in pairs:
            films[category].append(film)
        self._rows = {category: rows_of(ids, found) for category, found in films.items()}

    def mask(self, categories: Collection[int], size: int) -> Mask:
        """Rows that belong to any of the categories."""
        mask = np.zeros(size, bool)
        for category in categories:
            if category in self._rows:
                mask[self._rows[category]] = True
        return mask


@dataclass(frozen=True)
class FilmIndex:
    """An immutable snapshot of n films, ordered by film id: row i is the film `ids[i]`."""

    version: ModelVersion
    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]  # (n, dimension), unit rows; a zero row has nothing to say
    published: Mask
    year: NDArray[np.int64]  # 0 where unknown
    runtime: NDArray[np.int64]  # minutes, 0 where unknown
    genre_table: dict[int, str]
    genres: Categories
    countries: Categories
    _words: list[LexicalIndex] = field(default_factory=list)  # filled by the first typed request

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, film_ids: Collection[int]) -> Rows:
        """Rows of these films, in the order given; films that are not here are left out."""
        return rows_of(self.ids, film_ids)

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        """How many people like each film."""
        pairs = np.array(Like.objects.values_list("movie").annotate(n=Count("pk")).order_by("movie"), np.int64)
        return column(self.ids, pairs.reshape(-1, 2)[:, 0], pairs.reshape(-1, 2)[:, 1])

    @cached_property
    def everybody(self) -> NDArray[np.float32]:
        """What most people like (dimension,), the longer the more people it stands on."""
        return everybody(self.vectors, self.likes, Like.objects.values("user").distinct().count())

    @cached_property
    def popularity_rank(self) -> NDArray[np.float32]:
        """From -1 for the least liked film to 1 for the most liked one."""
        return popularity_ranks(self.likes)

    def genre_ids(self, names: Collection[str]) -> list[int]:
        """Ids of the genres with these names."""
        return [pk for pk, name in self.genre_table.items() if name in names]

    def genre_names(self, ids: Collection[int]) -> list[str]:
        """Names of these genres, in the order given."""
        return [self.genre_table[pk] for pk in ids if pk in self.genre_table]

    @property
    def words(self) -> LexicalIndex:
        """The lexical index over the same rows, built when somebody first types something."""
        with _building:
            if not self._words:
                self._words.append(LexicalIndex.build(_records_in_order(self.ids)))
        return self._words[0]


_building = threading.Lock()
_lock = threading.Lock()
_current: FilmIndex | None = None
_counted_at = 0.0


def current() -> FilmIndex | None:
    """The snapshot of the active version as the database has it now, or None before the first training."""
    global _current, _counted_at
    version = ModelVersion.objects.active()
    if version is None:
        return None
    known = _current
    if known is None or (known.version.pk, known.version.revision) != (version.pk, version.revision):
        with _lock:
            known = _current
            if known is None or known.version.pk != version.pk:
                _current = _load(version)
            elif known.version.revision < version.revision:
                _current = _update(known, version)
            _counted_at = time.monotonic()
    elif time.monotonic() - _counted_at > _LIKES_STAY_FRESH:
        _current, _counted_at = replace(known), time.monotonic()
    return _current


def forget() -> None:
    """Drop the snapshot; for tests, whose database changes behind the revision's back."""
    global _current
    _current = None


def rows_of(ids: NDArray[np.int64], film_ids: Collection[int]) -> Rows:
    """Positions of film ids in the ascending array `ids`; those that are not in it are left out."""
    if not len(ids) or not film_ids:
        return np.zeros(0, np.intp)
    wanted = np.fromiter(film_ids, np.int64, len(film_ids))
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.asarray(at[ids[at] == wanted], np.intp)


def column(ids: NDArray[np.int64], films: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Spread values of some films over the rows of `ids` (ascending); the other rows hold 0."""
    spread = np.zeros(len(ids), np.int64)
    here = np.isin(films, ids)
    spread[np.searchsorted(ids, films[here])] = values[here]
    return spread


def _load(version: ModelVersion) -> FilmIndex:
    embeddings = list(Embedding.objects.of(version).order_by("movie_id").values_list("movie_id", "vector"))
    ids = np.array([film for film, _ in embeddings], np.int64)
    vectors = unpack([bytes(vector) for _, vector in embeddings], version.dimension)
    return _with_columns(version, ids, vectors)


def _update(known: FilmIndex, version: ModelVersion) -> FilmIndex:
    """Read only the vectors that changed since the known snapshot; columns are cheap enough to read whole."""
    changed = dict(
        Embedding.objects.of(version).filter(revision__gt=known.version.revision).values_list("movie_id", "vector")
    )
    alive = np.array(sorted(Embedding.objects.of(version).values_list("movie_id", flat=True)), np.int64)
    kept = np.isin(known.ids, np.fromiter(changed, np.int64, len(changed)), invert=True) & np.isin(known.ids, alive)
    ids = np.concatenate([known.ids[kept], np.array(sorted(changed), np.int64)])
    new = unpack([bytes(changed[film]) for film in sorted(changed)], version.dimension)
    order = np.argsort(ids, kind="stable")
    vectors = np.concatenate([known.vectors[kept], new])[order]
    fresh = _with_columns(version, ids[order], vectors)
    if known._words:
        records = {pk: record for films in film_records(Movie.objects.filter(pk__in=changed)) for pk, record in films}
        fresh._words.append(known.words.updated(known.ids, fresh.ids, records))
    return fresh


def _with_columns(version: ModelVersion, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> FilmIndex:
    facts = Movie.objects.filter(embeddings__version=version).values_list("pk", "is_published", "year", "runtime")
    table = np.array([[value or 0 for value in row] for row in facts], np.int64).reshape(-1, 4)
    published, year, runtime = (column(ids, table[:, 0], table[:, at]) for at in (1, 2, 3))
    names = dict(Genre.objects.values_list("pk", "name"))
    genres = Categories(Movie.genres.through.objects.values_list("movie_id", "genre_id"), ids)
    countries = Categories(Movie.countries.through.objects.values_list("movie_id", "country_id"), ids)
    return FilmIndex(version, ids, vectors, published.astype(bool), year, runtime, names, genres, countries)


def _records_in_order(ids: NDArray[np.int64]) -> Iterator[FilmRecord]:
    """One record for each row; a film that was deleted meanwhile leaves an empty one."""
    known = (film for films in film_records(Movie.objects.all()) for film in films)
    film = next(known, None)
    for pk in ids:
        while film is not None and film[0] < pk:
            film = next(known, None)
        yield film[1] if film is not None and film[0] == pk else FilmRecord(title="")
