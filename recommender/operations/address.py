"""What DATABASE_URL may say, and what helps when the database behind it does not answer.

The settings read this before any model exists, so nothing here may need one.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import NotSupportedError, OperationalError

_SQLITE, _POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"
_EXAMPLES = "Examples: sqlite:////srv/movierec/db.sqlite3, postgres://user:password@host/name"

# What PostgreSQL says when nobody can connect, in small letters, and what helps. The first that fits counts.
_CURES = (
    ("password authentication failed", "Correct the user or the password in DATABASE_URL."),
    ("no password supplied", "Put the password into DATABASE_URL: postgres://user:password@host/name"),
    ("no pg_hba.conf entry", "Let this machine and user in with a line in the server's pg_hba.conf."),
    ("peer authentication failed", "Through a socket, run as the system user who has the database user's name."),
    ('database "', "Make the database (createdb --owner USER NAME), or correct its name in DATABASE_URL."),
    ('role "', "Make the user (createuser --pwprompt NAME), or correct its name in DATABASE_URL."),
    ("too many clients", "Raise the server's max_connections, or run fewer processes."),
    ("remaining connection slots", "Raise the server's max_connections, or run fewer processes."),
    ("starting up", "Try again in a moment."),
    ("shutting down", "Try again in a moment."),
    ("failed to resolve host", "Correct the host's name in DATABASE_URL."),
    ("", "See whether the server runs (systemctl status postgresql), and correct host and port in DATABASE_URL."),
)
_CONNECTING = ("connection failed", "connection is bad", "connection timeout", "failed to resolve host")
_VERSION = " or later is required"  # Django's words for an old server


def read_address(url: str, *, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings of a database; SQLite gets write-ahead logging and waits for a lock instead of failing.

    Raises ImproperlyConfigured, which names the cure but never a password.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unknown engine is answered below, with the cure
        try:
            config: dict[str, Any] = environ.Env.db_url_config(url)
        except (ValueError, ImproperlyConfigured):
            config = {}
    engine = config.get("ENGINE")
    if engine not in {_SQLITE, _POSTGRESQL}:
        raise ImproperlyConfigured(f"{name} must name a SQLite or PostgreSQL database. {_EXAMPLES}")
    if not config.get("NAME"):
        raise ImproperlyConfigured(f"{name} does not say which database, after the last slash. {_EXAMPLES}")
    if engine == _SQLITE:
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;",
        }
        return config
    try:
        import_module("psycopg")
    except ImportError as missing:
        raise ImproperlyConfigured(
            "PostgreSQL needs a driver that is not installed here. "
            "Run: .venv/bin/pip install -r requirements-postgres.txt"
        ) from missing
    return config


def cure(problem: BaseException) -> str | None:
    """What helps when a PostgreSQL server does not let us in; None when the problem is another one."""
    words = str(problem).strip()
    if isinstance(problem, NotSupportedError) and _VERSION in words:
        return f"{words.splitlines()[0].rstrip('.')}. Use a newer server, or name another one in DATABASE_URL."
    if not isinstance(problem, OperationalError) or not words.startswith(_CONNECTING):
        return None
    first = words.splitlines()[0]
    said = first.split("FATAL:")[-1].split(" failed: ")[-1].strip().rstrip(".")
    helps = next(helps for sign, helps in _CURES if sign in first.lower())
    return f"The database does not answer: {said}. {helps}"
