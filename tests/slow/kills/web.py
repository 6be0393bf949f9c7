"""Kills web workers and the whole web server while visitors press buttons: what was answered is kept."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.slow.kills.onlooker import looking_on
from tests.slow.kills.rounds import Result
from tests.slow.kills.site import Failed, Server, Site

_SILENCE = 60.0  # seconds that nobody is answered: a worker loads in one or two, on a busy machine in many
NAMES = ("a web worker", "the web server")


def prove_web(
    name: str, start: Site, folder: Path, times: int, rng: random.Random, say: Callable[[str], None]
) -> Result:
    """Kill so many times on one site that goes on being used by two visitors at once."""
    began = time.monotonic()
    result = Result(name, sites=1)
    site = start.copied(folder / "site")
    kill = _kill_worker if name == NAMES[0] else _kill_server
    try:
        with site.served() as server, looking_on(server, presses=True, may_break=True) as one:
            with looking_on(server, presses=False, may_break=True) as other:
                while result.kills < times:
                    time.sleep(rng.uniform(0, 1.5))
                    kill(server, rng)
                    result.kills += 1
                    _wait_for_answers(one.answers, 1)
                _wait_for_answers(one.answers, 10)
            result.phases["requests cut off"] = one.broken + other.broken
        result.answers = sum(one.answers.values()) + sum(other.answers.values())
        result.slowest = max(one.longest_silence, other.longest_silence)
        if result.slowest > _SILENCE:
            raise Failed(f"nobody was answered for {result.slowest:.1f} seconds")
        if damage := site.database.damage(site.folder):
            raise Failed(f"the database is damaged: {damage}")
    except Failed as problem:
        result.failures.append(str(problem))
        say(f"  FAILED: {problem}")
    finally:
        site.remove()
    result.seconds = time.monotonic() - began
    return result


def _wait_for_answers(answers: dict[int, int], number: int) -> None:
    """Until the visitor was answered so many times more. Raises Failed."""
    before, until = sum(answers.values()), time.monotonic() + _SILENCE
    while sum(answers.values()) < before + number:
        if time.monotonic() > until:
            raise Failed("the site does not answer any more")
        time.sleep(0.1)


def _kill_worker(server: Server, rng: random.Random) -> None:
    workers = server.workers()
    if workers:
        os.kill(rng.choice(workers), signal.SIGKILL)


def _kill_server(server: Server, rng: random.Random) -> None:
    server.kill()
    time.sleep(rng.uniform(0, 0.5))
    server.start()
