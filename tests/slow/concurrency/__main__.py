"""Lets the crowd of tests/crowd loose again and again, with other dice each round: python -m tests.slow.concurrency"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time

TEST = "tests/operations/test_many_at_once.py"
RUNNERS = {"sqlite": ["-m", "pytest"], "postgres": ["tests/postgres.py"]}


def main() -> int:
    """Run the rounds; the exit status is the number of rounds in which a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.slow.concurrency", description=__doc__)
    parser.add_argument("--database", choices=[*RUNNERS, "both"], default="both")
    parser.add_argument("--rounds", type=int, default=5, help="on each database")
    parser.add_argument("--seconds", type=float, default=30, help="that each round lasts")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first round")
    asked = parser.parse_args()
    databases = list(RUNNERS) if asked.database == "both" else [asked.database]
    rounds = [(name, asked.seed + number) for number in range(asked.rounds) for name in databases]
    return sum(not _holds(name, seed, asked.seconds) for name, seed in rounds)


def _holds(database: str, seed: int, seconds: float) -> bool:
    """One round, told in a line; of a broken promise all is told."""
    environment = {**os.environ, "CROWD_SECONDS": str(seconds), "CROWD_SEED": str(seed), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *RUNNERS[database], "-q", "-s", "--tb=short", "--show-capture=no", TEST]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    answers = re.search(r"(\d+) answers", done.stdout)
    print(
        database, "seed", seed, answers[0] if answers else "", "held" if done.returncode == 0 else "BROKEN", flush=True
    )
    if done.returncode:
        print(done.stdout, done.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
