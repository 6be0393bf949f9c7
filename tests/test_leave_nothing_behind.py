"""Whoever deletes their account leaves nothing behind: every table and every file is searched, not a list of them."""

from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.db.models import Model
from django.test import Client

from catalog.models import User
from tests.rights.world import CANARY, PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOT_THEIRS = {"catalog_catalogueimport"}  # the world's curator imported a file with that word in its name


def every_model() -> list[type[Model]]:
    return list(apps.get_models(include_auto_created=True))


def referring(pk: int) -> dict[str, int]:
    """By what refers to an account, how many rows do."""
    found = {}
    for model in every_model():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is User:
                found[f"{model.__name__}.{field.name}"] = model._base_manager.filter(**{field.name: pk}).count()
    return found


def tables_with(word: str) -> set[str]:
    """All tables of the database with this word in any column."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = set()
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608 (a name of our own)
            if word.lower() in str(cursor.fetchall()).lower():
                found.add(name)
    return found - NOT_THEIRS


def files_with(word: str, folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if word in path.name or word.encode() in path.read_bytes()]


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.VAR_DIR = tmp_path / "var"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world = World()
    world.owner.username = f"{CANARY}-name"
    world.owner.set_password(PASSWORD)
    world.owner.save()
    Client().post("/accounts/log-in/", {"username": world.owner.username, "password": "wrong"})
    return world


def their_browser(world: World) -> Client:
    """Logged in, and after a round through the pages that keep something."""
    browser = world.client("owner")
    for address in ("/", "/my-films/", "/my-films/taste/", "/recommendations/", f"/films/{world.movie.pk}/"):
        assert browser.get(address).status_code == 200
    return browser


def test_nothing_of_an_account_stays(world: World, tmp_path: Path) -> None:
    browser, pk = their_browser(world), world.owner.pk
    before = tables_with(CANARY)
    assert {"catalog_user", "catalog_historyrow", "jobs_job", "recommender_nightguest", "django_admin_log"} <= before
    assert "axes_accessattempt" in before
    assert sum(referring(pk).values()) > 5
    assert browser.post("/accounts/delete/", {"password": PASSWORD}).status_code == 302
    assert tables_with(CANARY) == set()
    assert {name for name, count in referring(pk).items() if count} == set()
    assert files_with(CANARY, tmp_path) == []
    assert CANARY not in str([vars(caches[name]) for name in caches.settings])
    assert not [one for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == str(pk)]


def test_nothing_stays_either_when_staff_deletes_the_account(world: World, tmp_path: Path) -> None:
    pk = world.owner.pk
    answer = world.client("superuser").post(f"/admin/catalog/user/{pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not User.objects.filter(pk=pk).exists()
    assert {name for name, count in referring(pk).items() if count} == set()
    assert tables_with(CANARY) == set()


def test_nothing_of_anybody_else_goes_along(world: World) -> None:
    stranger = world.people["stranger"]
    AccessAttempt.objects.create(username=stranger.username, ip_address="192.0.2.1", failures_since_start=1)
    rows = {model: model._base_manager.count() for model in every_model()}
    stranger.delete()
    lost = {model.__name__ for model in rows if model._base_manager.count() != rows[model]}
    assert lost == {"User", "AccessAttempt"}
    world.owner.refresh_from_db()
    assert world.belongings()


def test_everything_of_an_account_is_in_the_export(world: World) -> None:
    """That no table is forgotten stands in tests/catalog/test_take_my_data_along.py; here is what the rows say."""
    browser = their_browser(world)
    text = b"".join(browser.get("/accounts/export/movierec.json").streaming_content).decode()  # type: ignore[attr-defined]
    for row in ("Ownerson", "@example.org", ".csv", "Film", "job", "at night"):
        assert row in text
    assert PASSWORD not in text
    assert world.owner.password not in text
