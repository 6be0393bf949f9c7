"""Eight people press, edit, import, merge and delete the same films and accounts at once; nothing is lost.

`python -m tests.slow.concurrency` does so for minutes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.test import Client

from catalog.models import User
from catalog.shelf import LIKED, SessionShelf
from catalog.views import accounts
from recommender import index
from tests.builders import make_movie, make_user
from tests.crowd.running import let_loose
from tests.crowd.truth import check
from tests.crowd.world import make_world, shared_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
SECONDS = float(os.environ.get("CROWD_SECONDS", "5"))
SEED = int(os.environ.get("CROWD_SEED", "7"))


def test_nothing_is_lost_when_all_come_at_once(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with shared_database(tmp_path):
        if connections["default"].vendor == "sqlite":
            with connections["default"].cursor() as cursor:
                assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        world = make_world()
        index.current()
        ledger = let_loose(world, seconds=SECONDS, seed=SEED, folder=tmp_path)
        print(sum(ledger.answers.values()), "answers:", dict(ledger.answers))
        check(world, ledger)


@pytest.mark.parametrize(
    ("form", "address", "sent"),
    [
        ("ProfileForm", "/accounts/", {"display_name": "Ana"}),
        (
            "ChangePasswordForm",
            "/accounts/password/",
            {"old_password": "old words", "new_password1": "quite-new-words", "new_password2": "quite-new-words"},
        ),
    ],
)
def test_an_account_that_was_deleted_meanwhile_does_not_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch, form: str, address: str, sent: dict[str, str]
) -> None:
    user = make_user("ana")
    user.set_password("old words")
    user.save()
    client.force_login(user)
    checked: Any = getattr(accounts, form)

    def is_valid(self: Any) -> bool:
        """The form is right, and then another window deletes the account."""
        right: bool = super(checked, self).is_valid()
        User.objects.filter(pk=user.pk).delete()
        return right

    monkeypatch.setattr(checked, "is_valid", is_valid)
    assert client.post(address, sent).status_code == 404
    assert not User.objects.exists()


def test_two_windows_of_a_visitor_without_an_account_keep_both_likes() -> None:
    session = SessionStore()
    session["language"] = "en"
    session.create()
    first, second = SessionStore(session.session_key), SessionStore(session.session_key)
    assert first["language"] == second["language"]  # both requests have read the session before either writes
    films = [make_movie("Heat"), make_movie("Alien")]
    SessionShelf(first).put(LIKED, films[0], on=True)
    SessionShelf(second).put(LIKED, films[1], on=True)
    kept = SessionStore(session.session_key)
    assert SessionShelf(kept)[LIKED] == [films[1].pk, films[0].pk]
    assert not first.modified
