"""What DATABASE_URL may say, and what helps when the database behind it does not answer.

The settings read this before any model exists, so nothing here may need one.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import Error, NotSupportedError, OperationalError

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

# What either database says in the middle of its work, in small letters; what that means, and what helps.
_TRY_AGAIN = (
    "It comes back by itself when the database does; see whether the server runs (systemctl status postgresql)."
)
_TROUBLES = (
    ("server closed the connection", "The database went away", _TRY_AGAIN),
    ("connection is closed", "The database went away", _TRY_AGAIN),
    ("connection is lost", "The database went away", _TRY_AGAIN),
    ("connection already closed", "The database went away", _TRY_AGAIN),
    ("terminating connection", "The database went away", _TRY_AGAIN),
    ("could not receive data from server", "The database went away", _TRY_AGAIN),
    ("could not send data to server", "The database went away", _TRY_AGAIN),
    ("statement timeout", "The database took too long", "See what holds it: SELECT * FROM pg_stat_activity"),
    ("lock timeout", "The database took too long", "See what holds it: SELECT * FROM pg_stat_activity"),
    ("database is locked", "Another process holds the database", "Wait for it to end, or end it; then try again."),
    (
        "database table is locked",
        "Another process holds the database",
        "Wait for it to end, or end it; then try again.",
    ),
    ("disk is full", "The disk is full", "Free some space (manage.py prune says what could go)."),
    ("no space left on device", "The disk is full", "Free some space (manage.py prune says what could go)."),
    ("unable to open database file", "The database file cannot be opened", "See that its folder exists and is ours."),
    (
        "readonly database",
        "The database is read-only",
        "Give this account the right to write to the file and its folder.",
    ),
    ("read-only transaction", "The database is read-only", "Name the primary server in DATABASE_URL, not its copy."),
    (
        "disk i/o error",
        "The disk fails",
        "Look into the system's log (dmesg), and bring a backup back: manage.py restore",
    ),
    ("not a database", "The database file is damaged", "Bring a backup back: manage.py restore FILE"),
    ("malformed", "The database file is damaged", "Bring a backup back: manage.py restore FILE"),
    (
        "permission denied for",
        "The database user may not do this",
        "Give it the database (ALTER DATABASE name OWNER TO user) and its tables (REASSIGN OWNED BY other TO user).",
    ),
)


# Seconds (milliseconds for the last) until a host that is gone counts as gone; the address may say otherwise.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


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
    # A connection is kept for a minute, and tried before a request relies on it: the server may have restarted.
    config.setdefault("CONN_MAX_AGE", 60)
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = _PATIENCE | config.get("OPTIONS", {})
    try:
        import_module("psycopg")
    except ImportError as missing:
        raise ImproperlyConfigured(
            "PostgreSQL needs a driver that is not installed here. "
            "Run: .venv/bin/pip install -r requirements-postgres.txt"
        ) from missing
    return config


def cure(problem: BaseException) -> str | None:
    """What is wrong with the database, and what helps; None when the problem is another one."""
    words = str(problem).strip()
    if not isinstance(problem, Error) or not words:
        return None
    if isinstance(problem, NotSupportedError) and _VERSION in words:
        return f"{words.splitlines()[0].rstrip('.')}. Use a newer server, or name another one in DATABASE_URL."
    first = words.splitlines()[0]
    if isinstance(problem, OperationalError) and words.startswith(_CONNECTING):
        said = first.split("FATAL:")[-1].split(" failed: ")[-1].strip().rstrip(".")
        helps = next(helps for sign, helps in _CURES if sign in first.lower())
        return f"The database does not answer: {said}. {helps}"
    found = next(((what, helps) for sign, what, helps in _TROUBLES if sign in words.lower()), None)
    return f"{found[0]} ({first.rstrip('.')}). {found[1]}" if found else None
