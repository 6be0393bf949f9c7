"""A visitor who asks for pages and presses a button all the time, and remembers what the site promised."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.slow.kills.seen import ONLOOKER
from tests.slow.kills.site import Failed, Server, Site

_PAGES = (
    "/",
    "/films/",
    "/recommendations/",
    "/films/{film}/",
    "/my-films/",
    "/films/?q=magos",
    "/?q=a+quiet+drama",
    "/my-films/import/",
)
_PAUSE = 0.2  # seconds, so that the command gets its share of the processor
_CSRF = "a" * 32


class Onlooker(threading.Thread):
    """Asks one page after the other; `presses` puts films on the watchlist and takes them off again."""

    def __init__(self, server: Server, *, presses: bool, may_break: bool = False) -> None:
        super().__init__(name="onlooker", daemon=True)
        self.answers: Counter[int] = Counter()
        self.broken = 0  # requests that the server took, or refused to take, and did not answer
        self.slowest = 0.0
        self.longest_silence = 0.0
        self._server, self._presses, self._may_break = server, presses, may_break
        self._session, self._films = _account(server.site)
        self._promised: dict[int, bool] = {}
        self._ended = threading.Event()
        self._answered_at = time.monotonic()
        self._wrong: list[str] = []

    def run(self) -> None:
        """Go round the pages until told to stop."""
        for turn in itertools.count():
            if self._ended.wait(_PAUSE):
                break
            film = self._films[turn % len(self._films)]
            if self._presses and turn % 3 == 0:
                self._press(film, on=turn // (3 * len(self._films)) % 2 == 0)
            else:
                self._ask("GET", _PAGES[turn % len(_PAGES)].format(film=film))
        for path in _PAGES:  # once more, now that all is over: a search finds what was not entered yet
            self._ask("GET", path.format(film=self._films[0]))

    def stop(self) -> None:
        """Let it end. Raises Failed unless every answer was good and every promise was kept."""
        self._ended.set()
        self.join()
        if self._wrong:
            raise Failed(f"the site did not answer as it should: {self._wrong[:3]}")
        with self._server.site.database.asking(self._server.site.folder) as ask:
            kept = {
                film
                for (film,) in ask(
                    "SELECT k.movie_id FROM catalog_mark k JOIN catalog_user u ON u.id = k.user_id"
                    f" WHERE u.username = '{ONLOOKER}'"
                )
            }
        lost = [film for film, on in self._promised.items() if on != (film in kept)]
        if lost:
            raise Failed(f"presses that the site had answered are lost: films {lost}")

    def _press(self, film: int, *, on: bool) -> None:
        self._promised.pop(film, None)  # until it is answered, nobody knows
        if self._ask("POST", f"/films/{film}/mark/watchlist/", f"on={on:d}") == 302:
            self._promised[film] = on

    def _ask(self, method: str, path: str, body: str = "") -> int | None:
        headers = {"Cookie": f"sessionid={self._session}; csrftoken={_CSRF}", "X-CSRFToken": _CSRF}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.broken += 1
            if not self._may_break:
                self._wrong.append(f"{method} {path}: {problem!r}")
            return None
        finally:
            connection.close()
        now = time.monotonic()
        self.slowest = max(self.slowest, now - started)
        self.longest_silence = max(self.longest_silence, now - self._answered_at)
        self._answered_at = now
        self.answers[answer.status] += 1
        if answer.status != (302 if method == "POST" else 200):
            self._wrong.append(f"{method} {path}: {answer.status}")
        return answer.status


@contextmanager
def looking_on(server: Server, *, presses: bool, may_break: bool = False) -> Iterator[Onlooker]:
    """Somebody asks the server all the time. Raises Failed unless all was well."""
    onlooker = Onlooker(server, presses=presses, may_break=may_break)
    onlooker.start()
    try:
        yield onlooker
    finally:
        onlooker._ended.set()
    onlooker.stop()


def _account(site: Site) -> tuple[str, list[int]]:
    with site.database.asking(site.folder) as ask:
        films = [film for (film,) in ask("SELECT id FROM catalog_movie ORDER BY id LIMIT 20")]
    return (site.folder / "session").read_text().strip(), films
