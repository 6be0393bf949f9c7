"""A database that cannot be reached is answered with what helps, not with a traceback."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, NotSupportedError, OperationalError, ProgrammingError, connection
from django.db.migrations.recorder import MigrationRecorder

from recommender.operations.address import cure, read_address
from recommender.operations.diagnosis import explained, mismatches

ROOT = Path(__file__).resolve().parents[2]
SERVER = 'connection failed: connection to server at "10.0.0.5", port 5432 failed: '


@pytest.mark.parametrize(
    "url", ["films", "mysqlx://a/b", "://", "sqlite", "postgres://user@host:port/name", "oracle://user@host/name"]
)
def test_an_address_that_cannot_be_read_names_examples(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"must name a SQLite or PostgreSQL database\. Examples: sqlite"):
        read_address(url)


def test_an_address_says_which_database() -> None:
    with pytest.raises(ImproperlyConfigured, match="does not say which database, after the last slash"):
        read_address("postgres://user@host")


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install -r requirements-postgres\.txt"):
        read_address("postgres://user:secret@host/name")
    assert read_address("sqlite:////srv/films.sqlite3")["NAME"] == "/srv/films.sqlite3"


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        ('FATAL:  password authentication failed for user "films"', "Correct the user or the password"),
        ("fe_sendauth: no password supplied", "Put the password into DATABASE_URL"),
        ('FATAL:  database "films" does not exist', "createdb"),
        ('FATAL:  role "films" does not exist', "createuser"),
        ("FATAL:  sorry, too many clients already", "max_connections"),
        ("FATAL:  the database system is starting up", "Try again in a moment"),
        ("Connection refused\n\tIs the server running on that host?", "systemctl status postgresql"),
    ],
)
def test_a_server_that_refuses_is_answered_with_the_cure(said: str, helps: str) -> None:
    words = cure(OperationalError(f"{SERVER}{said}\n"))
    assert words is not None
    assert words.startswith("The database does not answer: ")
    assert helps in words
    assert "10.0.0.5" not in words


def test_an_old_server_is_named() -> None:
    words = cure(NotSupportedError("PostgreSQL 14 or later is required (found 13.4)."))
    assert words == (
        "PostgreSQL 14 or later is required (found 13.4). Use a newer server, or name another one in DATABASE_URL."
    )


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        ("consuming input failed: server closed the connection unexpectedly", "comes back by itself"),
        ("terminating connection due to administrator command", "comes back by itself"),
        ("the connection is closed", "comes back by itself"),
        ("canceling statement due to statement timeout", "pg_stat_activity"),
        ("database is locked", "Wait for it to end"),
        ("database or disk is full", "Free some space"),
        ('could not extend file "base/5/1259": No space left on device', "Free some space"),
        ("unable to open database file", "See that its folder exists"),
        ("attempt to write a readonly database", "the right to write"),
        ("file is not a database", "manage.py restore FILE"),
        ("database disk image is malformed", "manage.py restore FILE"),
    ],
)
def test_what_fails_in_the_middle_of_work_has_a_cure(said: str, helps: str) -> None:
    words = cure(DatabaseError(said))
    assert words is not None
    assert helps in words


def test_a_database_that_is_gone_is_given_up_soon() -> None:
    pytest.importorskip("psycopg", reason="needs requirements-postgres.txt")
    config = read_address("postgres://user@host/name?connect_timeout=2&conn_max_age=0")
    assert (config["CONN_MAX_AGE"], config["CONN_HEALTH_CHECKS"]) == (0, True)
    assert config["OPTIONS"]["connect_timeout"] == 2
    assert read_address("postgres://user@host/name")["OPTIONS"]["connect_timeout"] <= 10


@pytest.mark.parametrize(
    "problem", [OperationalError("near SELECT"), DatabaseError("connection failed"), NotSupportedError("no"), OSError()]
)
def test_other_problems_keep_their_traceback(problem: Exception) -> None:
    assert cure(problem) is None


def test_a_command_ends_with_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="needs requirements-postgres.txt")
    done = subprocess.run(
        [sys.executable, "manage.py", "models"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DEBUG": "1",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": f"postgres://films:secret@/films?host={tmp_path}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "systemctl status postgresql" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_database_newer_than_the_code_is_said() -> None:
    MigrationRecorder(connection).record_applied("catalog", "9999_from_the_future")
    (words,) = mismatches()
    assert "newer than this code, which does not know catalog.9999_from_the_future" in words
    assert "Update the code" in words
    out = io.StringIO()
    with pytest.raises(CommandError, match="newer than this code"):
        call_command("status", stdout=out, stderr=out)


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_database_without_the_tables_is_said() -> None:
    last = MigrationRecorder(connection).migration_qs.filter(app="catalog").latest("pk")
    last.delete()
    assert "waits for migrations" in str(explained(OperationalError("no such column: films.odd")))
    assert "Run: manage.py migrate" in str(explained(ProgrammingError('relation "catalog_movie" does not exist')))


@pytest.mark.parametrize(
    "server", [["-m", "gunicorn", "movierec_site.wsgi", "--bind=127.0.0.1:0"], ["manage.py", "status"]]
)
def test_a_bad_address_ends_server_and_command_with_one_sentence(tmp_path: Path, server: list[str]) -> None:
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "VAR_DIR": str(tmp_path), "DATABASE_URL": "mysqlx://a/b"}
    command = [sys.executable, *server, *(["--no-control-socket"] if "gunicorn" in server else [])]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "The settings are not right: DATABASE_URL must name a SQLite or PostgreSQL database" in done.stderr
    assert "Traceback" not in done.stderr
