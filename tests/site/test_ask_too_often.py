"""Expensive addresses answer 429 with the time to wait to whoever asks too often, and to nobody else."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as site
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from catalog import limits
from catalog.models import RequestCount
from tests.builders import make_user
from tests.rights.addresses import addresses

pytestmark = pytest.mark.django_db
HOME = "recommender:home"


@pytest.fixture(autouse=True, params=["in memory", "in the database"])
def _nothing_counted(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.LIMITS_IN_DATABASE = request.param == "in the database"
    caches["limits"].clear()
    monkeypatch.setattr(limits, "_sweep_at", math.inf)
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_010.0)  # no window ends in the middle of a test
    yield
    caches["limits"].clear()


def test_more_than_the_limit_has_to_wait(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 3, 9, 60)}
    client.force_login(make_user())
    assert [client.get("/", {"q": "sea"}).status_code for _ in range(3)] == [200] * 3
    answer = client.get("/", {"q": "sea"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer["Cache-Control"] == "no-store"
    assert "Wait 1 minute and try again" in answer.content.decode()
    assert client.get("/films/").status_code == 200  # another address


def test_the_next_window_begins_anew(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 1, 1, 60)}
    assert [client.get("/").status_code for _ in range(2)] == [200, 429]
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_075.0)
    assert client.get("/").status_code == 200


def test_others_at_the_same_address_go_on(settings: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 2, 5, 60)}
    ana, bo = Client(), Client()
    ana.force_login(make_user())
    bo.force_login(make_user())
    assert [ana.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert [bo.get("/").status_code for _ in range(3)] == [200, 200, 429]


def test_sessions_that_somebody_makes_up_are_counted_by_address(settings: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 2, 4, 60)}
    answers = []
    for number in range(6):
        stranger = Client(REMOTE_ADDR="192.0.2.1")
        stranger.cookies[site.SESSION_COOKIE_NAME] = f"made-up-{number}"
        answers.append(stranger.get("/").status_code)
    assert answers == [200] * 4 + [429] * 2
    assert Client(REMOTE_ADDR="192.0.2.2").get("/").status_code == 200


def test_only_the_method_of_the_limit_counts(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {"catalog:sign_up": ("POST", 1, 1, 60)}
    assert [client.get("/accounts/sign-up/").status_code for _ in range(3)] == [200] * 3
    assert [client.post("/accounts/sign-up/").status_code for _ in range(2)] == [200, 429]


def test_head_counts_like_get(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 1, 1, 60)}
    assert [client.head("/").status_code for _ in range(2)] == [200, 429]


def test_a_refused_request_does_no_work(client: Client, settings: Any, django_assert_num_queries: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 0, 0, 60)}
    with django_assert_num_queries(1 if settings.LIMITS_IN_DATABASE else 0):
        assert client.get("/", {"q": "sea"}).status_code == 429


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_many_threads_count_right(settings: Any) -> None:
    if settings.LIMITS_IN_DATABASE and connection.vendor == "sqlite":
        pytest.skip("only PostgreSQL counts in the database while others write")

    def count(_number: int) -> int:
        try:
            return limits._count("the same", 60)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        counts = sorted(pool.map(count, range(200)))
    assert counts == list(range(1, 201))


@pytest.mark.both_databases
def test_a_host_whose_clock_is_late_counts_in_the_newer_window() -> None:
    count = RequestCount.objects.once_more
    assert [count("key", until=until) for until in (60, 120, 60, 120, 180)] == [1, 1, 2, 3, 1]
    assert count("another", until=60) == 1


@pytest.mark.both_databases
def test_what_is_over_is_forgotten() -> None:
    for number in range(3):
        RequestCount.objects.once_more(f"key {number}", until=60 * number)
    RequestCount.objects.sweep(now=61.0)
    assert list(RequestCount.objects.values_list("key", flat=True)) == ["key 2"]


def test_no_address_of_a_person_stands_in_the_cache(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 9, 9, 60)}
    client.get("/", REMOTE_ADDR="192.0.2.77")
    assert "192.0.2.77" not in str(caches["limits"]._cache.keys())
    assert "192.0.2.77" not in str(RequestCount.objects.values_list())


def test_looking_as_a_visitor_is_counted_too(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {HOME: ("GET", 2, 9, 60)}
    client.force_login(make_user(is_staff=True, is_superuser=True))
    visitor = make_user()
    client.post(f"/admin/catalog/user/{visitor.pk}/view-as/")
    assert client.get("/").wsgi_request.viewing_as
    assert [client.get("/").status_code for _ in range(3)][-1] == 429


def test_the_table_names_addresses_that_are_there() -> None:
    import os
    import subprocess
    import sys

    code = "from movierec_site import settings; print('\\n'.join(settings.RATE_LIMITS))"
    environment = {**os.environ, "RATE_LIMITS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert len(names) > 10
    assert names <= {name for name, _route in addresses()}
    for expensive in ("home", "map_find", "together"):
        assert f"recommender:{expensive}" in names
    assert reverse("catalog:history_imports")
    assert {"catalog:history_imports", "catalog:sign_up", "catalog:reset_password", "catalog:export_json"} <= names
