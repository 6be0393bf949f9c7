"""On a database in a file: a backup taken while others write holds one moment, and brings the same site back."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from django.db.backends.sqlite3._functions import register

RUN = """
import shlex, sys, django; django.setup()
from django.core.management import call_command
for words in sys.argv[1:]:
    call_command(*shlex.split(words))
"""
RECOMMEND = "recommend --like 'Film 1' --query snow --json"
ROOT = Path(__file__).resolve().parents[2]


def manage(folder: Path, *commands: str, database: str = "") -> str:
    """Run commands in one new process on a site in this folder; what they print."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "movierec_site.settings",
        "DEBUG": "1",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database or f"sqlite:///{folder}/db.sqlite3",
        "PATH": os.environ["PATH"],
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, *commands], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_pairs(path: Path, stop: threading.Event, written: list[int]) -> None:
    """Add two genres at a time, in one transaction: a copy with an odd number has torn one apart."""
    with sqlite3.connect(path, timeout=20, isolation_level=None) as database:
        while not stop.is_set():
            number = len(written)
            database.execute("BEGIN IMMEDIATE")
            for half in ("a", "b"):
                database.execute("INSERT INTO catalog_genre (name) VALUES (?)", (f"pair {number} {half}",))
            database.execute("COMMIT")
            written.append(number)
    database.close()


def genres(path: Path) -> int:
    database = sqlite3.connect(path)
    (count,) = database.execute("SELECT count(*) FROM catalog_genre WHERE name LIKE 'pair %'").fetchone()
    register(database)  # constraints use functions of Django
    (sound,) = database.execute("PRAGMA integrity_check").fetchone()
    database.close()
    assert sound == "ok"
    return int(count)


def test_saved_under_writes_and_brought_back_elsewhere(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    films = tmp_path / "films.csv"
    films.write_text(
        "title,year,description\n"
        + "".join(f"Film {n},2001,{('rivers and bridges', 'huts under snow')[n % 2]}\n" for n in range(8))
    )
    before = manage(here, "migrate -v 0", f"import_movies {films} -v 0", "train_vae --epochs 1 -v 0", RECOMMEND)
    stop, written = threading.Event(), list[int]()
    writer = threading.Thread(target=write_pairs, args=(here / "db.sqlite3", stop, written))
    writer.start()
    try:
        manage(here, f"backup {tmp_path}/saved.tar.gz -v 0")
    finally:
        stop.set()
        writer.join()
    assert len(written) > 10
    after = manage(there, f"restore {tmp_path}/saved.tar.gz -v 0", RECOMMEND)
    held = genres(there / "db.sqlite3")
    assert 0 < held < 2 * len(written)
    assert held % 2 == 0
    assert '"Film ' in before
    assert after == before
