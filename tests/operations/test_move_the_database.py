"""An operator moves the site to another database: the same rows, ids and recommendations, or nothing at all."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from catalog.models import Like, Movie, User
from recommender.models import ModelVersion
from recommender.operations import databases, moving
from recommender.operations.moving import CannotMove, move
from tests.builders import make_movie, make_user
from tests.operations.test_full_cycle import RECOMMEND, manage
from tests.postgres import address_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
ADD_TWO = """shell -v 0 -c 'from tests.builders import *; like(make_user("late"), make_movie("A"), make_movie("B"))'"""


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """The address of a database that does not exist yet; from PostgreSQL, the site moves to SQLite here."""
    return f"sqlite:///{tmp_path}/moved.sqlite3"


def moved_rows(url: str) -> dict[str, int]:
    out = io.StringIO()
    call_command("move_database", url, "--json", "-v", "0", stdout=out)
    return {table: count for table, count in json.loads(out.getvalue()).items() if count}


def counts(url: str) -> dict[str, int]:
    """Films, accounts and likes of a database; none where it has no tables."""
    with moving._connected(url):
        if "catalog_movie" not in connections[moving.TARGET].introspection.table_names():
            return {}
        return {model.__name__: model._base_manager.using(moving.TARGET).count() for model in (Movie, User, Like)}


def test_the_site_is_the_same_there(trained: ModelVersion, empty: str) -> None:
    long_ago = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
    Movie.objects.filter(title="Film 1").update(updated_at=long_ago, keywords=["hut", "снег"])
    rows = moved_rows(empty)
    assert rows["catalog_movie"] == 8
    assert rows["catalog_like"] == 2
    assert rows["recommender_embedding"] == 8
    with moving._connected(empty):
        there = Movie.objects.using(moving.TARGET).get(title="Film 1")
        assert (there.updated_at, there.keywords) == (long_ago, ["hut", "снег"])
        assert there.pk == Movie.objects.get(title="Film 1").pk


def test_it_recommends_the_same_there_and_goes_on(tmp_path: Path) -> None:
    films = tmp_path / "films.csv"
    films.write_text("title,year,description\n" + "".join(f"Film {n},2001,rivers and snow {n}\n" for n in range(8)))
    prepare = ["migrate -v 0", f"import_movies {films} -v 0", "train_vae --epochs 1 -v 0"]
    target = _somewhere_else(tmp_path)
    before = manage(tmp_path, *prepare, RECOMMEND, f"move_database {target} -v 0")
    assert '"Film ' in before
    assert manage(tmp_path, RECOMMEND, ADD_TWO, database=target) == before  # new rows get ids that are free
    assert counts(target) == {"Movie": 10, "User": 1, "Like": 2}


def _somewhere_else(folder: Path) -> str:
    """An empty PostgreSQL database beside the tests' own one, or an SQLite file where the tests have no server."""
    if connection.vendor != databases.POSTGRESQL:
        return f"sqlite:///{folder}/there.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute('DROP DATABASE IF EXISTS "test_moved" WITH (FORCE)')
        cursor.execute('CREATE DATABASE "test_moved"')
    return address_of({**connection.settings_dict, "NAME": "test_moved"})


def test_a_target_with_films_is_refused(trained: ModelVersion, empty: str) -> None:
    moved_rows(empty)
    before = counts(empty)
    make_movie("Newer")
    with pytest.raises(CommandError, match="has films or accounts already"):
        moved_rows(empty)
    assert counts(empty) == before


def test_a_target_of_something_else_is_refused(empty: str) -> None:
    with moving._connected(empty), connections[moving.TARGET].cursor() as cursor:
        cursor.execute("CREATE TABLE accounts (id integer)")
    with pytest.raises(CannotMove, match=r"table of something else \(accounts\)"):
        move(empty)


def test_the_same_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_place", lambda alias: "here")
    with pytest.raises(CannotMove, match="is the database that the site uses now"):
        move("sqlite:////srv/movierec/db.sqlite3")


@pytest.mark.parametrize("url", ["nowhere", "mysql://a/b"])
def test_a_target_that_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(CannotMove, match="TARGET must name a SQLite or PostgreSQL database"):
        move(url)


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="needs requirements-postgres.txt")
    with pytest.raises(CannotMove, match="See whether the server runs"):
        move(f"postgres://films@/films?host={tmp_path}")


def test_a_site_that_waits_for_migrations_is_refused(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "waiting_migrations", lambda: ["catalog.9999_later"])
    with pytest.raises(CannotMove, match=r"manage\.py migrate"):
        move(empty)
    assert counts(empty) == {}


def test_what_differs_is_not_kept(trained: ModelVersion, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    insert = moving._insert

    def lose_a_like(model: type, rows: list) -> None:
        insert(model, rows[1:] if model is Like else rows)

    monkeypatch.setattr(moving, "_insert", lose_a_like)
    with pytest.raises(CannotMove, match=r"likes came out differently: 1 of 2 rows.*Nothing was kept"):
        move(empty)
    assert counts(empty) == {"Movie": 0, "User": 0, "Like": 0}
    monkeypatch.undo()
    moved_rows(empty)  # and the next try is not refused
    assert counts(empty) == {"Movie": 8, "User": 1, "Like": 2}


def test_a_value_that_the_target_refuses_is_named(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make_movie("Heat")
    make_user("anna")

    def refuse(_value: object, *_rest: object, **_more: object) -> None:
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")

    monkeypatch.setattr(Movie._meta.get_field("title"), "get_db_prep_save", refuse)
    with pytest.raises(CannotMove, match=rf"films, ids {film.pk} to {film.pk}: .*NUL.*Correct it in the admin"):
        move(empty)
    assert counts(empty) == {"Movie": 0, "User": 0, "Like": 0}


def test_files_stay_where_they_are(trained: ModelVersion, empty: str) -> None:
    before = sorted(Path(settings.MODELS_DIR).iterdir())
    moved_rows(empty)
    assert sorted(Path(settings.MODELS_DIR).iterdir()) == before
