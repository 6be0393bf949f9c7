"""python -m tests.slow.kills [--times 30] [--only training] [--database postgresql] [--folder DIR] [--seed 1]"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from benchmarks.site import environment_line
from tests.slow.kills.cases import CASES
from tests.slow.kills.databases import Database, PostgreSQL, SQLite
from tests.slow.kills.rounds import Result, prove
from tests.slow.kills.starts import Starts
from tests.slow.kills.web import NAMES, prove_web

_ALL = (*(case.name for case in CASES), *NAMES)


def main(arguments: list[str]) -> int:
    """Kill, print the table of results, and give 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.slow.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=30, help="kills of each kind (30)")
    parser.add_argument("--only", nargs="*", default=_ALL, metavar="KIND", help=f"some of: {', '.join(_ALL)}")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--folder", type=Path, help="where the sites lie; the starting points stay there (a new one)")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments (1)")
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - set(_ALL):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from: {', '.join(_ALL)}")
    settings.configure(USE_I18N=False)  # nothing of the site is loaded here but functions that know no Django
    print(environment_line(), flush=True)
    with _folder(options.folder) as folder, _database(options.database, folder) as database:
        results = list(_results(folder, database, options))
    print(f"\n{_table(results)}")
    return 1 if any(result.failures for result in results) else 0


def _results(folder: Path, database: Database, options: argparse.Namespace) -> Iterator[Result]:
    starts = Starts(folder, database)
    room = folder / f"room-{os.getpid()}"
    room.mkdir()
    for name in _ALL:
        if name not in options.only:
            continue
        rng = random.Random(f"{options.seed} {name}")
        if name in NAMES:
            result = prove_web(name, starts.get("large"), room, options.times, rng, _say)
        else:
            case = next(case for case in CASES if case.name == name)
            result = prove(case, starts.get(case.start), room, options.times, rng, _say)
        _say(_line(result))
        yield result
        if result.stopped:
            return


def _say(words: str) -> None:
    print(words, flush=True)


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="movierec-kills-") as made:
        yield Path(made)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[Database]:
    if name == "sqlite":
        yield SQLite()
        return
    from tests.postgres import server

    with tempfile.TemporaryDirectory(prefix="movierec-kills-") as room, server(Path(room) / "data") as running:
        yield PostgreSQL(running)


def _table(results: list[Result]) -> str:
    """For README.md."""
    lines = [
        "| killed | kills | sites | how far it was | answers meanwhile (slowest) | left on disk | failures | minutes |",
        "| --- | ---: | ---: | --- | --- | --- | ---: | ---: |",
    ]
    failures = [json.dumps({result.name: result.failures}) for result in results if result.failures]
    return "\n".join([*lines, *map(_line, results), *failures])


def _line(result: Result) -> str:
    phases = ", ".join(f"{count} {phase}" for phase, count in result.phases.most_common())
    left = ", ".join(f"{count} `{kind}`" for kind, count in result.leftovers.most_common()) or "nothing"
    return (
        f"| {result.name} | {result.kills} | {result.sites} | {phases} | {result.answers} ({result.slowest:.1f} s)"
        f" | {left} | {len(result.failures)} | {result.seconds / 60:.1f} |"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
