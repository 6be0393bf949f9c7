"""Settings refuse nonsense instead of guessing, and the documentation names every one of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands

from movierec_site.env import caches, database, flag, media_storage, number, secret

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
env = environ.Env()


@pytest.mark.parametrize(("raw", "meant"), [("1", True), ("true", True), ("ON", True), ("0", False), ("no", False)])
def test_a_flag_says_yes_or_no(monkeypatch: pytest.MonkeyPatch, raw: str, meant: bool) -> None:
    monkeypatch.setenv("DEMO_MODE", raw)
    assert flag(env, "DEMO_MODE", default=not meant) is meant


@pytest.mark.parametrize("raw", ["maybe", "2", "ja", "tru"])
def test_a_flag_refuses_other_words(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("DEBUG", raw)
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be 1 or 0"):
        flag(env, "DEBUG", default=False)


@pytest.mark.parametrize("raw", ["0", "70000", "80.5", "-1", "eighty"])
def test_a_port_is_a_port(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("PORT", raw)
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 1 to 65535"):
        number(env, "PORT", default=8000, low=1, high=65535)


def test_pictures_lie_in_a_folder_unless_another_storage_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert media_storage(env) == {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {}}
    monkeypatch.setenv("MEDIA_STORAGE", "django.core.files.storage.InMemoryStorage")
    monkeypatch.setenv("MEDIA_STORAGE_OPTIONS", '{"file_permissions_mode": null}')
    assert media_storage(env)["OPTIONS"] == {"file_permissions_mode": None}


@pytest.mark.parametrize(
    ("backend", "options", "cure"),
    [
        ("storages.backends.nowhere.Nowhere", "", r"cannot be imported.*pip install django-storages"),
        ("nonsense", "", "cannot be imported"),
        ("", "bucket_name=films", "MEDIA_STORAGE_OPTIONS must be JSON"),
        ("", "[1]", "MEDIA_STORAGE_OPTIONS must be JSON"),
    ],
)
def test_a_storage_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, backend: str, options: str, cure: str
) -> None:
    monkeypatch.setenv("MEDIA_STORAGE", backend)
    monkeypatch.setenv("MEDIA_STORAGE_OPTIONS", options)
    with pytest.raises(ImproperlyConfigured, match=cure):
        media_storage(env)


def test_a_secret_has_no_fallback_outside_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is required"):
        secret(env, "SECRET_KEY", fallback=None)
    assert secret(env, "SECRET_KEY", fallback="development") == "development"


def test_the_site_does_not_start_without_a_secret() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import movierec_site.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "", "DEBUG": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is required when DEBUG is off" in done.stderr


@pytest.mark.parametrize("raw", ["films", "mysqlx://a/b", "://", "sqlite"])
def test_a_database_address_that_cannot_be_read_names_examples(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("DATABASE_URL", raw)
    with pytest.raises(ImproperlyConfigured, match="Examples: sqlite"):
        database(env, default="sqlite://:memory:")


def test_sqlite_waits_for_locks_and_logs_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/films.sqlite3")
    options = database(env, default="")["OPTIONS"]
    assert "journal_mode=WAL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"


def test_without_a_shared_cache_limits_have_room_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_URL", raising=False)
    limits = caches(env)["limits"]
    assert limits["LOCATION"] == "limits"
    assert limits["OPTIONS"]["MAX_ENTRIES"] >= 100_000  # the usual 300 would forget counts under attack


def test_a_shared_cache_serves_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_URL", "rediscache://127.0.0.1:6379/1")
    found = caches(env)
    assert "redis" in found["default"]["BACKEND"].lower()
    assert found["limits"]["LOCATION"] == found["default"]["LOCATION"]
    assert found["limits"]["KEY_PREFIX"] == "limits"


@pytest.mark.parametrize("raw", ["nonsense", "ftp://x", "://"])
def test_a_cache_that_cannot_be_read_names_examples(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("CACHE_URL", raw)
    with pytest.raises(ImproperlyConfigured, match="rediscache"):
        caches(env)


def test_the_documentation_names_every_setting() -> None:
    source = (ROOT / "movierec_site/settings.py").read_text(encoding="utf-8")
    pattern = r'env(?:\.\w+)?\((?:env, )?"([A-Z_]+)"|(?:flag|number|secret|choice|token)\(env, "([A-Z_]+)"'
    read = set(re.findall(pattern, source))
    names = {name for pair in read for name in pair if name} | {"DATABASE_URL", "CACHE_URL"}
    assert len(names) > 10
    assert [name for name in sorted(names) if f"| `{name}` |" not in OPERATIONS] == []


def test_the_documentation_names_every_command() -> None:
    ours = {name for name, app in get_commands().items() if app in {"catalog", "recommender"}}
    assert ours
    assert [name for name in sorted(ours) if f"manage.py {name}" not in OPERATIONS] == []
