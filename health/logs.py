"""The lines of the log: each with its request's id, as text or JSON, and without what would point to a person."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# Facts that our own lines carry besides their words.
FACTS = ("method", "route", "status", "milliseconds")
# Control characters, which a terminal or a reader of logs would obey, as their numbers.
_HARMLESS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {10: "\n    ", 9: "\t"}


def route_of(request: Any) -> str:
    """The pattern of a request's address: what was asked for, without ids, names, words or tokens."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(no page)"


class Discreet(logging.Filter):
    """Adds the request's id, and puts the pattern in the place of an address, which may hold tokens or typed words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; every one passes."""
        record.request_id = request_id.get()
        request = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if path and isinstance(record.args, tuple):
            record.args = tuple(
                route_of(request) if isinstance(value, str) and path in value else value for value in record.args
            )
        return True


class Mistakes(logging.Filter):
    """Leaves out what was answered with 503: an outage is written once by who recognised it, without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line says something new."""
        return getattr(record, "status_code", None) != 503


class Lines(logging.Formatter):
    """One line, and further ones set in: what somebody typed can neither begin a line nor steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return super().format(record).translate(_HARMLESS)


class JsonLines(logging.Formatter):
    """One JSON object for each line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FACTS if hasattr(record, name)})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_settings(kind: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for a format ("line" or "json") and a level."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": "health.logs.Discreet"}, "mistakes": {"()": "health.logs.Mistakes"}},
        "formatters": {
            "line": {
                "class": "health.logs.Lines",
                "format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s",
            },
            "json": {"()": "health.logs.JsonLines"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": kind, "filters": ["discreet"]}},
        "root": {"handlers": ["console"], "level": level},
        # Each request has its line already; an address that was not found, or refused, needs no second one.
        "loggers": {"django.request": {"level": "ERROR", "filters": ["mistakes"]}},
    }
