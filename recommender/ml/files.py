"""Files and folders that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DRAFT = ".draft-"
_YOUNG = 60.0  # seconds in which a draft may not have taken its lock yet


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the file, then put it in place in one step; an old file stays until then."""
    with whole_file(path) as draft:
        write_through(draft, content)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write, which is put in place in one step afterwards; an old file stays until then."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        yield draft
        _sync(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_through(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's names."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def draft_folder(root: Path, prefix: str = DRAFT, *, private: bool = False) -> Iterator[Path]:
    """A locked folder beside the published ones, gone afterwards unless it was put in place."""
    draft = Path(tempfile.mkdtemp(dir=root, prefix=prefix))
    if not private:
        draft.chmod(0o755)  # the web process must read what is published
    try:
        with _lock_of(draft):
            yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sweep(root: Path, prefix: str = DRAFT) -> None:
    """Remove the drafts of processes that died while writing."""
    for draft in root.glob(f"{prefix}*"):
        with _lock_of(draft) as ours:
            if ours and time.time() - draft.stat().st_mtime > _YOUNG:
                shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _lock_of(folder: Path) -> Iterator[bool]:
    """Try to hold the folder's lock; it dies with its process, so a free lock means an abandoned draft."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # somebody else swept it, or put it in place
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)
