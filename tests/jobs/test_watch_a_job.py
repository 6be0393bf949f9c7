"""Somebody watches their job; others see nothing of it."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

import tests.jobs.kinds  # noqa: F401  (registering is its import)
from catalog.models import User
from jobs.models import Job
from jobs.work import start
from tests.builders import make_user

pytestmark = pytest.mark.django_db
PARTS = ["", "progress/"]


@pytest.fixture
def owner(client: Client) -> User:
    user = make_user("owner")
    client.force_login(user)
    return user


def running(by: User | None = None) -> Job:
    return Job.objects.create(kind="test_count", title="Counting", state="running", done=2, total=8, started_by=by)


def test_the_page_shows_how_far_it_is(client: Client, owner: User) -> None:
    job = running(owner)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Running, 2 of 8" in page
    assert 'max="8" value="2"' in page
    assert f'hx-get="/jobs/{job.pk}/progress/"' in page
    assert "Cancel" in page


def test_while_it_runs_only_the_progress_is_asked_for(client: Client, owner: User) -> None:
    job = running(owner)
    address = "http://testserver/my-import/7/"
    answer = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true", "HX-Current-URL": address})
    assert "Running, 2 of 8" in answer.content.decode()
    assert 'name="next" value="/my-import/7/"' in answer.content.decode(), "the button leads back to the page around it"
    assert "HX-Refresh" not in answer
    assert "no-store" in answer["Cache-Control"]


def test_when_it_is_finished_the_page_around_it_comes_anew(client: Client, owner: User) -> None:
    job = start("test_count", by=owner)
    answer = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert "hx-get" not in answer.content.decode(), "nothing is asked for any more"


def test_the_page_of_a_finished_job_shows_what_happened(client: Client, owner: User) -> None:
    page = client.get(f"/jobs/{start('test_count', by=owner).pk}/").content.decode()
    assert "This is 3." in page
    assert "Try again" not in page
    page = client.get(f"/jobs/{start('test_refuse', by=owner).pk}/").content.decode()
    assert "The file has no films: choose another one." in page
    assert "Try again" in page


@pytest.mark.parametrize("part", PARTS)
def test_another_visitors_job_cannot_be_found(client: Client, owner: User, part: str) -> None:
    job = running(make_user())
    assert client.get(f"/jobs/{job.pk}/{part}").status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_a_job_of_nobody_is_not_everybodys(client: Client, owner: User, part: str) -> None:
    assert client.get(f"/jobs/{running().pk}/{part}").status_code == 404


def test_who_is_not_logged_in_is_asked_to(client: Client) -> None:
    answer = client.get(f"/jobs/{running().pk}/")
    assert answer.status_code == 302
    assert "/accounts/log-in/" in answer["Location"]


def test_who_logged_out_meanwhile_loads_the_page_anew_and_is_asked_there(client: Client, owner: User) -> None:
    job = running(owner)
    client.logout()
    answer = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert answer.content == b""


def test_staff_who_may_see_jobs_see_all_of_them(client: Client, owner: User) -> None:
    job = running(make_user())
    owner.user_permissions.add(Permission.objects.get(codename="view_job"))
    assert client.get(f"/jobs/{job.pk}/").status_code == 404, "the right alone is not enough"
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    assert client.get(f"/jobs/{job.pk}/").status_code == 200


def test_a_number_beyond_the_database_is_not_found(client: Client, owner: User) -> None:
    assert client.get(f"/jobs/{10**30}/").status_code == 404
