"""The database goes away under visitors: they read a quiet page, nothing is lost, and the site recovers by itself."""

from __future__ import annotations

import errno
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
)
from django.test import Client

from benchmarks.outage import PostgresSite, strike
from catalog.models import Like, Movie
from health import outage
from tests import postgres
from tests.builders import make_movie, make_user
from tests.site.pages import words_of

QUIET = "The site cannot look anything up at the moment"
NOT_SAVED = "What you just did was not saved"
ROOT = Path(__file__).resolve().parents[2]
Break = Callable[[Exception], None]


@pytest.fixture(autouse=True)
def _nothing_said() -> Iterator[None]:
    outage._said.clear()
    yield
    outage._said.clear()


@pytest.fixture
def broken(client: Client, monkeypatch: pytest.MonkeyPatch) -> Break:
    """Let every question about films fail."""
    client.raise_request_exception = False

    def fail_with(problem: Exception) -> None:
        def listed(self: object) -> None:
            raise problem

        monkeypatch.setattr(type(Movie.objects), "listed", listed)

    return fail_with


@pytest.mark.django_db
@pytest.mark.parametrize(
    "problem",
    [
        OperationalError("connection failed: connection to server failed: FATAL:  the database system is starting up"),
        OperationalError("consuming input failed: server closed the connection unexpectedly"),
        OperationalError("database is locked"),
        OperationalError("database or disk is full"),
        OperationalError("something that nobody has seen before"),
        InterfaceError("the connection is closed"),
        DatabaseError("database disk image is malformed"),
        NotSupportedError("PostgreSQL 14 or later is required (found 13.4)."),
        ProgrammingError("permission denied for table catalog_movie"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system"),
    ],
)
def test_what_comes_back_by_itself_is_503(client: Client, broken: Break, problem: Exception) -> None:
    broken(problem)
    answer = client.get("/films/")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert QUIET in words_of(answer)
    assert "Traceback" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "problem", [DataError("too long"), IntegrityError("twice"), ProgrammingError("near SELECT"), OSError("odd")]
)
def test_a_mistake_of_ours_stays_500(client: Client, broken: Break, problem: Exception) -> None:
    broken(problem)
    assert client.get("/films/").status_code == 500


@pytest.mark.django_db
def test_everybody_reads_it_in_their_own_way(client: Client, broken: Break) -> None:
    film = make_movie()
    broken(OperationalError("database is locked"))
    part = client.post(f"/films/{film.pk}/like/", {"liked": "1"}, HTTP_HX_REQUEST="true")
    assert (part.status_code, part["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert NOT_SAVED in part.content.decode()
    program = client.get("/films/", HTTP_ACCEPT="application/json")
    assert (program.status_code, list(program.json())) == (503, ["error"])
    russian = client.get("/films/", HTTP_ACCEPT_LANGUAGE="ru")
    assert "Короткий антракт" in words_of(russian)
    kazakh = client.get("/films/", HTTP_ACCEPT_LANGUAGE="kk")
    assert "Қысқа үзіліс" in words_of(kazakh)
    assert QUIET not in words_of(russian) + words_of(kazakh)


@pytest.mark.django_db
def test_a_session_that_cannot_be_read_is_an_outage_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make_user())
    client.raise_request_exception = False

    def fail(self: object) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    assert client.get("/films/").status_code == 503
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_an_anonymous_like_that_cannot_be_kept_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    film = make_movie()

    def fail(self: object, must_create: bool = False) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)
    answer = client.post(f"/films/{film.pk}/like/", {"liked": "1"})
    assert answer.status_code == 503
    assert NOT_SAVED in words_of(answer)


@pytest.mark.django_db
def test_the_log_has_the_cure_once_and_no_traceback(
    client: Client, broken: Break, caplog: pytest.LogCaptureFixture
) -> None:
    broken(OperationalError("database or disk is full"))
    for _ in range(5):
        client.get("/films/")
    errors = [line for line in caplog.records if line.levelno >= logging.ERROR and line.name == outage.__name__]
    assert [line.getMessage() for line in errors] == [
        "The disk is full (database or disk is full). Free some space (manage.py prune says what could go)."
    ]
    assert all(line.exc_info is None for line in errors)


@pytest.mark.django_db
def test_an_unknown_failure_keeps_its_traceback(
    client: Client, broken: Break, caplog: pytest.LogCaptureFixture
) -> None:
    broken(OperationalError("something that nobody has seen before"))
    client.get("/films/")
    assert [bool(line.exc_info) for line in caplog.records if line.name == outage.__name__] == [True]


# A site of its own on a file: each line of the output is a state of the file and what a visitor gets.
_VISIT = """
import sys
import django
django.setup()
from django.conf import settings
settings.DEBUG = False
from django.db import connection
from django.test import Client
connection.settings_dict["OPTIONS"] |= {"timeout": 0.2, "init_command": "PRAGMA busy_timeout=200;"}
client = Client(raise_request_exception=False)
for name in sys.argv[1:]:
    connection.close()
    connection.settings_dict["NAME"] = name
    answer = client.get("/films/")
    like = client.post("/films/1/like/", {"liked": "1"})
    print(name.rpartition("/")[2], answer.status_code, like.status_code, answer.headers.get("Retry-After"))
"""


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="files are SQLite's")
def test_a_database_file_that_is_no_use_is_503(tmp_path: Path) -> None:
    missing, garbage, folder, whole = (tmp_path / name for name in ("missing", "garbage", "folder", "whole"))
    garbage.write_bytes(b"this is not what it was" * 1000)
    folder.mkdir()
    environment = {
        "PATH": "/usr/bin:/bin",
        "DEBUG": "1",  # no collected static files; the pages are those of a real site
        "HTTPS": "0",
        "SECRET_KEY": "for-tests-only",
        "ALLOWED_HOSTS": "*",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{whole}",
        "DJANGO_SETTINGS_MODULE": "movierec_site.settings",
    }
    whole.write_bytes(connection.connection.serialize())
    shutil.copy(whole, locked := tmp_path / "locked")
    holder = sqlite3.connect(locked)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        done = subprocess.run(
            [sys.executable, "-c", _VISIT, *map(str, [missing, garbage, folder, locked, whole])],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        holder.close()
    assert done.stdout.splitlines() == [
        "missing 503 503 10",
        "garbage 503 503 10",
        "folder 503 503 10",
        "locked 503 503 10",
        "whole 200 404 None",
    ]
    for words in ("manage.py migrate", "manage.py restore", "See that its folder exists", "Another process holds"):
        assert words in done.stderr
    assert "Traceback" not in done.stderr


_FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from tests.builders import make_movie, make_version
make_version({make_movie(): [1.0, number] for number in range(300)})
"""


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_server_that_stops_under_load_loses_nothing(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    with TemporaryDirectory(prefix="movierec-outage-") as room, postgres.server(Path(room) / "data") as server:
        server.psql("CREATE DATABASE films")
        site = PostgresSite.at(tmp_path, postgres.address(server, "films"))
        site.shell(_FILL)
        found = strike(site, server, seconds=2, visitors=3, kind="test_look", arguments={"times": 60}, around=0.5)
    assert found["unfriendly"] == 0
    assert found["of them lost"] == found["of them written all the same"] == 0
    assert found["likes promised"] > 0
    assert found["likes refused"] > 0
    assert found["while it was down"].get(503, 0) > 5
    assert set(found["a second later"]) == {200}
    assert (found["healthz in between"], found["readyz in between"]) == (200, 503)
    assert (found["job"], found["the worker lived on"]) == ("done", True)
    assert found["a page again after s"] < 10


@pytest.mark.django_db
def test_a_like_is_there_after_the_outage(client: Client, broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    film, user = make_movie(), make_user()
    client.force_login(user)
    with monkeypatch.context() as patch:
        patch.setattr(type(Movie.objects), "listed", lambda self: (_ for _ in ()).throw(OperationalError("x")))
        assert client.post(f"/films/{film.pk}/like/", {"liked": "1"}).status_code == 503
    assert not Like.objects.exists()
    assert client.post(f"/films/{film.pk}/like/", {"liked": "1"}).status_code == 302
    assert Like.objects.filter(user=user, movie=film).exists()
