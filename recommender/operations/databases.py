"""The whole database as one file and back, for SQLite and PostgreSQL: consistent while the site writes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.backends.sqlite3._functions import register
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

SQLITE, POSTGRESQL = "sqlite", "postgresql"
LONGEST_WAIT = 60.0  # seconds for a database that somebody else holds
NAMES = {SQLITE: "db.sqlite3", POSTGRESQL: "db.dump"}  # the dump's name in a backup


class DumpError(Exception):
    """The database cannot be saved or brought back; the message names the cure."""


def vendor() -> str:
    """Which kind of database the site uses."""
    return connection.vendor


def dump(path: Path, *, without: Sequence[str] = ()) -> None:
    """Write the database as it is at one moment, some tables empty; others may go on writing."""
    if vendor() == POSTGRESQL:
        empty = [f"--exclude-table-data=public.{table}" for table in without]
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", *empty, f"--file={path}")
        return
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy, progress=_patience())  # in one step, so it holds one moment
            copy.execute("PRAGMA journal_mode=DELETE")  # one file: no log beside it
            copy.execute("PRAGMA secure_delete=ON")  # what goes becomes zeros, which take no room once packed
            for table in without:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  (a name of our own)
            copy.commit()
    except sqlite3.Error as problem:
        raise DumpError(_("The database cannot be read: %(problem)s") % {"problem": problem}) from problem


def check(path: Path, kind: str) -> None:
    """Refuse a dump that this site's database cannot take. Raises DumpError."""
    if kind != vendor():
        raise DumpError(
            _("The backup holds a %(theirs)s database and this site uses %(ours)s. Point DATABASE_URL at %(theirs)s.")
            % {"theirs": kind, "ours": vendor()}
        )
    if kind == POSTGRESQL:
        _run("pg_restore", "--list", str(path), connect=False)
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as copy:
            register(copy)  # constraints use functions of Django
            (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as problem:
        found = str(problem)
    if found != "ok":
        raise DumpError(_("The database in the backup is damaged (%(problem)s).") % {"problem": found})


def load(path: Path) -> None:
    """Replace the whole database by a dump, in one transaction."""
    if vendor() == POSTGRESQL:
        _load_postgresql(path)
        return
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as copy:
            copy.backup(connection.connection, progress=_patience())
    except sqlite3.Error as problem:
        raise DumpError(
            _("The database cannot be replaced: %(problem)s. Stop the site and its workers, and try again.")
            % {"problem": problem}
        ) from problem
    finally:
        connection.close()


def size() -> int:
    """Bytes that the database takes."""
    with connection.cursor() as cursor:
        if vendor() == POSTGRESQL:
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def applied_migrations() -> list[str]:
    """Migrations that the database has, as "app.name"."""
    executor = MigrationExecutor(connection)
    return sorted(f"{app}.{name}" for app, name in executor.loader.applied_migrations)


def known_migrations() -> set[str]:
    """Migrations that this code has, as "app.name"; the names that squashed ones replace count too."""
    loader = MigrationExecutor(connection).loader
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def waiting_migrations() -> list[str]:
    """Migrations that this code has and the database lacks. Raises DatabaseError when it does not answer."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown_migrations() -> list[str]:
    """Migrations of our rooms that the database has and this code lacks: newer code wrote them."""
    rooms = {app.label for app in apps.get_app_configs()}
    known = known_migrations()
    return [name for name in applied_migrations() if name not in known and name.partition(".")[0] in rooms]


def is_empty(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether there is nothing to lose: no table yet, or neither films nor accounts."""
    from catalog.models import Movie, User

    try:
        return not (Movie.objects.using(alias).exists() or User.objects.using(alias).exists())
    except DatabaseError:
        return True


def _patience() -> Callable[[int, int, int], None]:
    """SQLite's copying asks this after each try; somebody who holds the database for good is not waited for."""
    until = time.monotonic() + LONGEST_WAIT

    def ask(_status: int, left: int, _total: int) -> None:
        if left and time.monotonic() > until:
            raise sqlite3.OperationalError(_("another process does not let go of it"))

    return ask


def _load_postgresql(path: Path) -> None:
    """Empty the schema and fill it from the dump, both in one transaction: it is the old database or the new one."""
    script = path.with_suffix(".sql")
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(path), connect=False)
        connection.close()
        fresh = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
        _run("psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-1", "-c", fresh, "-f", str(script))
    finally:
        script.unlink(missing_ok=True)


def _run(program: str, *arguments: str, connect: bool = True) -> None:
    found = shutil.which(program)
    if found is None:
        raise DumpError(
            _(
                "The program %(program)s is not installed here. Install PostgreSQL's client programs, of the server's "
                "version or newer (on Debian: apt-get install postgresql-client)."
            )
            % {"program": program}
        )
    environment = os.environ | (_address() if connect else {})
    done = subprocess.run(  # noqa: S603  (a fixed program; the address goes through its environment)
        [found, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        first = " ".join(done.stderr.strip().splitlines()[:2])
        raise DumpError(_("%(program)s failed: %(problem)s") % {"program": program, "problem": first})


def _address() -> dict[str, str]:
    """Where the database is, in the variables that PostgreSQL's programs read; a password is seen by nobody else."""
    known = connection.get_connection_params()
    names = {"dbname": "PGDATABASE"} | {
        name: f"PG{name.upper()}" for name in ("user", "password", "host", "port", "sslmode", "sslrootcert", "service")
    }
    return {variable: str(known[name]) for name, variable in names.items() if known.get(name)}
