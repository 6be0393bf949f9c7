"""Compares what takes how long: turn by turn in one process, so that a busy moment hits all alike."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from statistics import median


def in_turns(rivals: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each call, in the order of the rounds; the first round of all is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(rounds + 1):
        for name, call in rivals.items():
            started = time.perf_counter()
            call()
            if number:
                taken[name].append(time.perf_counter() - started)
    return taken


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over the rounds of ours divided by theirs."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def peak_megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory_of(pid: int | str = "self") -> dict[str, float]:
    """Megabytes of a process: all that it sees (Rss), its fair share of that (Pss), what is its own alone (Own)."""
    with open(f"/proc/{pid}/smaps_rollup") as file:  # noqa: PTH123 (no file, a question to the kernel)
        kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in file.readlines()[1:]}
    return {name: kilobytes[key] / 1024 for name, key in (("Rss", "Rss"), ("Pss", "Pss"), ("Own", "Anonymous"))}
