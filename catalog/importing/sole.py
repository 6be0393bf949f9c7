"""Tells whether this process is the only one that imports a file, and whether a file is the same as before."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path


@contextmanager
def sole_reader(path: Path) -> Iterator[bool]:
    """Lock a file while it is imported; False when another process has it. The lock dies with its process."""
    try:
        file = path.open("rb")
    except OSError:  # whoever reads it says so in words for people
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def checksum(path: Path) -> str:
    """The file's SHA-256, in hexadecimal; nothing when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
