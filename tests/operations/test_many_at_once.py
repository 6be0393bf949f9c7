"""Eight people press, edit, import, merge and delete the same films and accounts at once; nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from recommender import index
from tests.crowd.running import let_loose
from tests.crowd.truth import check
from tests.crowd.world import make_world, shared_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
SECONDS = 6.0


def test_nothing_is_lost_when_all_come_at_once(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    seed = int(os.environ.get("CROWD_SEED", "7"))
    with shared_database(tmp_path):
        world = make_world()
        index.current()
        ledger = let_loose(world, seconds=float(os.environ.get("CROWD_SECONDS", SECONDS)), seed=seed, folder=tmp_path)
        print(dict(ledger.answers))
        check(world, ledger)
