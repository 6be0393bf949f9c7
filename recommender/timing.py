"""Says how long each ranking took, to whoever wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from recommender.signals import recommended

P = ParamSpec("P")
T = TypeVar("T")


def timed(ranking: Callable[P, T]) -> Callable[P, T]:
    """Send `recommended` with the seconds that each call took; an error is no ranking."""

    @wraps(ranking)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        started = time.perf_counter()
        answer = ranking(*args, **kwargs)
        recommended.send(sender=None, seconds=time.perf_counter() - started)
        return answer

    return wrapper
