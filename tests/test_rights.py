"""Everybody gets what the table of rights says, at every address of the site: tests/rights/table.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import resolve

from tests.answers import drain
from tests.rights.addresses import addresses
from tests.rights.rules import Rule, rules
from tests.rights.world import CANARY, PEOPLE, World, undone

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# What any request may write: the sender's own session, and what holds nothing of anybody's.
HOUSEKEEPING = ("django_session", "catalog_searchentry", "recommender_shown", "SAVEPOINT")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
PRESSES = """catalog:like catalog:mark catalog:profile catalog:delete_account catalog:history_discard
    recommender:veto recommender:invite recommender:share_night recommender:leave_night"""
MAY_SEE = ("owner", "superuser", "looking")


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.VAR_DIR = tmp_path / "var"
    cache.clear()
    yield World()
    cache.clear()


def test_every_address_has_its_row() -> None:
    known = {rule.name for rule in rules()}
    forgotten = [(name, route) for name, route in addresses() if name not in known]
    assert not forgotten, (
        f"These addresses have no rights yet: {forgotten}. Add a row for each to TABLE in tests/rights/table.py that "
        "says what everybody gets for GET and POST (pages of a new model in the admin: a line in MODELS)."
    )
    gone = known - {name for name, _route in addresses()}
    assert not gone, f"These rows of tests/rights/table.py have no address any more, take them out: {sorted(gone)}"


def test_every_row_asks_for_the_address_it_names(world: World) -> None:
    for rule in rules():
        match = resolve(rule.address.format(**world.things))
        assert rule.name in (match.view_name, match.route), (
            f"{rule.address} leads to {match.view_name}, not {rule.name}"
        )


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_what_the_table_says(world: World, who: str) -> None:
    client = world.client(who)
    wrong = [words for rule in rules() for method in rule.answers for words in _check(world, client, who, rule, method)]
    assert not wrong, "\n".join(["", *wrong])


def _check(world: World, client: Client, who: str, rule: Rule, method: str) -> Iterator[str]:
    """What is wrong with an answer: its status, what it shows, or what it wrote."""
    address = rule.address.format(**world.things)
    expected = rule.answers[method][who]
    asked = f"{method} {address} ({rule.name}) as {who}"
    with undone(client), writes() as written:
        answer = _send(client, method, address, rule.body)
        status, shows = _status(answer), CANARY in _text(answer)
        if status != expected.rstrip("!"):
            yield f"{asked}: {status}, but the table says {expected}"
        if shows and who not in MAY_SEE and not expected.endswith("!"):
            yield f"{asked}: shows what belongs to the owner"
        if written and (method == "GET" or status not in ("200", "302")):
            yield f"{asked}: answers {status} and writes all the same: {written[0][:100]}"
        if written and who not in MAY_SEE and world.belongings() != world.as_made:
            yield f"{asked}: changes what belongs to the owner"


@pytest.mark.parametrize("who", ["anonymous", "stranger", "owner", "curator", "superuser", "looking"])
def test_other_methods_write_nothing(world: World, who: str) -> None:
    client = world.client(who)
    wrong = []
    for rule in rules():
        address = rule.address.format(**world.things)
        methods = OTHERS if not rule.name.startswith("admin") else OTHERS[:1]
        for method in methods:
            with undone(client), writes() as written:
                status = _status(_send(client, method, address, rule.body))
            if status.startswith("5") and rule.name != "health:readyz":
                wrong.append(f"{method} {address} as {who}: {status}")
            if written:
                wrong.append(f"{method} {address} as {who} writes: {written[0][:100]}")
            if status == "200" and method in ("PUT", "PATCH", "DELETE") and not rule.name.startswith("admin"):
                wrong.append(f"{method} {address} as {who}: 200; say with a decorator which methods there are")
    assert not wrong, "\n".join(["", *wrong])


def test_head_says_what_get_would_say(world: World) -> None:
    client, wrong = world.client("owner"), []
    for rule in rules():
        if rule.name.startswith("admin"):
            continue
        answer = client.head(rule.address.format(**world.things))
        drain(answer)
        if _status(answer) != rule.answers["GET"]["owner"].rstrip("!"):
            wrong.append(f"HEAD {rule.address}: {_status(answer)}, GET has {rule.answers['GET']['owner']}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_nothing_is_written_without_the_forms_secret(world: World, who: str) -> None:
    """Another site may send a form in the visitor's name; without the token it changes nothing."""
    client, wrong = world.client(who, checks_csrf=True), []
    for rule in rules():
        with undone(client), writes() as written:
            status = _status(_send(client, "POST", rule.address.format(**world.things), rule.body))
        if written or status not in ("403", "405", "login", "404"):
            wrong.append(f"POST {rule.address} as {who} without a token: {status} {written[:1]}")
    assert not wrong, "\n".join(["", *wrong])


def test_a_press_of_the_owner_counts(world: World) -> None:
    """The table's POSTs are real ones: each of these changes something when the owner sends it."""
    client = world.client("owner")
    for name in PRESSES.split():
        rule = next(rule for rule in rules() if rule.name == name)
        with undone(client), writes() as written:
            _send(client, "POST", rule.address.format(**world.things), rule.body)
        assert written, name


def _send(client: Client, method: str, address: str, body: str) -> Any:
    return client.generic(method, address, body.encode(), content_type=FORM)


def _status(answer: HttpResponseBase) -> str:
    where = answer.headers.get("Location", "")
    is_log_in = where.startswith(("/accounts/log-in/", "/admin/login/"))
    return "login" if answer.status_code == 302 and is_log_in else str(answer.status_code)


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that wrote to tables where people's things lie."""
    found: list[str] = []

    def watch(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES) and not any(table in sql for table in HOUSEKEEPING):
            found.append(sql)
        return run(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found
