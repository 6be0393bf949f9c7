"""What it takes to let the database search: PostgreSQL, the extension, the Python package. What lacks has a cure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection
from django.utils.translation import gettext as _

OLDEST = (0, 8)  # the first with iterative scans: without them a filter may leave too few films


@dataclass(frozen=True)
class Problem:
    """Why the database cannot search, and what helps."""

    code: str
    words: str
    cure: str


def without_asking() -> Problem | None:
    """What is wrong with the settings and this machine, without a question to the database."""
    if connection.vendor != "postgresql":
        return Problem(
            "recommender.E001",
            _("VECTOR_SEARCH=pgvector needs PostgreSQL, and this site's database is another."),
            _(
                "Let DATABASE_URL name a PostgreSQL database (manage.py move_database copies the site there), or take "
                "VECTOR_SEARCH away."
            ),
        )
    if find_spec("pgvector") is None:
        return Problem(
            "recommender.E002",
            _("VECTOR_SEARCH=pgvector needs the Python package pgvector."),
            _("Run: bin/setup requirements-postgres.txt"),
        )
    return None


def of_database() -> Problem | None:
    """What the server lacks. Raises DatabaseError when it does not answer."""
    found = _versions()
    if found is None:
        return Problem(
            "recommender.E003",
            _("The database server has no extension “vector”."),
            _("Install pgvector 0.8 or newer on the server (on Debian: postgresql-17-pgvector, for version 17)."),
        )
    installed, default = found
    if _numbers(installed or default) < OLDEST:
        return Problem(
            "recommender.E004",
            _("The extension “vector” is of version %(version)s, and 0.8 is the oldest that can be used.")
            % {"version": installed or default},
            _("Install pgvector 0.8 or newer on the server, then run in the database: ALTER EXTENSION vector UPDATE"),
        )
    return None


def require() -> None:
    """Refuse what cannot work. Raises ImproperlyConfigured, whose message names the cure."""
    problem = without_asking() or of_database()
    if problem is not None:
        raise ImproperlyConfigured(f"{problem.words} {problem.cure}")


def make_extension() -> None:
    """Create the extension in this database. Raises ImproperlyConfigured when somebody else has to do it."""
    require()
    try:
        with connection.cursor() as asked:
            asked.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except ProgrammingError as problem:
        raise ImproperlyConfigured(
            _("The extension “vector” is missing, and this account may not create it.")
            + " "
            + _("Let an administrator of the database run in it: CREATE EXTENSION vector")
        ) from problem


@contextmanager
def cursor() -> Iterator[Any]:
    """A cursor of psycopg's own on the site's connection: it takes NumPy arrays as vectors, and gives pgvector's.

    Django's cursor sends everything as text, which takes most of the time of reading vectors.
    """
    from pgvector.psycopg import register_vector
    from psycopg import Cursor
    from psycopg.pq import Format

    connection.ensure_connection()
    raw: Any = connection.connection
    with connection.wrap_database_errors:
        if not getattr(raw, "knows_vectors", False):
            register_vector(raw)
            raw.knows_vectors = True
        with Cursor(raw) as opened:
            opened.format = Format.BINARY
            yield opened


def _versions() -> tuple[str | None, str] | None:
    """The extension's version in this database, None before it is created, and the one that the server would create."""
    with connection.cursor() as asked:
        asked.execute("SELECT installed_version, default_version FROM pg_available_extensions WHERE name = 'vector'")
        found: tuple[str | None, str] | None = asked.fetchone()
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
