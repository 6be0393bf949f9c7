"""Lets the crowd loose for some seconds, in threads with database connections of their own."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.signals import got_request_exception
from django.db import connections

from tests.crowd.acts import Member, activating, refreshing
from tests.crowd.ledger import Ledger
from tests.crowd.world import World

THREADS = 8


def let_loose(world: World, *, seconds: float, seed: int, folder: Path) -> Ledger:
    """Eight members and, beside them, a worker that refreshes and two operators who activate."""
    ledger = Ledger()
    dice = random.Random(seed)  # noqa: S311 (films, no secrets)
    members = [Member(number, THREADS, world, ledger, seed, folder) for number in range(THREADS)]
    ways: list[Callable[[], None]] = [member.act for member in members]
    ways += [lambda: refreshing(ledger, dice)]
    ways += [lambda: activating(world, ledger, dice)] * 2
    until = time.monotonic() + seconds

    def again_and_again(way: Callable[[], None]) -> None:
        while time.monotonic() < until and len(ledger.problems) < 60:
            try:
                way()
            except Exception:
                ledger.problem(traceback.format_exc())
        connections.close_all()

    def note_fault(**_rest: Any) -> None:
        ledger.problem(traceback.format_exc())

    got_request_exception.connect(note_fault)
    threads = [threading.Thread(target=again_and_again, args=[way]) for way in ways]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        got_request_exception.disconnect(note_fault)
    return ledger
