"""How training grows with its data: seconds of the processor and the most memory held.

    python -m benchmarks.training FOLDER [--sizes 25000:1250000 50000:2500000 100000:5000000] [--epochs 2]

Each size is FILMS:LIKES, made up and written as a training export without a database. What the export takes includes
making the films up. An export that lies in the folder is taken as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks import made_up
from benchmarks.site import ONE_THREAD, ROOT, Ran, environment_line
from recommender.ml import exported
from recommender.ml.records import FilmRecord


def films(count: int) -> Iterator[tuple[int, FilmRecord]]:
    """Made-up films with their ids."""
    for film in made_up.films(count):
        lists = {name: tuple(film[column].split("|")) for name, column in _LISTS.items()}
        record = FilmRecord(film["title"], description=film["description"], year=int(film["year"]), **lists)
        yield int(film["movielens_id"]), record


_LISTS = {"genres": "genres", "directors": "director", "cast": "cast", "keywords": "keywords", "countries": "country"}


def likes(n_films: int, count: int) -> Iterator[np.ndarray]:
    """Made-up likes, some at a time."""
    rows = ((visitor, film) for visitor, film, _rating, _time in made_up.likes(n_films, count))
    while some := list(islice(rows, 50_000)):
        yield np.array(some, np.int64)


def ran(*command: str) -> Ran:
    """Run a Python module to its end."""
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **ONE_THREAD}) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ran(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, "")


def measured(folder: Path, size: str, epochs: int) -> None:
    """Print a line for the export and one for the training."""
    n_films, n_likes = map(int, size.split(":"))
    export, model = folder / f"export-{n_films}-{n_likes}", folder / f"model-{n_films}-{n_likes}"
    if not export.exists():
        print(row("export", size, ran("benchmarks.training", str(export), "--export", size)), flush=True)
    shutil.rmtree(model, ignore_errors=True)
    trained = ran("recommender.ml.train", str(export), "--out", str(model), "--epochs", str(epochs))
    print(row(f"training, {epochs} epochs", size, trained), flush=True)


def row(what: str, size: str, found: Ran) -> str:
    """One line of the results."""
    times = {"seconds": round(found.seconds, 1), "CPU seconds": round(found.cpu_seconds, 1)}
    return json.dumps({"what": what, "films:likes": size, **times, "MB": round(found.megabytes)})


def main() -> None:
    """Measure, or write one export in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["25000:1250000", "50000:2500000", "100000:5000000"])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--export", metavar="FILMS:LIKES", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.export:
        n_films, n_likes = map(int, options.export.split(":"))
        exported.write(options.folder, films(n_films), likes(n_films, n_likes))
        return
    print(environment_line())
    for size in options.sizes:
        measured(options.folder, size, options.epochs)


if __name__ == "__main__":
    main()
