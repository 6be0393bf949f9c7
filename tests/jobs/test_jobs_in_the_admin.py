"""Operators watch jobs in the admin, stop them and start them again; nobody else sees them there."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

import tests.jobs.kinds  # noqa: F401  (registering is its import)
from catalog.models import User
from jobs.models import Job, Worker
from jobs.work import start
from tests.builders import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/jobs/job/"


def staff(*rights: str) -> User:
    user = make_user("operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="jobs"))
    return user


@pytest.fixture
def operator(client: Client) -> User:
    user = staff("view_job", "change_job")
    client.force_login(user)
    return user


def running(**fields: object) -> Job:
    return Job.objects.create(kind="test_count", title="Counting", state="running", done=2, total=8, **fields)


def test_the_list_shows_what_runs_and_who_started_it(client: Client, operator: User) -> None:
    running(started_by=make_user("somebody"))
    page = client.get(LIST).content.decode()
    assert "Counting" in page
    assert "Running, 2 of 8" in page
    assert "somebody" in page


def test_the_list_can_be_narrowed_by_state_and_kind(client: Client, operator: User) -> None:
    running()
    start("test_refuse", by=None)
    page = client.get(f"{LIST}?kind=test_refuse").content.decode()
    assert "1 job" in page
    assert "Refusing</a>" in page
    assert "2 jobs" in client.get(LIST).content.decode()
    assert "0 jobs" in client.get(f"{LIST}?kind=test_refuse&state__exact=done").content.decode()


def test_the_list_asks_the_same_questions_for_any_number(
    client: Client, operator: User, django_assert_max_num_queries: object
) -> None:
    for _ in range(40):
        running(started_by=make_user())
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get(LIST)


def test_it_says_when_no_worker_is_there(client: Client, operator: User) -> None:
    assert "manage.py db_worker" in client.get(LIST).content.decode()
    Worker.objects.create(name="a worker")
    assert "manage.py db_worker" not in client.get(LIST).content.decode()


def test_the_page_of_a_job_shows_its_log_and_lets_it_be_cancelled(client: Client, operator: User) -> None:
    job = running(log="This is 2.\n")
    address = f"{LIST}{job.pk}/change/"
    page = client.get(address).content.decode()
    assert "This is 2." in page
    assert f'action="/jobs/{job.pk}/cancel/"' in page
    assert f'name="next" value="{address}"' in page
    assert 'name="_save"' not in page
    client.post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.cancel_asked


def test_a_failed_job_can_be_started_again_by_who_has_the_right(client: Client, operator: User) -> None:
    job = start("test_refuse", by=None)
    address = f"{LIST}{job.pk}/change/"
    page = client.get(address).content.decode()
    assert "The file has no films" in page
    assert f'action="/jobs/{job.pk}/retry/"' in page
    needs_more = start("test_rights", by=None)
    assert "/retry/" not in client.get(f"{LIST}{needs_more.pk}/change/").content.decode()
    assert client.post(f"/jobs/{needs_more.pk}/retry/").status_code == 403


def test_who_may_only_look_has_no_buttons(client: Client) -> None:
    client.force_login(staff("view_job"))
    page = client.get(f"{LIST}{running().pk}/change/").content.decode()
    assert "Running, 2 of 8" in page
    assert "/cancel/" not in page


def test_nothing_is_typed_in(client: Client, operator: User) -> None:
    job = running()
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{job.pk}/change/", {"title": "Other"}).status_code == 403
    job.refresh_from_db()
    assert job.title == "Counting"


def test_a_job_that_runs_cannot_be_deleted(client: Client) -> None:
    client.force_login(staff("view_job", "delete_job"))
    job = running()
    assert client.post(f"{LIST}{job.pk}/delete/", {"post": "yes"}).status_code == 403
    Job.objects.update(state="done")
    assert client.post(f"{LIST}{job.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Job.objects.exists()


@pytest.mark.parametrize("address", [LIST, f"{LIST}1/change/"])
def test_a_visitor_and_a_curator_without_the_right_are_refused(client: Client, address: str) -> None:
    running(pk=1)
    client.force_login(make_user())
    assert client.get(address).status_code == 302, "to the admin's log-in"
    client.force_login(staff())
    assert client.get(address).status_code == 403


def test_the_tasks_behind_jobs_are_no_list_of_their_own(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert "django_tasks" not in client.get("/admin/").content.decode()
