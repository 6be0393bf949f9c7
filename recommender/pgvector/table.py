"""One table of vectors for each model version: built aside, put in its place at once, and kept up film by film.

It repeats what filters ask for, so that one index scan finds the nearest films that pass them. The embeddings stay the
truth: a table holds them up to the highest revision among its rows, and what changed later is read on top.
"""

# ruff: noqa: S608 (the names of tables are made of a version's number)

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from recommender.models import Embedding, EmbeddingQuerySet, ModelVersion
from recommender.pgvector import is_chosen, server
from recommender.vectors import next_revision, unpack

_PREFIX, _DRAFT = "recommender_vectors_", "_draft"
_CHUNK = 1000  # films read and written at once
_MANY = 0.1  # share of the films from which building anew is faster than changing row by row
_BUILD_MEMORY = "512MB"  # at least; a graph that does not fit is built many times slower
_LOCK = 0x6D6F7669  # whose locks these are; the second number is the version's
_LOOK = 0.5  # seconds between two looks at the progress
_DDL = """
CREATE TABLE {name} (
    movie_id bigint PRIMARY KEY,
    embedding vector({dimension}),  -- null where the model has nothing to say
    revision bigint NOT NULL,
    published boolean NOT NULL,
    year smallint NOT NULL,  -- 0 where unknown, and so below
    runtime smallint NOT NULL,
    genres bigint[] NOT NULL,
    countries bigint[] NOT NULL
)"""
# Tastes point where few films lie, mostly along the dimensions of likes. With pgvector's own defaults (16, 64) such
# queries miss one film in ten; these settings take four times as long to build.
_HNSW = "CREATE INDEX ON {name} USING hnsw (embedding vector_cosine_ops) WITH (m = 32, ef_construction = 200)"
_OTHERS = """
CREATE INDEX ON {name} (revision);
CREATE INDEX ON {name} (year);
CREATE INDEX ON {name} USING gin (genres);
CREATE INDEX ON {name} USING gin (countries);
ANALYZE {name}"""
_FACTS = """
    film.is_published, coalesce(film.year, 0), coalesce(film.runtime, 0),
    ARRAY(SELECT genre_id FROM catalog_movie_genres WHERE movie_id = film.id ORDER BY genre_id),
    ARRAY(SELECT country_id FROM catalog_movie_countries WHERE movie_id = film.id ORDER BY country_id)"""
_PUT = f"""
INSERT INTO {{name}} (movie_id, embedding, revision, published, year, runtime, genres, countries)
SELECT new.movie_id, new.embedding, new.revision, {_FACTS}
FROM unnest(%s::bigint[], %s::vector[], %s::bigint[]) AS new (movie_id, embedding, revision)
JOIN catalog_movie film ON film.id = new.movie_id
ON CONFLICT (movie_id) DO UPDATE SET embedding = excluded.embedding, revision = excluded.revision,
    published = excluded.published, year = excluded.year, runtime = excluded.runtime,
    genres = excluded.genres, countries = excluded.countries"""
# While another version serves, a film's facts may change and its vector under this one stay as it is.
_COMPARE = f"""
UPDATE {{name}} AS old SET published = now.published, year = now.year, runtime = now.runtime,
    genres = now.genres, countries = now.countries
FROM (SELECT film.id, {_FACTS} FROM catalog_movie film) AS now (id, published, year, runtime, genres, countries)
WHERE now.id = old.movie_id AND (old.published, old.year, old.runtime, old.genres, old.countries)
    IS DISTINCT FROM (now.published, now.year, now.runtime, now.genres, now.countries)"""
_DROP_DELETED = """
DELETE FROM {name} AS old WHERE NOT EXISTS (
    SELECT FROM recommender_embedding e WHERE e.version_id = %s AND e.movie_id = old.movie_id)"""


class Interrupted(Exception):
    """Somebody asked to stop the building."""


def name_of(version: ModelVersion) -> str:
    """The table that a version's films are searched in."""
    return f"{_PREFIX}{version.pk}"


def is_there(name: str) -> bool:
    """Whether a table is there; one under the version's name is complete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone()[0])


def build(
    version: ModelVersion,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Make the version's table, or bring it up to date; `progress` hears how far the index is.

    A table that serves already goes on serving until the new one is complete. Stopping leaves it as it was.
    """
    server.make_extension()
    name = name_of(version)
    with _alone(version):
        if is_there(name) and not _is_far_behind(version, name):
            with transaction.atomic():
                _follow(version, name)
                _compare(version, name)
            return
        draft = f"{name}{_DRAFT}"
        try:
            _fill(version, draft, should_stop)
            _index(draft, progress, should_stop)
        except Interrupted:
            return
        with transaction.atomic():
            _follow(version, draft)
            _compare(version, draft)
            _run(f"DROP TABLE IF EXISTS {name}; ALTER TABLE {draft} RENAME TO {name}")
        next_revision(version)  # lets the workers know
        follow(version)  # what was saved since, and went into the table that is gone now


def follow(version: ModelVersion) -> None:
    """Take over what changed since the table was last looked at, where the database searches and has this table."""
    if is_chosen() and is_there(name := name_of(version)):
        with transaction.atomic():
            _follow(version, name)


def leave_out(movie_id: int, version: ModelVersion) -> None:
    """Take a deleted film out."""
    if is_chosen() and is_there(name := name_of(version)):
        _run(f"DELETE FROM {name} WHERE movie_id = %s", movie_id)


def drop(name: str) -> None:
    """Remove a table that nobody needs, where there are such tables."""
    if connection.vendor == "postgresql":
        _run(f"DROP TABLE IF EXISTS {name}, {name}{_DRAFT}")


def without_version() -> list[str]:
    """Tables of versions that are gone. A draft belongs to its version, whose next build begins anew."""
    if connection.vendor != "postgresql":
        return []
    known = {f"{name_of(version)}{end}" for version in ModelVersion.objects.all() for end in ("", _DRAFT)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE %s", [f"{_PREFIX}%"])
        found = sorted(row[0] for row in cursor.fetchall())
    return [name for name in found if name not in known]


@contextmanager
def _alone(version: ModelVersion) -> Iterator[None]:
    """Build on one host at a time; the others wait, and find everything done."""
    _run("SELECT pg_advisory_lock(%s, %s)", _LOCK, version.pk)
    try:
        yield
    finally:
        _run("SELECT pg_advisory_unlock(%s, %s)", _LOCK, version.pk)


def _is_far_behind(version: ModelVersion, name: str) -> bool:
    embeddings = Embedding.objects.of(version)
    changed = embeddings.filter(revision__gt=_revision_of(name)).count()
    return changed > max(_CHUNK, _MANY * embeddings.count())


def _fill(version: ModelVersion, name: str, should_stop: Callable[[], bool]) -> None:
    """A fresh table with all films of the version. Raises Interrupted."""
    _run(f"DROP TABLE IF EXISTS {name}")
    _run(_DDL.format(name=name, dimension=version.dimension))
    after = 0
    while last := _put(version, name, Embedding.objects.of(version), after):
        if should_stop():
            raise Interrupted
        after = last


def _put(version: ModelVersion, name: str, embeddings: EmbeddingQuerySet, after: int) -> int:
    """Write the next films behind one, and give the last of them; 0 when there is none left."""
    rows = embeddings.filter(movie__gt=after).order_by("movie_id").values_list("movie_id", "vector", "revision")
    found = list(rows[:_CHUNK])
    if not found:
        return 0
    vectors = unpack([bytes(vector) for _film, vector, _revision in found], version.dimension)
    with server.cursor() as cursor:
        films = [film for film, _vector, _revision in found]
        said = [vector if vector.any() else None for vector in vectors]
        cursor.execute(_PUT.format(name=name), [films, said, [revision for _film, _vector, revision in found]])
    return films[-1]


def _index(name: str, progress: Callable[[int, int], None], should_stop: Callable[[], bool]) -> None:
    """Build the graph on a connection of its own, and look at it meanwhile. Raises Interrupted."""
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(_build_graph, name)
        try:
            while not _is_done(running):
                if should_stop():
                    raise Interrupted
                done, total = _blocks(name)
                if total:
                    progress(done, total)
        except BaseException:
            _run("SELECT pg_cancel_backend(pid) FROM pg_stat_progress_create_index WHERE relid = to_regclass(%s)", name)
            raise
    running.result()
    for command in _OTHERS.format(name=name).split(";"):
        _run(command)


def _is_done(running: Future[None]) -> bool:
    """Whether it came to its end, well or not, after a moment's waiting."""
    try:
        running.exception(timeout=_LOOK)
    except TimeoutError:
        return False
    return True


def _build_graph(name: str) -> None:
    try:
        _run(
            "SELECT set_config('maintenance_work_mem', %s, false)"
            " WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes(%s)",
            _BUILD_MEMORY,
            _BUILD_MEMORY,
        )
        _run(_HNSW.format(name=name))
    finally:
        connection.close()  # this thread's own


def _blocks(name: str) -> tuple[int, int]:
    """How many of the table's blocks are in the graph, and of how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT blocks_done, blocks_total FROM pg_stat_progress_create_index WHERE relid = to_regclass(%s)", [name]
        )
        done, total = cursor.fetchone() or (0, 0)
    return int(done), int(total)


def _follow(version: ModelVersion, name: str) -> None:
    """Put in what changed since; one process at a time, since who comes second finds less to do."""
    _run(f"LOCK TABLE {name} IN SHARE UPDATE EXCLUSIVE MODE")
    changed = Embedding.objects.of(version).filter(revision__gt=_revision_of(name))
    after = 0
    while last := _put(version, name, changed, after):
        after = last


def _compare(version: ModelVersion, name: str) -> None:
    """Find what nobody told: films deleted or changed while another version served."""
    _run(_COMPARE.format(name=name))
    _run(_DROP_DELETED.format(name=name), version.pk)


def _revision_of(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(revision), -1) FROM {name}")
        return int(cursor.fetchone()[0])


def _run(command: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command, values or None)
