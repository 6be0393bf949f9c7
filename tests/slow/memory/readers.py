"""All that reads what people hand in, each as a function of a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

READERS: dict[str, Callable[[Path], Any]] = {}
LONGEST = 15.0  # seconds: whoever reads row after row takes no more memory later


class Enough(Exception):
    """It has read for long enough; the message says how far it came."""


def _watch() -> Callable[[int, int], None]:
    ends = time.monotonic() + LONGEST

    def watch(done: int, total: int) -> None:
        if time.monotonic() > ends:
            raise Enough(f"stopped after {done} of {total} rows")

    return watch


def reader(read: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """Register a way in."""
    READERS[read.__name__] = read
    return read


@reader
def films(path: Path) -> str:
    """The command that imports films."""
    from catalog.importing import import_films

    return str(import_films(path, progress=_watch()).rejected.count)


@reader
def films_preview(path: Path) -> str:
    """The same, only looking."""
    from catalog.importing import import_films

    return str(import_films(path, dry_run=True, progress=_watch()).rejected.count)


@reader
def likes(path: Path) -> str:
    """The command that imports likes."""
    from catalog.importing import import_likes

    report = import_likes(path, progress=_watch())
    return f"{len(report.films_unknown)} unknown"


@reader
def history(path: Path) -> str:
    """A visitor's own films."""
    from catalog.history.bringing import take_in
    from tests.builders import make_user

    return str(take_in(path, path.name, make_user()).state)


@reader
def poster(path: Path) -> str:
    """A picture in the admin."""
    from catalog.posters.pictures import LARGEST_BYTES, NoPoster, read_poster

    try:
        with path.open("rb") as file:
            return str(read_poster(file.read(LARGEST_BYTES + 1)).width)
    except NoPoster as problem:
        return f"refused: {problem}"


def _send(path: Path, at: str, who: str, field: str = "file") -> str:
    """Send the file to an address, in a stream, as a browser does."""
    from django.test import Client

    from catalog.models import User

    client = Client(raise_request_exception=False)
    if who:
        client.force_login(User.objects.create_superuser(who))
    body = Form(path, field)
    kind = f"multipart/form-data; boundary={body.BOUNDARY}"
    answer = client.request(
        **{
            "PATH_INFO": at,
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(body.size),
            "wsgi.input": body,
        }
    )
    if answer.status_code >= 500:
        raise AssertionError(f"{at} answers {answer.status_code}")
    return str(answer.status_code)


class Form:
    """A multipart form with one file, read piece by piece."""

    BOUNDARY = "x"

    def __init__(self, path: Path, field: str) -> None:
        head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{path.name}"\r\n\r\n'
        self._pieces = [head.encode(), b"\r\n--x--\r\n"]
        self._file = path.open("rb")
        self.size = sum(map(len, self._pieces)) + path.stat().st_size
        self._part = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        assert size > 0, "somebody wants everything at once"
        if self._part == 1:
            if found := self._file.read(size):
                return found
            self._file.close()
            self._part = 2
        place = 0 if self._part == 0 else 1
        found, self._pieces[place] = self._pieces[place][:size], self._pieces[place][size:]
        if self._part == 0 and not self._pieces[0]:
            self._part = 1
        return found

    readline = read


@reader
def upload_history(path: Path) -> str:
    """The page where a visitor brings films."""
    return _send(path, "/my-films/import/", "ana")


@reader
def upload_films(path: Path) -> str:
    """The page where a curator imports films."""
    return _send(path, "/admin/catalog/catalogueimport/add/", "ana")


@reader
def upload_elsewhere(path: Path) -> str:
    """A page that wants no file."""
    return _send(path, "/accounts/log-in/", "")


@reader
def field_elsewhere(path: Path) -> str:
    """A page that wants a word."""
    from django.test import Client

    with path.open("rb") as file:
        size = path.stat().st_size
        answer = Client(raise_request_exception=False).request(
            **{
                "PATH_INFO": "/accounts/log-in/",
                "REQUEST_METHOD": "POST",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(size),
                "wsgi.input": file,
            }
        )
    assert answer.status_code == (400 if size > 2_621_440 else 200), answer.status_code
    return str(answer.status_code)
