"""Somebody starts work that takes longer than a request: it is done, or the row says why not."""

import logging

import pytest
from django.utils import translation

import tests.jobs.kinds  # noqa: F401  (registering is its import)
from jobs.models import Job
from jobs.running import claim
from jobs.work import start
from tests.builders import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
IN_THE_DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_it_is_done_with_its_result_log_and_progress() -> None:
    user = make_user()
    job = start("test_count", by=user, to=4)
    assert job.state == Job.State.DONE
    assert job.result == {"counted": 4}
    assert (job.done, job.total, job.attempts) == (4, 4, 1)
    assert job.log.splitlines()[-1] == "This is 4."
    assert (job.title, job.started_by, job.words) == ("Counting", user, "Done")
    assert job.started_at is not None
    assert job.finished_at is not None


def test_it_may_have_a_title_of_its_own_and_nobody_behind_it() -> None:
    job = start("test_count", by=None, title="Counting the films of the archive")
    assert str(job) == "Counting the films of the archive"
    assert job.started_by is None


def test_what_people_can_mend_is_told_to_them() -> None:
    job = start("test_refuse", by=None)
    assert (job.state, job.error) == (Job.State.FAILED, "The file has no films: choose another one.")


def test_errors_of_the_site_go_to_its_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        job = start("test_break", by=None)
    assert job.state == Job.State.FAILED
    assert "secret" not in job.error
    assert f"job {job.pk}" in job.error
    assert "a secret of the server" in caplog.text


def test_a_result_that_is_no_json_is_an_error_of_the_site() -> None:
    assert start("test_nonsense", by=None).state == Job.State.FAILED


def test_a_kind_that_nobody_registered_is_refused() -> None:
    with pytest.raises(LookupError, match="registers its kinds"):
        start("nothing", by=None)
    assert not Job.objects.exists()


def test_it_speaks_the_language_of_whoever_started_it() -> None:
    with translation.override("ru"):
        assert start("test_count", by=None).language == "ru"


def test_with_a_worker_it_waits_for_it(settings: pytest.FixtureRequest) -> None:
    settings.TASKS = IN_THE_DATABASE  # type: ignore[attr-defined]
    job = start("test_count", by=None)
    assert (job.state, job.words) == (Job.State.WAITING, "Waiting for its turn")


def test_two_workers_never_run_a_job_twice(settings: pytest.FixtureRequest) -> None:
    settings.TASKS = IN_THE_DATABASE  # type: ignore[attr-defined]
    job = start("test_count", by=None)
    assert claim(job.pk) is not None
    assert claim(job.pk) is None
    job.refresh_from_db()
    assert job.attempts == 1
