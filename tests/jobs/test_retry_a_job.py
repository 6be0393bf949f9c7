"""Somebody lets a job run again that failed or was cancelled."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

import tests.jobs.kinds  # noqa: F401  (registering is its import)
from catalog.models import User
from jobs.models import Job
from jobs.work import start
from tests.builders import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def owner(client: Client) -> User:
    user = make_user("owner")
    client.force_login(user)
    return user


def ended(user: User | None, state: str = "failed", kind: str = "test_count") -> Job:
    return Job.objects.create(
        kind=kind, title="Counting", state=state, started_by=user, error="No.", attempts=3, cancel_asked=True, done=9
    )


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_it_runs_again_from_the_start(client: Client, owner: User, state: str) -> None:
    job = ended(owner, state)
    page = client.post(f"/jobs/{job.pk}/retry/", follow=True)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts, job.cancel_asked) == ("done", "", 1, False)
    assert (job.done, job.total) == (3, 3)
    assert "Done" in page.content.decode()


@pytest.mark.parametrize("state", ["waiting", "running", "done"])
def test_other_jobs_stay_as_they_are(client: Client, owner: User, state: str) -> None:
    job = ended(owner, state)
    assert "failed or was cancelled" in client.post(f"/jobs/{job.pk}/retry/", follow=True).content.decode()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (state, 3)


def test_looking_changes_nothing(client: Client, owner: User) -> None:
    job = ended(owner)
    assert client.get(f"/jobs/{job.pk}/retry/").status_code == 405


def test_others_cannot(client: Client, owner: User) -> None:
    job = ended(make_user())
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 404
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


def test_who_lost_the_right_to_such_work_cannot(client: Client, owner: User) -> None:
    job = start("test_rights", by=owner)
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 403
    job.refresh_from_db()
    assert job.attempts == 1
    owner.user_permissions.add(Permission.objects.get(codename="change_movie"))
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 302


def test_a_kind_that_is_gone_cannot(client: Client, owner: User) -> None:
    job = ended(owner, kind="forgotten")
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 403
