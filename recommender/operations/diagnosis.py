"""Why the database or the disk does not serve this code: away, full, damaged, too old, too new; and what helps."""

from __future__ import annotations

import errno

from django.db import Error, InternalError, NotSupportedError, OperationalError, ProgrammingError, connection

from recommender.operations import databases
from recommender.operations.address import cure

_ROOM = "Free some space (manage.py prune says what could go), then try again."
_RIGHTS = "Give this account the right to write there, then try again."
_DISK = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: _RIGHTS,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EIO: "The disk fails: look into the system's log (dmesg).",
}
_SHOWN = 3  # names of migrations in a message


def explained(problem: BaseException) -> str | None:
    """What is wrong with the database or the disk, and what helps; None for what is a mistake in the code."""
    if isinstance(problem, OSError) and problem.errno in _DISK:
        return f"{problem.strerror}: {problem.filename or 'a file'}. {_DISK[problem.errno]}"
    if words := cure(problem):
        return words
    if not isinstance(problem, OperationalError | ProgrammingError | NotSupportedError | InternalError):
        return None
    try:
        return next(iter(mismatches()), None)  # a table or a column that is missing
    except Error as another:
        return cure(another)


def mismatches() -> list[str]:
    """How the database's tables differ from what this code needs, with the cure. Raises what the database says."""
    found = []
    if waiting := databases.waiting_migrations():
        found.append(f"The database waits for migrations ({_some(waiting)}). Run: manage.py migrate")
    if unknown := databases.unknown_migrations():
        found.append(
            f"The database is newer than this code, which does not know {_some(unknown)}. "
            "Update the code, or bring back a backup from before."
        )
    return found


def at_start() -> list[str]:
    """What stands in the way of serving, for the log of a server that starts."""
    try:
        return mismatches()
    except Error as problem:
        return [explained(problem) or f"The database does not answer: {str(problem).strip()}"]
    finally:
        connection.close()  # it would belong to the thread that starts the server, which serves nobody


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
