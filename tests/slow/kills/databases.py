"""The databases of the sites: where each is, a copy of it, questions to it, and whether it is sound."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.db.backends.sqlite3._functions import register

Rows = list[tuple[Any, ...]]


class Ask(Protocol):
    """Asks the database."""

    def __call__(self, sql: str, /) -> Rows: ...


class Database(Protocol):
    """What differs between SQLite and PostgreSQL. A site's database goes by its folder."""

    name: str

    def address(self, folder: Path) -> str: ...

    def copy(self, folder: Path, other: Path) -> None: ...

    def drop(self, folder: Path) -> None: ...

    def asking(self, folder: Path) -> Any: ...

    def tell(self, folder: Path, sql: str) -> None: ...

    def damage(self, folder: Path) -> str: ...


class SQLite:
    """A file in the site's folder, which is copied with it."""

    name = "SQLite"

    def address(self, folder: Path) -> str:
        """As DATABASE_URL takes it."""
        return f"sqlite:///{folder}/db.sqlite3"

    def copy(self, folder: Path, other: Path) -> None:
        """The file came with the folder."""

    def drop(self, folder: Path) -> None:
        """The file goes with the folder."""

    @contextmanager
    def asking(self, folder: Path) -> Iterator[Ask]:
        """Ask within one transaction, so that all answers are of one moment."""
        with closing(sqlite3.connect(folder / "db.sqlite3", timeout=60, isolation_level=None)) as database:
            database.execute("BEGIN")
            yield lambda sql: list(database.execute(sql))

    def tell(self, folder: Path, sql: str) -> None:
        """Change something."""
        with closing(sqlite3.connect(folder / "db.sqlite3", timeout=60, isolation_level=None)) as database:
            register(database)
            database.execute(sql)

    def damage(self, folder: Path) -> str:
        """What SQLite finds wrong with the file, or nothing."""
        with closing(sqlite3.connect(folder / "db.sqlite3", timeout=60)) as database:
            register(database)  # constraints use functions of Django
            found: Sequence[tuple[Any, ...]] = [
                row for row in database.execute("PRAGMA integrity_check(5)") if row != ("ok",)
            ]
            found = [*found, *database.execute("PRAGMA foreign_key_check")]
        return "; ".join(map(str, found))


class PostgreSQL:
    """A database of its own on a server of tests/postgres.py."""

    name = "PostgreSQL"

    def __init__(self, running: Any) -> None:
        self._running = running

    def address(self, folder: Path) -> str:
        """As DATABASE_URL takes it."""
        from tests.postgres import address

        return address(self._running, _named(folder))

    def create(self, folder: Path) -> None:
        """An empty one."""
        self._say(f"CREATE DATABASE {_named(folder)}")

    def copy(self, folder: Path, other: Path) -> None:
        """The server copies it; nobody may use it meanwhile."""
        self.drop(other)
        self._say(f"CREATE DATABASE {_named(other)} TEMPLATE {_named(folder)}")

    def drop(self, folder: Path) -> None:
        """Whoever still uses it is thrown out."""
        self._say(f"DROP DATABASE IF EXISTS {_named(folder)} WITH (FORCE)")

    @contextmanager
    def asking(self, folder: Path) -> Iterator[Ask]:
        """Ask within one transaction, so that all answers are of one moment."""
        with self._connected(_named(folder)) as database:
            database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield lambda sql: list(database.execute(sql))

    def tell(self, folder: Path, sql: str) -> None:
        """Change something."""
        with self._connected(_named(folder)) as database:
            database.execute(sql)

    def damage(self, folder: Path) -> str:
        """What PostgreSQL finds wrong with its indexes, or nothing; nothing, too, where the server lacks amcheck."""
        with self._connected(_named(folder)) as database:
            if not database.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'").fetchall():
                return ""
            database.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            try:
                database.execute(
                    "SELECT bt_index_check(c.oid, true, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                    " JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relpersistence = 'p'"
                )
            except Exception as problem:  # whatever it says is the finding
                return str(problem)
        return ""

    def _say(self, sql: str) -> None:
        with self._connected("postgres") as database:
            database.execute(sql)

    def _connected(self, name: str) -> Any:
        import psycopg

        place = self._running.get_postmaster_info().socket_dir
        return psycopg.connect(host=str(place), user="postgres", dbname=name, autocommit=True)


def _named(folder: Path) -> str:
    return f"kills_{folder.name}".replace("-", "_").lower()
