"""PostgreSQL is stopped for ten seconds under load: what visitors see, what is lost, how soon the site is back.

    python -m benchmarks.outage FOLDER [--films 5000] [--seconds 10] [--visitors 8]

FOLDER/site-5000 is filled like for the other benchmarks, then moved to a PostgreSQL server of its own.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.filled import filled_site
from benchmarks.site import ROOT, Served, Site, environment_line
from tests import postgres

TOKEN = "a" * 32  # a form's token that agrees with its cookie
AROUND = 4.0  # seconds of load before and after the outage
LONGEST = 60.0  # seconds in which everything has to be back

_SESSIONS = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from catalog.models import User
for number in range({visitors}):
    user = User.objects.create(username=f"under-load-{{number}}", password="!")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    print(session.session_key, user.pk)
from catalog.models import Movie
print(*Movie.objects.listed().order_by("pk").values_list("pk", flat=True)[:2000])
"""
# How the job ended, then the likes that are there.
_AFTERWARDS = """
import time
from catalog.models import Like
from jobs.models import Job
end = time.monotonic() + {longest}
while not (job := Job.objects.get(pk={job})).is_finished and time.monotonic() < end:
    time.sleep(0.2)
print(job.state, job.attempts)
for user, film in Like.objects.filter(user__username__startswith="under-load-").values_list("user", "movie"):
    print(user, film)
"""
_WORK = """
import django
django.setup()
import tests.jobs.kinds
django.core.management.call_command("db_worker", interval=0.2)
"""
_START = "import tests.jobs.kinds; from jobs.work import start; print(start({kind!r}, by=None, **{arguments!r}).pk)"


_JOBS = {"JOBS_AT_ONCE": "0", "DJANGO_SETTINGS_MODULE": "movierec_site.settings"}


class PostgresSite(Site):
    """A site whose database is on a PostgreSQL server; workers do its jobs."""

    database = ""

    @classmethod
    def at(cls, folder: Path, database: str) -> PostgresSite:
        """The site in this folder and at this address."""
        site = cls(folder)
        object.__setattr__(site, "database", database)
        return site

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "DATABASE_URL": self.database, **_JOBS}


@dataclass(frozen=True)
class Answered:
    """One answer: when, how long it took, what it was."""

    at: float
    seconds: float
    status: int  # 0 where the connection broke
    kind: str  # "page" or "like"
    is_friendly: bool  # a success, or 503 in words, with the time to try again


@dataclass
class Visitor:
    """Somebody who looks and likes as fast as answers come."""

    port: int
    session: str
    user: int
    films: list[int]
    seen: list[Answered] = field(default_factory=list)
    promised: set[int] = field(default_factory=set)  # films whose like was answered with success
    refused: set[int] = field(default_factory=set)

    def live(self, ended: threading.Event) -> None:
        """Two pages, then a like, and so on."""
        pages = itertools.cycle(["/", "/films/", f"/films/{self.films[0]}/", "/recommendations/"])
        films = itertools.cycle(self.films)
        while not ended.is_set():
            self._ask("GET", next(pages))
            self._ask("GET", next(pages))
            film = next(films)
            is_kept = self._ask("POST", f"/films/{film}/like/", body="liked=1").status in {200, 302}
            if is_kept:
                self.promised.add(film)
                self.refused.discard(film)
            elif film not in self.promised:
                self.refused.add(film)
            time.sleep(0.02)

    def _ask(self, method: str, path: str, body: str | None = None) -> Answered:
        cookies = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        form = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"} if body else {}
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        try:
            connection.request(method, path, body, cookies | form)
            answer = connection.getresponse()
            status, words = answer.status, answer.read().decode("utf-8")
            says = "at the moment" in words and "Traceback" not in words and answer.headers["Retry-After"] is not None
            is_friendly = status in {200, 302} or (status == 503 and says)
        except (OSError, http.client.HTTPException):
            status, is_friendly = 0, False
        finally:
            connection.close()
        kind = "like" if body else "page"
        self.seen.append(Answered(started, time.monotonic() - started, status, kind, is_friendly))
        return self.seen[-1]


@contextmanager
def worker_of(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    """A worker for background jobs, of which tests have some of their own."""
    process = subprocess.Popen([sys.executable, "-c", _WORK], cwd=ROOT, env=site.environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def strike(
    site: Site,
    server: Any,
    *,
    seconds: float,
    visitors: int,
    kind: str,
    arguments: dict[str, Any],
    around: float = AROUND,
) -> dict[str, Any]:
    """Stop the server under load, start it again, and tell what happened."""
    *people, films = [line.split() for line in site.shell(_SESSIONS.format(visitors=visitors)).splitlines()]
    with site.serve(workers=2) as served, worker_of(site) as worker:
        port = int(served.address.rpartition(":")[2])
        crowd = [Visitor(port, session, int(user), [int(film) for film in films]) for session, user in people]
        ended = threading.Event()
        threads = [threading.Thread(target=one.live, args=(ended,), daemon=True) for one in crowd]
        for thread in threads:
            thread.start()
        try:
            time.sleep(around)
            job = int(site.shell(_START.format(kind=kind, arguments=arguments)))
            time.sleep(0.5)
            stopped, back, during = _outage(server, served, seconds)
            recovered = _wait_for_a_page(served) - back
            time.sleep(max(around, 1.5))
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        (state, attempts), *likes = map(
            str.split, site.shell(_AFTERWARDS.format(job=job, longest=LONGEST)).splitlines()
        )
        is_same_worker = worker.poll() is None
    answers = [answer for one in crowd for answer in one.seen]
    return {
        **_what_was_seen(answers, stopped, back),
        **_what_was_kept(crowd, {(int(user), int(film)) for user, film in likes}),
        **during,
        "a page again after s": round(recovered, 1),
        "job": state,
        "attempts of the job": int(attempts),
        "the worker lived on": is_same_worker,
    }


def _outage(server: Any, served: Served, seconds: float) -> tuple[float, float, dict[str, Any]]:
    """Stop and start; what monitoring saw in between."""
    server.stop()
    stopped = time.monotonic()
    time.sleep(seconds / 2)
    during = {"healthz in between": _status(served, "/healthz"), "readyz in between": _status(served, "/readyz")}
    time.sleep(max(0.0, seconds - (time.monotonic() - stopped)))
    server.ensure_postgres_running()
    return stopped, time.monotonic(), during


def _status(served: Served, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(served.address.rpartition(":")[2]), timeout=LONGEST)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def _wait_for_a_page(served: Served) -> float:
    end = time.monotonic() + LONGEST
    while (status := _status(served, "/films/")) != 200:
        if time.monotonic() > end:
            raise SystemExit(f"The site does not come back: {status}")
        time.sleep(0.1)
    return time.monotonic()


def _what_was_seen(answers: list[Answered], stopped: float, back: float) -> dict[str, Any]:
    parts = {
        "until it was down": [answer for answer in answers if answer.at + answer.seconds < stopped],
        "while it was down": [answer for answer in answers if stopped <= answer.at < back],
        "a second later": [answer for answer in answers if answer.at > back + 1],
    }
    slow = sorted(answer.seconds for answer in parts["while it was down"])
    return {
        **{name: dict(sorted(Counter(answer.status for answer in part).items())) for name, part in parts.items()},
        "slowest then, ms": round(1000 * slow[-1]) if slow else None,
        "median then, ms": round(1000 * slow[len(slow) // 2]) if slow else None,
        "unfriendly": sum(not answer.is_friendly for answer in answers),
    }


def _what_was_kept(crowd: list[Visitor], kept: set[tuple[int, int]]) -> dict[str, Any]:
    promised = {(one.user, film) for one in crowd for film in one.promised}
    refused = {(one.user, film) for one in crowd for film in one.refused}
    return {
        "likes promised": len(promised),
        "of them lost": len(promised - kept),
        "likes refused": len(refused),
        "of them written all the same": len(refused & kept),
    }


def main() -> None:
    """Print the figures, and fail when somebody saw an error or lost something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--visitors", type=int, default=8)
    options = parser.parse_args()
    print(environment_line())
    filled = filled_site(options.folder, options.films)
    filled.manage("migrate", "-v0")  # it may be older than this code
    with tempfile.TemporaryDirectory() as room, postgres.server(Path(room) / "data") as server:
        server.psql("CREATE DATABASE movierec")
        address = postgres.address(server, "movierec")
        filled.manage("move_database", address, "-v0")
        found = strike(
            PostgresSite.at(filled.folder, address),
            server,
            seconds=options.seconds,
            visitors=options.visitors,
            kind="refresh",
            arguments={"every": True},
        )
    print(json.dumps(found, indent=1))
    if found["of them lost"] or found["unfriendly"] or found["job"] != "done":
        raise SystemExit("Somebody saw an error, or something was lost.")


if __name__ == "__main__":
    main()
