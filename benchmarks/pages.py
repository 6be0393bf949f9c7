"""What a recommendation page costs beside a page that only renders the base template, and what a worker holds.

    python -m benchmarks.pages FOLDER [--films 5000 100000]

Each size gets a site in its own folder, filled once, which takes a while.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.filled import filled_site, session_of
from benchmarks.site import Served, environment_line
from benchmarks.timing import in_turns, ratio

_ROUNDS = 60


def pages(served: Served, session: str) -> dict[str, list[float]]:
    """Seconds of each page, in turns."""
    paths = {"base template": "/accounts/password/sent/", "home": "/", "for you": "/recommendations/"}
    paths |= {"film": "/films/7/", "films": "/films/"}

    def call(path: str) -> Callable[[], bytes]:
        return lambda: served.get(path, session)

    return in_turns({name: call(path) for name, path in paths.items()}, _ROUNDS)


def main() -> None:
    """Print one line per size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, nargs="+", default=[5000, 100_000])
    options = parser.parse_args()
    print(environment_line())
    first: dict[str, float] = {}
    for films in options.films:
        site = filled_site(options.folder, films)
        with site.serve() as served:
            taken = pages(served, session_of(site))
            memory = served.workers()[0]
        milliseconds = {name: round(1000 * median(times), 1) for name, times in taken.items()}
        to_base = {name: round(ratio(times, taken["base template"]), 2) for name, times in taken.items()}
        first = first or milliseconds
        to_first = {name: round(value / first[name], 2) for name, value in milliseconds.items()}
        row = {"films": films, "ms": milliseconds, "to base template": to_base, "to the first size": to_first}
        print(json.dumps(row | {"worker MB": {name: round(value) for name, value in memory.items()}}))


if __name__ == "__main__":
    main()
