"""Workers are killed and ended in the middle of real work: another takes it up, and nothing is lost or doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

import tests.jobs.kinds  # noqa: F401  (registering is its import)
from catalog.models import Movie
from jobs.models import Job, Worker
from jobs.progress import Progress, TakenOver
from jobs.running import MOST_ATTEMPTS, claim, run_job, take_up
from jobs.work import start
from recommender.models import ModelVersion
from tests.builders import make_movie
from tests.postgres import address_of

ROOT = Path(__file__).resolve().parents[2]
# The real command, with the tests' kinds of jobs and a faster pulse.
WORK = """
import django
django.setup()
import jobs.progress, tests.jobs.kinds
jobs.progress.BEAT = 0.1
django.core.management.call_command("db_worker", interval=0.1, silent_for=3)
"""
Launch = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def shared_database(
    transactional_db: None, settings: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """A database that other processes see, and their environment; the tests' own in memory is copied to a file."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # type: ignore[attr-defined]
    environment = {**os.environ, "JOBS_AT_ONCE": "0", "VAR_DIR": str(tmp_path), "OMP_NUM_THREADS": "1"}
    ours = connections["default"]
    if ours.vendor != "sqlite":
        yield {**environment, "DATABASE_URL": address_of(ours.settings_dict)}
        return
    ours.ensure_connection()
    file = tmp_path / "shared.sqlite3"
    file.write_bytes(ours.connection.serialize())
    shared = type(ours)({**ours.settings_dict, "NAME": str(file)}, "default")
    connections["default"] = shared
    yield {**environment, "DATABASE_URL": f"sqlite:///{file}"}
    shared.close()
    connections["default"] = ours


@pytest.fixture
def launch(shared_database: dict[str, str]) -> Iterator[Launch]:
    """Start a worker as bin/demo and systemd do; none of them outlives the test."""
    workers: list[subprocess.Popen[bytes]] = []

    def launched() -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, "-c", WORK], cwd=ROOT, env=shared_database)
        workers.append(worker)
        return worker

    yield launched
    for worker in workers:
        worker.kill()
        worker.wait()


def until(condition: Callable[[Job], bool], job: Job, seconds: float = 90) -> Job:
    """Wait for something to be true of a job."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job.refresh_from_db()
        if condition(job):
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job} is {job.state} after {seconds} s: {job.done} of {job.total}, {job.log}{job.error}")


def is_finished(job: Job) -> bool:
    return job.is_finished


def test_an_import_whose_worker_is_killed_is_finished_by_another(launch: Launch, tmp_path: Path) -> None:
    rows = [f"Film {number},{1950 + number % 70},Somebody leaves." for number in range(700)]
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["title,year,description", *rows]), encoding="utf-8")
    first = launch()
    job = until(lambda job: job.done > 0, start("test_import", by=None, file=str(file)))
    assert Movie.objects.count() == 500, "the first chunk is in, whole"
    first.kill()
    second = launch()
    until(is_finished, job)
    assert (job.state, job.attempts) == (Job.State.DONE, 2)
    assert job.result == {"created": 200, "unchanged": 500}
    assert Movie.objects.count() == 700
    assert DBTaskResult.objects.running().count() == 0, "the dead worker's task does not count as running"
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    assert Worker.objects.count() == 1, "the killed one is still listed until it is silent for long"


def test_a_training_whose_worker_is_killed_goes_on_from_its_last_epoch(launch: Launch) -> None:
    for number in range(12):
        words = "rocket crew silent planet distant stars" if number % 2 else "wedding guests stolen hat merry cake"
        make_movie(f"Film {number}", description=words, genres=["Drama"], year=1990 + number)
    first = launch()
    job = until(lambda job: job.done >= 1, start("train", by=None, epochs=8))
    assert job.state == Job.State.RUNNING, "it is not finished before it is killed"
    first.kill()
    launch()
    until(is_finished, job)
    assert (job.state, job.attempts, job.error) == (Job.State.DONE, 2, "")
    assert job.log.count("Epoch 1 of") == 1, "the second attempt did not begin anew"
    version = ModelVersion.objects.get()
    assert version.is_active
    assert version.embeddings.count() == 12
    assert job.result == {"version": version.name}


def test_a_worker_that_is_told_to_end_leaves_its_job_to_the_next(launch: Launch) -> None:
    job = start("test_wait", by=None)
    worker = launch()
    until(lambda job: "Attempt 1." in job.log, job)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.WAITING, 0), "that was no failure"
    assert DBTaskResult.objects.ready().count() == 1, "and a task waits for the next worker"
    assert not Worker.objects.exists()


@pytest.mark.both_databases
def test_of_two_workers_one_runs_a_job_and_cancelling_stops_it(launch: Launch) -> None:
    jobs = [start("test_wait", by=None, seconds=20) for _ in range(2)]
    launch(), launch()
    for job in jobs:
        until(lambda job: "Attempt" in job.log, job)
        assert job.log == "Attempt 1.\n"
    Job.objects.update(cancel_asked=True)
    for job in jobs:
        until(is_finished, job, 15)
        assert (job.state, job.attempts) == (Job.State.CANCELLED, 1)


@pytest.fixture
def silent_job(db: None, settings: pytest.FixtureRequest) -> Job:
    """A running job whose worker was not heard of for two minutes."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # type: ignore[attr-defined]
    job = start("test_count", by=None)
    assert claim(job.pk) is not None
    Job.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    return job


def test_a_silent_job_waits_again(silent_job: Job) -> None:
    assert take_up() == 1
    silent_job.refresh_from_db()
    assert silent_job.state == Job.State.WAITING
    assert take_up() == 0, "it waits for a worker, which may take longer"


def test_a_job_with_signs_of_life_is_left_alone(silent_job: Job) -> None:
    Job.objects.update(seen_at=timezone.now())
    assert take_up() == 0


def test_after_some_attempts_it_fails_with_words(silent_job: Job) -> None:
    Job.objects.update(attempts=MOST_ATTEMPTS)
    take_up()
    silent_job.refresh_from_db()
    assert silent_job.state == Job.State.FAILED
    assert "died 3 times" in silent_job.error


def test_a_silent_job_that_should_stop_is_cancelled(silent_job: Job) -> None:
    Job.objects.update(cancel_asked=True)
    take_up()
    silent_job.refresh_from_db()
    assert silent_job.state == Job.State.CANCELLED


def test_a_waiting_job_whose_task_is_gone_gets_another(silent_job: Job) -> None:
    Job.objects.update(state=Job.State.WAITING, runner="")
    assert take_up() == 0, "its task still waits"
    DBTaskResult.objects.all().delete()
    assert take_up() == 1
    assert DBTaskResult.objects.get().args_kwargs["args"] == [silent_job.pk]


def test_who_was_taken_for_dead_writes_nothing_any_more(silent_job: Job) -> None:
    late = Progress(Job.objects.get(pk=silent_job.pk), in_background=False)
    take_up()
    with pytest.raises(TakenOver):
        late.report(9, 9)
    assert not late.finish(state=Job.State.DONE)
    silent_job.refresh_from_db()
    assert (silent_job.state, silent_job.done) == (Job.State.WAITING, 0)


@pytest.mark.django_db
def test_without_a_queue_there_is_nothing_to_do_for_a_worker() -> None:
    with pytest.raises(CommandError, match="JOBS_AT_ONCE"):
        call_command("db_worker")
    assert run_job.module_path == "jobs.running.run_job"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has one writer for the whole database")
def test_inside_a_long_transaction_the_sign_of_life_goes_with_it(silent_job: Job) -> None:
    long_work = Progress(Job.objects.get(pk=silent_job.pk), in_background=True)
    assert connection.in_atomic_block
    long_work.report(1, 2)
    assert take_up() == 0, "whoever waited for the transaction to end finds the job alive"
