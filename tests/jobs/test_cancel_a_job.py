"""Somebody cancels a job: a waiting one at once, a running one at its next report."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

import tests.jobs.kinds  # noqa: F401  (registering is its import)
from catalog.models import User
from jobs.models import Job
from jobs.running import claim
from jobs.work import cancel, start
from tests.builders import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = make_user("owner")
    client.force_login(user)
    return user


def job_of(user: User | None, state: str) -> Job:
    return Job.objects.create(kind="test_count", title="Counting", state=state, started_by=user)


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(client: Client, owner: User) -> None:
    job = job_of(owner, "waiting")
    page = client.post(f"/jobs/{job.pk}/cancel/", follow=True)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert job.finished_at is not None
    assert "is cancelled" in page.content.decode()
    assert claim(job.pk) is None


def test_a_running_job_is_asked_to_stop(client: Client, owner: User) -> None:
    job = job_of(owner, "running")
    page = client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (Job.State.RUNNING, True)
    assert "stops in a moment" in page
    assert "Stopping" in page
    assert f"/jobs/{job.pk}/cancel/" not in page, "asking once is enough"


def test_a_running_job_stops_at_its_next_report() -> None:
    job = start("test_doubt", by=None)
    assert job.state == Job.State.CANCELLED
    assert job.done == 2


def test_the_button_leads_back_to_the_page_it_was_on(client: Client, owner: User) -> None:
    job = job_of(owner, "waiting")
    assert client.post(f"/jobs/{job.pk}/cancel/", {"next": "/my-films/"})["Location"] == "/my-films/"


def test_the_button_never_leads_to_another_site(client: Client, owner: User) -> None:
    job = job_of(owner, "waiting")
    answer = client.post(f"/jobs/{job.pk}/cancel/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == f"/jobs/{job.pk}/"


def test_a_finished_job_stays_as_it_is(client: Client, owner: User) -> None:
    job = start("test_count", by=owner)
    assert "finished already" in client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert not cancel(job)


def test_looking_changes_nothing(client: Client, owner: User) -> None:
    job = job_of(owner, "waiting")
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    job.refresh_from_db()
    assert job.state == Job.State.WAITING


def test_others_cannot_cancel_it(client: Client, owner: User) -> None:
    job = job_of(make_user(), "waiting")
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert job.state == Job.State.WAITING


def test_staff_who_may_only_see_it_cannot_cancel_it(client: Client, owner: User) -> None:
    job = job_of(make_user(), "waiting")
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    owner.user_permissions.add(Permission.objects.get(codename="view_job"))
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    owner.user_permissions.add(Permission.objects.get(codename="change_job"))
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
