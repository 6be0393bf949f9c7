"""What one web worker knows of the catalogue: unit vectors, the columns that filters ask for, and words.

The database stays the truth. Each request asks it one small question (which version is active, and its revision);
only when the answer changed are the changed films read again, on top of a snapshot that all workers share. Readers get
an immutable index, so a change in the middle of a request cannot mix old rows with new ones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Count, Q
from numpy.typing import NDArray

from catalog.models import Genre, Like, Movie
from recommender import pgvector, snapshot
from recommender.columns import Columns, Ids, Mask, Members, Rows, Value, column, read_columns, rows_of
from recommender.corpus import film_records
from recommender.ml.artifacts import ArtifactError
from recommender.ml.join import taste_weights
from recommender.ml.lexical import LexicalIndex
from recommender.ml.mapped import Unreadable
from recommender.ml.postings import Postings
from recommender.ml.ranking import Query, everybody, popularity_ranks
from recommender.models import Embedding, ModelVersion
from recommender.snapshot import Snapshot
from recommender.vectors import encoder_of

if TYPE_CHECKING:
    from recommender.wishes import Ask

__all__ = ["FilmIndex", "Mask", "current", "forget", "last_seen"]

_LIKES_STAY_FRESH = 60.0  # seconds; how often likes are counted again for popularity
_AT_MOST_OF_TIME = 0.01  # that counting them may take
_NONE: Ids = np.zeros(0, np.int64)
_FEW_CHANGES, _MANY_CHANGES = 500, 0.05  # films, share of all: with more of either a newer snapshot is worth its time


@dataclass(frozen=True)
class Categories:
    """Which rows belong to a genre (or a country): those of a snapshot, and what changed since."""

    base: Members
    base_rows: int
    place: Rows | slice  # the rows here of the snapshot's rows
    changed: Rows  # rows whose genres stand in `now` instead
    now: Members

    def mask(self, categories: Collection[int], size: int) -> Mask:
        """Rows, out of `size`, that belong to any of the categories."""
        mask = np.zeros(size, bool)
        mask[self.place] = self.base.mask(categories, self.base_rows)
        mask[self.changed] = self.now.mask(categories, len(self.changed))
        return mask


@dataclass(frozen=True)
class FilmIndex:
    """Immutable; n films ordered by film id: row i is the film `ids[i]`.

    In memory these are all films, and whoever asks for a part of them gets them all. Where the database searches, the
    same questions are answered by `recommender.pgvector.films.Part`.
    """

    version: ModelVersion
    base: Snapshot
    ids: Ids
    vectors: NDArray[np.float32]  # (n, dimension), unit rows; a zero row has nothing to say
    has_vector: Mask  # whether the row is not zero
    published: Mask
    gone: Rows  # films that were deleted since the snapshot: neither published nor with a vector
    year: NDArray[np.int16]  # 0 where unknown
    runtime: NDArray[np.int16]  # minutes, 0 where unknown
    genre_table: dict[int, str]
    genres: Categories
    countries: Categories
    _words: list[LexicalIndex] = field(default_factory=list)  # filled by the first typed request

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, film_ids: Collection[int]) -> Rows:
        """Rows of these films, in the order given; films that are not here are left out."""
        found = rows_of(self.ids, film_ids)
        return found[~np.isin(found, self.gone)] if len(self.gone) else found

    @property
    def is_whole(self) -> bool:
        """Whether all films are here."""
        return True

    @property
    def source(self) -> object:
        """The same for all parts of one state of the films."""
        return self

    def holding(self, film_ids: Collection[int]) -> FilmIndex:
        """An index that has these films."""
        return self

    def best_known(self, count: int, also: Collection[int] = ()) -> FilmIndex:
        """One that has the most liked films, and some others."""
        return self

    def around(self, movie_id: int, count: int, *, listed: bool = True) -> FilmIndex:
        """One that has a film and those closest to it."""
        return self

    def near(self, asks: Sequence[Ask], wanted: int) -> FilmIndex:
        """One that has the films which fit each of these best, enough to rank so many, beside those that are here."""
        return self

    def again(self) -> FilmIndex:
        """The same with nothing counted yet."""
        return replace(self)

    @cached_property
    def covers(self) -> dict[int, Movie]:
        """Films that were shown already; see `recommender.covers`."""
        return {}

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        """How many people like each film."""
        counted = Like.objects.values_list("movie").annotate(n=Count("pk")).order_by("movie")
        pairs = np.fromiter(counted.iterator(), np.dtype([("film", "i8"), ("n", "i8")]))
        return column(self.ids, pairs["film"], pairs["n"])

    @cached_property
    def everybody(self) -> NDArray[np.float32]:
        """What most people like (dimension,), the longer the more people it stands on."""
        return everybody(self.vectors, self.likes, Like.objects.values("user").distinct().count())

    @cached_property
    def mean(self) -> NDArray[np.float32]:
        """The mean of all vectors, (dimension,)."""
        return np.asarray(self.vectors.mean(axis=0), np.float32)

    @cached_property
    def taste_weights(self) -> NDArray[np.float32]:
        """How much each dimension of a liked film counts in a visitor's taste, (dimension,)."""
        return taste_weights(self.version.dimension, self.version.config.get("model", {}).get("likes", 0))

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

    def word_scores(self, text: str) -> NDArray[np.float32]:
        """How well each film holds typed words, (n,), from 0 to 1."""
        return self.words.scores(text)

    def ids_with_word(self, word: str) -> Ids:
        """The films that hold a word."""
        return self.ids[self.word_scores(word) > 0]

    def with_words(self, query: Query, text: str) -> Query:
        """The query joined with how well each film holds typed words."""
        return query.with_words(self.word_scores(text), self.vectors)

    @property
    def words(self) -> LexicalIndex:
        """The lexical index over the same rows, opened when somebody first types something."""
        with _opening:
            if not self._words:
                kept, (ids, again, postings) = _words_of(self.version)
                words = LexicalIndex.over(postings)
                fresh = with_changed_words(words, ids, self.version, self.ids, kept.revision, again)
                self._words.append(fresh)
        return self._words[0]


def _words_of(version: ModelVersion) -> tuple[Snapshot, tuple[Ids, Ids, Postings]]:
    """The words of the newest snapshot, looked for again like its films."""
    while True:
        with suppress(Unreadable):
            kept = snapshot.words(version)
            return kept, snapshot.words_of(kept)


_opening = threading.Lock()
_lock = threading.Lock()
_current: FilmIndex | None = None
_count_again_at = 0.0


def current() -> FilmIndex | None:
    """The index of the active version as the database has it now, or None before the first training."""
    global _current
    version = ModelVersion.objects.active()
    if version is None:
        return None
    films = _current
    if films is None or (films.version.pk, films.version.revision) != (version.pk, version.revision):
        is_other = films is not None and films.version.pk != version.pk
        if not _lock.acquire(blocking=not is_other):
            return films  # a request reads the new version; until it has, the former one serves all others
        try:
            fresh = _now(version, _current)
            if is_other:
                _open(fresh)
            _current = fresh
        finally:
            _lock.release()
    elif time.monotonic() > _count_again_at:
        _current = _counted(films.again())
    return _current


def last_seen() -> FilmIndex | None:
    """The index as this worker has it in memory, without a question to the database."""
    return _current


def forget() -> None:
    """Drop the index; for tests, whose database changes behind the revision's back."""
    global _current
    _current = None


def _open(films: FilmIndex) -> None:
    """Read another version's model and words before anybody types; a request that needs them says what they lack."""
    with suppress(ArtifactError):
        encoder_of(films.version)
    if films.is_whole:
        films.words  # noqa: B018  (asking for them reads them)


def _now(version: ModelVersion, known: FilmIndex | None) -> FilmIndex:
    """The index of this state of the version, by way of what is known of an earlier one."""
    if pgvector.is_chosen():
        from recommender.pgvector import films as in_database

        if (part := in_database.current(version, known)) is not None:
            return _counted(part)
    if known is None or not known.is_whole or known.version.pk != version.pk:
        return _counted(_anew(version))
    if known.version.revision > version.revision:
        return _counted(_anew(version))
    return _updated(known, version) if known.version.revision < version.revision else known


def _counted(films: FilmIndex) -> FilmIndex:
    """The index with its likes counted now, and not again before they are old or counting them is cheap enough."""
    global _count_again_at
    started = time.monotonic()
    films.likes  # noqa: B018 (a cached property: asking for it counts)
    took = time.monotonic() - started
    _count_again_at = started + max(_LIKES_STAY_FRESH, took / _AT_MOST_OF_TIME)
    return films


def _anew(version: ModelVersion, newer_than: int = -1) -> FilmIndex:
    """The index over the newest snapshot; it is looked for again when somebody puts a newer one into its place."""
    while True:
        with suppress(Unreadable):
            return _on_top(snapshot.films(version, newer_than=newer_than), version, None)


def _updated(known: FilmIndex, version: ModelVersion) -> FilmIndex:
    """Read what changed; words only where they are in memory already."""
    if len(known.genres.changed) > max(_FEW_CHANGES, _MANY_CHANGES * len(known)):
        return _counted(_anew(version, newer_than=known.base.revision))
    try:
        fresh = _on_top(known.base, version, known)
    except Unreadable:  # a newer snapshot took its place
        return _counted(_anew(version))
    # Over the same snapshot ids only grow. The likes are those of the last count: counting takes long on a large site.
    fresh.__dict__["likes"] = known.likes if len(fresh) == len(known) else column(fresh.ids, known.ids, known.likes)
    if known._words:
        since = known.version.revision
        fresh._words.append(with_changed_words(known.words, known.ids, version, fresh.ids, since))
    return fresh


def _on_top(base: Snapshot, version: ModelVersion, known: FilmIndex | None) -> FilmIndex:
    """The snapshot with all that changed since it was taken; `known` is an earlier index over the same snapshot."""
    old = Columns.from_arrays(base.arrays())
    new = read_columns(version, since=base.revision)
    ids, place, changed = _joined_ids(old.ids, new.ids)
    gone = _gone(version, ids, known)
    vectors = _room(old, len(ids), place)
    vectors[changed] = new.vectors
    vectors[gone] = 0

    def joined(before: NDArray[Value], now: NDArray[Value]) -> NDArray[Value]:
        values = before if len(before) == len(ids) else np.zeros(len(ids), before.dtype)
        values[place], values[changed] = before, now
        values[gone] = 0
        return values

    return FilmIndex(
        version,
        base,
        ids,
        vectors,
        joined(old.has_vector, new.has_vector),
        joined(old.published, new.published),
        gone,
        joined(old.year, new.year),
        joined(old.runtime, new.runtime),
        dict(Genre.objects.values_list("pk", "name")),
        Categories(old.genres, len(old), place, changed, new.genres),
        Categories(old.countries, len(old), place, changed, new.countries),
    )


def _joined_ids(old: Ids, new: Ids) -> tuple[Ids, Rows | slice, Rows]:
    """All ids, ascending, and the rows of the old and of the new ones among them.

    Films come with growing ids, so the old rows nearly always stay where they are; then nothing is copied or sorted.
    """
    added = new[~np.isin(new, old[rows_of(old, new.tolist())])]
    if not len(added):
        return old, slice(None), rows_of(old, new.tolist())
    if not len(old) or added[0] > old[-1]:
        ids = np.concatenate([old, added])
        return ids, slice(len(old)), rows_of(ids, new.tolist())
    ids = np.union1d(old, added)
    return ids, np.searchsorted(ids, old), rows_of(ids, new.tolist())


def _room(old: Columns, rows: int, place: Rows | slice) -> NDArray[np.float32]:
    """Vectors for so many rows with the old films' in theirs; in place unless a film came between or space ran out."""
    if isinstance(place, slice) and rows <= len(old.room):
        return old.room[:rows]
    room = np.zeros((rows, old.room.shape[1]), np.float32)
    room[place] = old.vectors
    return room


def _gone(version: ModelVersion, ids: Ids, known: FilmIndex | None) -> Rows:
    """Rows of deleted films. All ids are read only where counting shows that some are missing."""
    alive = Embedding.objects.of(version)
    before = known.ids[known.gone] if known is not None else _NONE
    if len(ids) - len(before) != alive.count():
        here = np.fromiter(alive.order_by("movie_id").values_list("movie_id", flat=True).iterator(), np.int64)
        return np.flatnonzero(~np.isin(ids, here))
    return rows_of(ids, before.tolist())


def changed_since(version: ModelVersion, revision: int) -> Ids:
    """The films that changed after a revision."""
    changed = Embedding.objects.of(version).filter(revision__gt=revision).order_by("movie_id")
    return np.fromiter(changed.values_list("movie_id", flat=True).iterator(), np.int64)


def with_changed_words(
    words: LexicalIndex, ids: Ids, version: ModelVersion, new_ids: Ids, since: int, again: Ids | None = None
) -> LexicalIndex:
    """The words of films `ids` as those of `new_ids`; what changed after a revision is read `again`, too."""
    changed = Embedding.objects.of(version).filter(revision__gt=since).values("movie")
    wanted = Movie.objects.filter(Q(pk__in=changed) | Q(pk__in=[] if again is None else again.tolist()))
    records = {pk: record for chunk in film_records(wanted) for pk, record in chunk}
    return words.updated(ids, new_ids, records)
