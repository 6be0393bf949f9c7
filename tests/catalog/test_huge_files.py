"""Files that are made to fill the memory are refused before they do; tests/slow/memory tries more, and larger ones."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHAPES = (
    "one_line",
    "one_row_of_many_lines",
    "headers_only",
    "empty_lists",
    "deep",
    "bomb",
)


def test_small_files_that_want_much_memory() -> None:
    """Eight megabytes each; without limits most of them would take two hundred."""
    command = [sys.executable, "-m", "tests.slow.memory", "--megabytes", "8", "--most", "150"]
    command += ["--only", "films", "history", "--shapes", *SHAPES]
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}  # not ours to fill
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count("refused") == 2 * len(SHAPES), done.stdout
