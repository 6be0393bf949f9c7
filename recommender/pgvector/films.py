"""A part of the films at a time, as the database finds it: those near a query that pass the filters, with all facts."""

# ruff: noqa: S608 (the names of tables are made of a version's number)

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count
from numpy.typing import NDArray

from catalog.models import Genre, Like, Movie
from recommender import snapshot
from recommender.columns import Ids, Members
from recommender.index import Categories, FilmIndex, changed_since, with_changed_words
from recommender.ml.lexical import LexicalIndex
from recommender.ml.ranking import DIAL, Query, lean_of, ranks
from recommender.ml.sparse import Floats
from recommender.models import ModelVersion
from recommender.pgvector import CANDIDATES, server, table
from recommender.pgvector.search import Row, Search
from recommender.snapshot import Snapshot
from recommender.wishes import Ask, conditions

log = logging.getLogger(__name__)

_MORE = 3  # times as many where the order is not that of nearness alone
_FAMOUS = 200_000  # films whose likes a worker knows; further down the list all count as liked by nobody
_BEST_KNOWN = 2000  # of them are looked at first where the most liked ones are wanted
_APART = 5000  # of them are always looked at one by one: what many people like lies apart, where few ways lead
_PULLED_UP = 20_000  # of them, where the dial is turned towards what is popular
_BEST_WORDS = 2000  # films that hold the typed words best
_LIKES_READ = 1_000_000  # likes that say what most people like; of more, a sample


@dataclass(frozen=True)
class Words:
    """The lexical index of all films, mapped from disk; row i of it is the film `ids[i]`."""

    ids: Ids
    index: LexicalIndex
    revision: int

    @classmethod
    def read(cls, version: ModelVersion) -> Words:
        """As the snapshot has them, with what changed since."""
        kept = snapshot.words(version)
        ids, again, postings = snapshot.words_of(kept)
        return cls(ids, LexicalIndex.over(postings), kept.revision).followed(version, again)

    def followed(self, version: ModelVersion, again: Ids | None = None) -> Words:
        """The words as of this revision."""
        changed = changed_since(version, self.revision)
        ids = np.union1d(self.ids, changed)
        index = with_changed_words(self.index, self.ids, version, ids, self.revision, again)
        return Words(ids, index, version.revision)


@dataclass(frozen=True)
class Whole:
    """What a worker knows of all films without having them: figures, and who is liked most."""

    version: ModelVersion
    table: str
    size: int  # films, about
    genre_table: dict[int, str]
    covers: dict[int, Movie] = field(default_factory=dict)
    _words: list[Words] = field(default_factory=list)

    @cached_property
    def fame(self) -> NDArray[np.int64]:
        """The most liked films, the most liked first, with the number of their likes, (k, 2)."""
        counted = Like.objects.values_list("movie").annotate(n=Count("pk")).order_by("-n", "movie")
        return np.array(counted[:_FAMOUS], np.int64).reshape(-1, 2)

    @cached_property
    def likes(self) -> tuple[Ids, NDArray[np.int64]]:
        """The liked films by ascending id, with the number of their likes."""
        order = np.argsort(self.fame[:, 0])
        return self.fame[order, 0], self.fame[order, 1]

    @cached_property
    def ranks(self) -> tuple[NDArray[np.int64], Floats]:
        """Each number of likes that there is, ascending, and the popularity rank of films with so many."""
        levels, sizes = np.unique(self.fame[:, 1], return_counts=True)
        unliked = max(0, self.size - len(self.fame))
        levels, sizes = np.append(0, levels), np.append(unliked, sizes)
        return levels, ranks(sizes)

    def rank_of(self, likes: NDArray[np.int64]) -> Floats:
        """The popularity rank of films with so many likes, from -1 to 1."""
        levels, rank = self.ranks
        return np.asarray(rank[np.searchsorted(levels, likes)], np.float32)

    @cached_property
    def everybody(self) -> Floats:
        """What most people like, (dimension,)."""
        likes = "catalog_like" if len(self.fame) < _FAMOUS else _some_likes()
        with server.cursor() as cursor:
            cursor.execute(f"SELECT avg(embedding) FROM {likes} l JOIN {self.table} t USING (movie_id)")
            (mean,) = cursor.fetchone()
        direction = np.zeros(self.version.dimension, np.float32) if mean is None else mean.to_numpy()
        return lean_of(direction, Like.objects.values("user").distinct().count())

    @property
    def words(self) -> Words:
        """The words of all films, opened when somebody first types something, and kept up."""
        with _opening:
            if not self._words:
                self._words.append(Words.read(self.version))
            elif self._words[0].revision < self.version.revision:
                self._words[0] = self._words[0].followed(self.version)
        return self._words[0]

    def at_revision(self, version: ModelVersion) -> Whole:
        """The same after some films changed; the figures stay until likes are counted again."""
        fresh = replace(self, version=version, genre_table=_genres(), covers={}, _words=list(self._words))
        figures = ("fame", "likes", "ranks", "everybody")
        fresh.__dict__.update({name: self.__dict__[name] for name in figures if name in self.__dict__})
        return fresh


@dataclass(frozen=True)
class Part(FilmIndex):
    """Some of the films: a sample of all, those that were asked for, or the best for a query."""

    whole: Whole = field(kw_only=True)
    sample: Floats = field(kw_only=True)  # (s, dimension): stands for the vectors of all films

    @property
    def is_whole(self) -> bool:
        return False

    @property
    def source(self) -> object:
        return self.whole

    @cached_property
    def covers(self) -> dict[int, Movie]:
        return self.whole.covers

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        ids, likes = self.whole.likes
        if not len(ids):
            return np.zeros(len(self), np.int64)
        at = np.minimum(np.searchsorted(ids, self.ids), len(ids) - 1)
        return np.where(ids[at] == self.ids, likes[at], 0)

    @cached_property
    def everybody(self) -> Floats:
        return self.whole.everybody

    @cached_property
    def popularity_rank(self) -> Floats:
        return self.whole.rank_of(self.likes)

    @cached_property
    def mean(self) -> Floats:
        return np.asarray(self.sample.mean(axis=0), np.float32)

    def word_scores(self, text: str) -> Floats:
        words = self.whole.words
        return np.asarray(words.index.scores(text)[np.searchsorted(words.ids, self.ids)], np.float32)

    def ids_with_word(self, word: str) -> Ids:
        words = self.whole.words
        return words.ids[words.index.scores(word) > 0]

    def with_words(self, query: Query, text: str) -> Query:
        joined = query.with_words(self.whole.words.index.scores(text), self.sample)
        return replace(joined, lexical=self.word_scores(text)) if joined.lexical is not None else joined

    def again(self) -> Part:
        fresh = outline(self.version, None)
        fresh.whole._words.extend(self.whole._words)
        return fresh

    def holding(self, film_ids: Collection[int]) -> Part:
        return self._of(Search(self.whole.table).these(film_ids))

    def best_known(self, count: int, also: Collection[int] = ()) -> Part:
        search = Search(self.whole.table)
        known = search.in_order(self.whole.fame[:, 0], ["published", "embedding IS NOT NULL"], [], count)
        return self._of([*known, *search.these(also)])

    def around(self, movie_id: int, count: int, *, listed: bool = True) -> Part:
        film = self.holding([movie_id])
        if not film.has_vector.any():
            return film
        where = ["movie_id <> %s", "published"] if listed else ["movie_id <> %s"]
        search = Search(self.whole.table)
        return self._of([*search.these([movie_id]), *search.nearest(film.vectors[0], where, [movie_id], count)])

    def near(self, asks: Sequence[Ask], wanted: int) -> Part:
        search = Search(self.whole.table)
        rows = search.these(self.ids.tolist())
        for query, wish, asked in asks:
            where, values = conditions(self, wish, asked)
            count = max(CANDIDATES, 2 * wanted)
            if wish.dial or asked.words or asked.without_words:
                count *= _MORE
            if query is not None and query.direction.any():
                rows += search.nearest(query.direction, where, values, count)
                famous, likes = self.whole.fame[: _PULLED_UP if wish.dial < 0 else _APART].T
                away = DIAL * wish.dial * self.whole.rank_of(likes)
                rows += search.nearest_among(famous, away, query.direction, where, values, CANDIDATES)
            if query is not None and query.lexical is not None:
                rows += search.in_order(self._holders(asked.words), where, values, count)
            if query is None or not query.direction.any():
                rows += self._most_liked(search, where, values, count)
        return self._of(rows)

    def _holders(self, text: str) -> Ids:
        """The films that hold typed words best, the best first."""
        words = self.whole.words
        scores = words.index.scores(text)
        best = np.argsort(-scores, kind="stable")[:_BEST_WORDS]
        return words.ids[best[scores[best] > 0]]

    def _most_liked(self, search: Search, where: list[str], values: list[Any], count: int) -> list[Row]:
        """The most liked films that pass the filters, then those that nobody likes."""
        fame = self.whole.fame[:, 0]
        found = search.in_order(fame[:_BEST_KNOWN], where, values, count)
        if len(found) < count and len(fame) > _BEST_KNOWN:
            found = search.in_order(fame, where, values, count)
        if len(found) < count:
            found += search.unliked([row[0] for row in found], where, values, count - len(found))
        return found

    def _of(self, rows: Iterable[Row]) -> Part:
        return _part(self.whole, self.sample, rows)


_opening = threading.Lock()


def current(version: ModelVersion, known: FilmIndex | None) -> Part | None:
    """What a worker keeps: a sample of the films, from which parts are asked for. None before the table is there."""
    _require()
    if not table.is_there(table.name_of(version)):
        log.warning("Films are searched in memory until this was run: manage.py refresh_embeddings")
        return None
    return outline(version, known)


def outline(version: ModelVersion, known: FilmIndex | None) -> Part:
    """The sample, and what belongs to it; figures stay those of an earlier one over the same table."""
    name = table.name_of(version)
    search = Search(name)
    if isinstance(known, Part) and known.whole.table == name:
        whole = known.whole.at_revision(version)
    else:
        whole = Whole(version, name, search.size(), _genres())
    rows = search.sample(whole.size)
    return _part(whole, None, rows)


def _part(whole: Whole, sample: Floats | None, rows: Iterable[Row]) -> Part:
    """Rows as an index, each film once; without a sample they are the sample."""
    by_id = {row[0]: row for row in rows}
    films = [by_id[pk] for pk in sorted(by_id)]
    ids = np.array([row[0] for row in films], np.int64)
    vectors = np.zeros((len(films), whole.version.dimension), np.float32)
    for at, row in enumerate(films):
        if row[1] is not None:
            vectors[at] = row[1].to_numpy()
    return Part(
        whole.version,
        Snapshot(whole.version.revision, dict),
        ids,
        vectors,
        np.asarray(vectors.any(axis=1), bool),
        np.array([row[2] for row in films], bool),
        np.zeros(0, np.intp),
        np.array([row[3] for row in films], np.int16),
        np.array([row[4] for row in films], np.int16),
        whole.genre_table,
        _categories(ids, [row[5] for row in films]),
        _categories(ids, [row[6] for row in films]),
        whole=whole,
        sample=vectors if sample is None else sample,
    )


def _categories(ids: Ids, of_films: Sequence[Sequence[int]]) -> Categories:
    pairs = [(pk, category) for pk, categories in zip(ids.tolist(), of_films, strict=True) for category in categories]
    members = Members.of(np.array(pairs, np.int64).reshape(-1, 2), ids)
    nothing = np.zeros(0, np.intp)
    return Categories(members, len(ids), slice(None), nothing, Members.of(np.zeros((0, 2), np.int64), ids[:0]))


def _genres() -> dict[int, str]:
    return dict(Genre.objects.values_list("pk", "name"))


def _some_likes() -> str:
    """A sample of the likes where there are very many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = to_regclass('catalog_like')")
        share = min(100.0, 100 * _LIKES_READ / max(1, int(cursor.fetchone()[0])))
    return f"(SELECT movie_id FROM catalog_like TABLESAMPLE SYSTEM ({share}))"


@cache
def _require() -> None:
    """Refuse once and for all what cannot work; what works is not asked again."""
    server.require()
