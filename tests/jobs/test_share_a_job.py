"""Several workers share a refresh and an import; one is killed in the middle, and each film is done exactly once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Movie
from jobs import pieces
from jobs.models import Job, Piece, Worker
from jobs.work import start
from recommender.models import Embedding, ModelVersion
from recommender.vectors import unpack
from tests.builders import make_movie
from tests.jobs.test_worker import ROOT, is_finished, shared_database, until  # noqa: F401  (a fixture)

pytestmark = pytest.mark.both_databases

FILMS = 60
# The real command with small pieces and a faster pulse. {first} is what a worker waits for before it takes pieces,
# {die} what a victim does before its piece is committed.
WORK = """
import django, pathlib, time
django.setup()
import jobs.pieces, jobs.progress, recommender.upkeep, tests.jobs.kinds, catalog.importing.films
jobs.progress.BEAT = 0.1
recommender.upkeep._AT_ONCE = catalog.importing.films.CHUNK = 5
done = jobs.pieces.Taken.done
def slowly(taken, **result):
    done(taken, **result)
    {die}
jobs.pieces.Taken.done = slowly
perform = jobs.pieces._perform_one
def later(job):
    {first}
    return perform(job)
jobs.pieces._perform_one = later
django.core.management.call_command("db_worker", interval=0.1, silent_for=2)
"""
Launch = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def launch(shared_database: dict[str, str]) -> Iterator[Launch]:  # noqa: F811
    """Start a worker; none of them outlives the test."""
    workers: list[subprocess.Popen[bytes]] = []

    def launched(*, first: str = "pass", die: str = "pass") -> subprocess.Popen[bytes]:
        script = WORK.replace("{first}", first).replace("{die}", die)
        workers.append(subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=shared_database))
        return workers[-1]

    yield launched
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.fixture
def version(shared_database: dict[str, str]) -> Iterator[ModelVersion]:  # noqa: F811
    """A small model with its vectors, and a table that notes each vector that is written and committed."""
    for number in range(FILMS):
        words = "rocket crew silent planet distant stars" if number % 2 else "wedding guests stolen hat merry cake"
        make_movie(f"Film {number}", description=f"{words} {number}", genres=["Drama"], year=1960 + number)
    call_command("train_vae", "--epochs", "1", verbosity=0)
    note = "INSERT INTO written VALUES (NEW.movie_id);"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE written (movie_id bigint)")
        if connection.vendor == "sqlite":
            for event in ("UPDATE", "INSERT"):
                on = f"AFTER {event} ON recommender_embedding"
                cursor.execute(f"CREATE TRIGGER note_{event} {on} BEGIN {note} END")
        else:
            body = f"BEGIN {note} RETURN NULL; END"
            cursor.execute(f"CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
            cursor.execute(
                "CREATE TRIGGER note AFTER INSERT OR UPDATE ON recommender_embedding FOR EACH ROW "
                "EXECUTE FUNCTION note()"
            )
    yield ModelVersion.objects.get()
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("DROP TRIGGER note ON recommender_embedding; DROP FUNCTION note")
        cursor.execute("DROP TABLE written")


def written() -> Counter[int]:
    """How often each film's vector was written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT movie_id FROM written")
        return Counter(row[0] for row in cursor.fetchall())


def vectors() -> NDArray[np.float32]:
    """All vectors by ascending film."""
    return unpack([bytes(blob) for blob in Embedding.objects.order_by("movie").values_list("vector", flat=True)], 128)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def victim_and_another(launch: Launch, tmp_path: Path) -> Callable[[], None]:
    """Two workers, one of which stops in its first piece, and what kills it there. The other waits for that."""
    reached = tmp_path / "in the middle"
    victim = launch(die=f"pathlib.Path({str(reached)!r}).touch(); time.sleep(600)")
    launch(first=f"while not pathlib.Path({str(reached)!r}).exists(): time.sleep(0.05)")
    wait_for(lambda: Worker.objects.alive().count() == 2)

    def kill() -> None:
        wait_for(reached.exists)
        victim.kill()

    return kill


def test_a_refresh_is_shared_and_a_killed_worker_costs_nothing(
    version: ModelVersion, launch: Launch, tmp_path: Path
) -> None:
    before = vectors()
    kill = victim_and_another(launch, tmp_path)
    job = start("refresh", by=None, every=True)
    kill()
    until(is_finished, job)
    assert (job.state, job.error) == (Job.State.DONE, "")
    assert job.result == {"version": version.name, "films": FILMS, "computed": FILMS}
    assert set(written().values()) == {1}, "each film's vector is written once"
    assert len(written()) == FILMS
    # Products of matrices of other heights may differ in their last bit.
    assert vectors() == pytest.approx(before, abs=1e-6), "the same as one worker computes"
    assert not Piece.objects.exists(), "nothing is left lying about"


def test_an_import_leaves_encoding_to_the_other_workers(version: ModelVersion, launch: Launch, tmp_path: Path) -> None:
    rows = [f"New {number},{1950 + number % 70},Somebody leaves." for number in range(FILMS)]
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["title,year,description", *rows]), encoding="utf-8")
    kill = victim_and_another(launch, tmp_path)
    job = start("test_import_at_once", by=None, file=str(file))
    kill()
    until(is_finished, job)
    assert (job.state, job.error) == (Job.State.DONE, "")
    new = set(Movie.objects.filter(title__startswith="New").values_list("pk", flat=True))
    assert len(new) == FILMS
    assert written() == Counter(dict.fromkeys(new, 1))


def test_a_piece_that_was_taken_over_cannot_be_finished(db: None) -> None:
    job = start("test_count", by=None)
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    with pieces.belonging_to(job.pk, in_background=True):
        pieces.hand_out("nothing", [(1, {})])
    slow = pieces._take(job.pk)
    assert slow is not None
    assert pieces._take(job.pk) is None, "it is somebody's"
    Piece.objects.update(taken_at=Piece.objects.get().taken_at - 2 * pieces.SILENT_FOR)
    fast = pieces._take(job.pk)
    assert fast is not None
    fast.done(films=3)
    with pytest.raises(pieces.Lost):
        slow.done(films=5)
    assert Piece.objects.get().result == {"films": 3}


def test_a_worker_without_others_makes_no_pieces(db: None) -> None:
    job = start("test_count", by=None)
    with pieces.belonging_to(job.pk, in_background=True):
        assert not pieces.are_shared()
