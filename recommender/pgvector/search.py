"""The questions that one version's table of vectors is asked."""

# ruff: noqa: S608 (the names of tables are made of a version's number)

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from recommender.columns import Ids
from recommender.ml.sparse import Floats
from recommender.pgvector import server

_SAMPLE = 8000  # films that stand for all where the spread of scores is asked for; a smaller catalogue is all here
_SCAN = {
    "hnsw.iterative_scan": "relaxed_order",  # go on where a filter leaves too few; they are put in order here
    "hnsw.ef_search": "400",
    "hnsw.max_scan_tuples": "100000",
    "hnsw.scan_mem_multiplier": "8",
    "jit": "off",  # it would take longer than the question itself
}
_COLUMNS = "movie_id, embedding, published, year, runtime, genres, countries"

Row = tuple[Any, ...]  # of these columns


class Search:
    """Questions to one table; the films of an answer come with their vectors and facts."""

    def __init__(self, name: str) -> None:
        self._name = name

    def nearest(self, direction: Floats, where: Sequence[str], values: Sequence[Any], count: int) -> list[Row]:
        """The films nearest to a direction, in about the order of nearness."""
        condition = " AND ".join(["TRUE", *where])
        return self._rows(
            f"SELECT {_COLUMNS} FROM {self._name} WHERE {condition} ORDER BY embedding <=> %s LIMIT %s",
            [*values, np.asarray(direction, np.float32), count],
        )

    def nearest_among(
        self, ids: Ids, away: Floats, direction: Floats, where: Sequence[str], values: Sequence[Any], count: int
    ) -> list[Row]:
        """The nearest of these films, each of which is looked at and counts as so much further away."""
        condition = " AND ".join(["TRUE", *where])
        return self._rows(
            f"SELECT {_COLUMNS} FROM unnest(%s::bigint[], %s::float8[]) AS wanted (id, away)"
            f" JOIN {self._name} ON movie_id = wanted.id WHERE {condition} ORDER BY (embedding <=> %s) + away LIMIT %s",
            [ids.tolist(), away.tolist(), *values, np.asarray(direction, np.float32), count],
        )

    def in_order(self, ids: Ids, where: Sequence[str], values: Sequence[Any], count: int) -> list[Row]:
        """The first of these films that pass the filters."""
        condition = " AND ".join(["TRUE", *where])
        return self._rows(
            f"SELECT {_COLUMNS} FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (id, place)"
            f" JOIN {self._name} ON movie_id = wanted.id WHERE {condition} ORDER BY place LIMIT %s",
            [ids.tolist(), *values, count],
        )

    def unliked(self, found: list[int], where: Sequence[str], values: Sequence[Any], count: int) -> list[Row]:
        """The oldest entries of the catalogue that pass the filters and were not found before."""
        condition = " AND ".join(["movie_id <> ALL(%s::bigint[])", *where])
        return self._rows(
            f"SELECT {_COLUMNS} FROM {self._name} WHERE {condition} ORDER BY movie_id LIMIT %s",
            [found, *values, count],
        )

    def these(self, film_ids: Collection[int]) -> list[Row]:
        """These films, those of them that are there."""
        if not film_ids:
            return []
        return self._rows(f"SELECT {_COLUMNS} FROM {self._name} WHERE movie_id = ANY(%s::bigint[])", [list(film_ids)])

    def size(self) -> int:
        """How many films there are: counted where they are few, else as the database estimates."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT FROM {self._name} LIMIT %s) AS few", [_SAMPLE + 1])
            counted = int(cursor.fetchone()[0])
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)", [self._name])
            return counted if counted <= _SAMPLE else max(counted, int(cursor.fetchone()[0]))

    def sample(self, size: int) -> list[Row]:
        """Films that stand for all, the same as long as the table stays as it is."""
        share = min(100.0, 100 * _SAMPLE / max(1, size))
        return self._rows(
            f"SELECT {_COLUMNS} FROM {self._name} TABLESAMPLE SYSTEM (%s) REPEATABLE (1) LIMIT %s", [share, _SAMPLE]
        )

    def _rows(self, command: str, values: list[Any]) -> list[Row]:
        with transaction.atomic(), server.cursor() as cursor:
            setting = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in _SCAN.items())
            cursor.execute(f"SELECT {setting}")
            cursor.execute(command, values)
            return list(cursor.fetchall())
