"""Training and importing, killed in the middle and run again, end as if nothing had happened.

Here the moments are chosen; `python -m tests.slow.kills` draws hundreds of them at random, for every command.
"""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.sqlite3._functions import register

ROOT = Path(__file__).resolve().parents[2]
# One process loads what takes long. Each site is a child of it and each command a child of that; the marked ones die by
# SIGKILL in the so many-th call of a function: [function, call] or [].
RUN = """
import json, os, pydoc, signal, sys, traceback
import recommender.ml.training
import django

def die_in(function, call):
    place, name = function.rsplit(".", 1)
    owner, calls = pydoc.locate(place), iter(range(1, 1000))
    usual = getattr(owner, name)
    def dying(*args, **kwargs):
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return usual(*args, **kwargs)
    setattr(owner, name, dying)

def command(words, death):
    from django.core.management import call_command
    import catalog.importing.films as films, recommender.ml.files as files
    films.CHUNK, files._YOUNG = 3, 0
    if death:
        die_in(*death)
    call_command(*words, verbosity=0)

def site(folder, steps):
    os.environ |= {"VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
    django.setup()
    import recommender.pipeline
    from django.db import connections
    for words, death in steps:
        connections.close_all()
        status = os.waitstatus_to_exitcode(os.waitpid(child(command, words, death), 0)[1])
        assert status == (-signal.SIGKILL if death else 0), (words, death, status)

def child(work, *arguments):
    pid = os.fork()
    if pid:
        return pid
    try:
        work(*arguments)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)

children = [child(site, folder, steps) for folder, steps in json.loads(sys.argv[1]).items()]
sys.exit(any([os.waitpid(pid, 0)[1] for pid in children]))
"""
TRAIN = ["train_vae", "--epochs", "2", "--seed", "7"]


def run(sites: dict[str, Any]) -> None:
    """Run commands on the sites in these folders, each command with the way it dies."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "movierec_site.settings",
        "DEBUG": "1",
        "PATH": os.environ["PATH"],
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", RUN, json.dumps(sites)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def end_of(folder: Path) -> tuple[object, ...]:
    """The database without times and numbers of rows, after it was checked, and the weights of every version."""
    database = sqlite3.connect(folder / "db.sqlite3")
    register(database)  # constraints use functions of Django
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    tables = [
        "SELECT m.title, m.year, s.words, e.vector, v.is_active, v.metrics FROM catalog_movie m"
        " JOIN catalog_searchentry s ON s.movie_id = m.id JOIN recommender_embedding e ON e.movie_id = m.id"
        " JOIN recommender_modelversion v ON v.id = e.version_id ORDER BY m.id",
        "SELECT file_name, state, n_new, n_unchanged FROM catalog_catalogueimport ORDER BY id",
        "SELECT line, kind, film FROM catalog_importrow ORDER BY catalogue_import_id, line",
    ]
    rows = [database.execute(table).fetchall() for table in tables]
    names = [name for (name,) in database.execute("SELECT name FROM recommender_modelversion ORDER BY id")]
    database.close()
    return (*rows, [(folder / "models" / name / "encoder.safetensors").read_bytes() for name in names])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A file of eight films, and one of ten more."""
    folder = tmp_path_factory.mktemp("files")
    for name, numbers in (("few.csv", range(8)), ("more.csv", range(8, 18))):
        words = ("rivers and old bridges", "huts under snow", "a thief and his hat")
        rows = [f"Film {number},{1990 + number},{words[number % 3]} {number}\n" for number in numbers]
        (folder / name).write_text("title,year,description\n" + "".join(rows))
    return str(folder / "few.csv"), str(folder / "more.csv")


def test_killed_and_run_again_everything_ends_the_same(files: tuple[str, str], tmp_path: Path) -> None:
    few, more = files
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    ready = [(["migrate"], []), (["import_movies", few], [])]
    killed = [
        (TRAIN, ["recommender.ml.run.Run.validate", 2]),  # in the second epoch
        ([*TRAIN, "--resume"], ["recommender.model_files.store", 1]),  # the folder is there, its row is not
        ([*TRAIN, "--resume"], ["recommender.upkeep.draw", 1]),  # the version is there, and serves nobody yet
        ([*TRAIN, "--resume"], []),
        (["import_movies", more], ["catalog.importing.films.reset_queries", 1]),  # behind the first chunk
        (["import_movies", more], ["catalog.importing.films.announce_changes", 2]),  # within the third one
        (["import_movies", more], ["catalog.importing.record.settle", 1]),  # all is written but the end
        (["import_movies", more], []),
    ]
    whole = [(TRAIN, []), (["import_movies", more], [])]
    run({str(undisturbed): [*ready, *whole], str(disturbed): [*ready, *killed]})
    found, expected = end_of(disturbed), end_of(undisturbed)
    assert found == expected
    assert len(expected[0]) == 18
    assert {path.name for path in (disturbed / "models").iterdir() if path.name.startswith(".")} <= {
        ".training.lock",
        ".bringing.lock",
    }
