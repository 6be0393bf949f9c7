"""The log tells what was asked for and how it went, each line with its request's id, and nothing about people."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client

from health.logs import Discreet, JsonLines, Lines
from tests.builders import make_user


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What a site with LOG_FORMAT=json writes."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(Discreet())
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)


def read(out: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_request_has_one_line_with_its_id(client: Client, lines: StringIO) -> None:
    response = client.get("/films/999999/", HTTP_X_REQUEST_ID="proxy-4711")
    assert response["X-Request-ID"] == "proxy-4711"
    (line,) = read(lines)
    assert (line["request_id"], line["method"], line["status"]) == ("proxy-4711", "GET", 404)
    assert str(line["route"]).startswith("/films/<")
    assert float(str(line["milliseconds"])) >= 0


@pytest.mark.parametrize("name", ["", "x", "a b c d", "<script>", "ä" * 8, "a" * 65, 'quote"d'])
def test_an_id_that_makes_no_sense_is_replaced(client: Client, name: str) -> None:
    given = client.get("/healthz", HTTP_X_REQUEST_ID=name)["X-Request-ID"]
    assert given != name
    assert len(given) == 32


def test_two_requests_have_two_ids(client: Client) -> None:
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


@pytest.mark.django_db
def test_it_says_nothing_about_people(client: Client, lines: StringIO) -> None:
    client.force_login(make_user("secretname"))
    client.get("/?q=secretwish", REMOTE_ADDR="203.0.113.9")
    client.get("/films/?q=secretsearch")
    client.get("/nowhere/secretplace/")
    client.get("/accounts/reset/secretid/secrettoken/")
    client.post("/accounts/login/", {"username": "secretname", "password": "secretpassword"})
    text = lines.getvalue()
    assert len(read(lines)) >= 5
    assert "secret" not in text
    assert "203.0.113.9" not in text


def test_health_questions_do_not_fill_the_log(client: Client, lines: StringIO) -> None:
    client.get("/healthz")
    assert lines.getvalue() == ""


def test_an_error_keeps_its_trace_and_hides_the_address(
    client: Client, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[str]:
        raise RuntimeError("broken")

    monkeypatch.setattr("health.readiness.reasons", fail)
    client.raise_request_exception = False
    assert client.get("/readyz").status_code == 500
    error = next(line for line in read(lines) if line["level"] == "ERROR")
    assert error["message"] == "Internal Server Error: /readyz"
    assert "RuntimeError: broken" in str(error["exception"])


@pytest.mark.parametrize("kind", [Lines(), JsonLines()])
def test_nobody_writes_lines_of_their_own(kind: logging.Formatter) -> None:
    typed = "x\r\n2026-11-23 12:00:00,000 INFO [-] root: Everything is fine\x1b[2J\x85\x7f"
    try:
        raise ValueError(typed)
    except ValueError as problem:
        record = logging.makeLogRecord({"msg": "%s", "args": (typed,), "exc_info": (ValueError, problem, None)})
    written = kind.format(record)
    assert "Everything is fine" in written
    assert not [line for line in written.split("\n") if line.startswith("2026-11-23")]
    assert "\n2026" not in written
    assert not {"\r", "\x1b"} & set(written)
