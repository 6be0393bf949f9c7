"""A long import is brought in by a background job that goes on where it broke off; its pages stay quick."""

import time
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.history import bringing, steps, writing
from catalog.models import HistoryImport, Like, Mark, Movie, User
from jobs.models import Job
from jobs.work import Cancelled, start
from tests.builders import make_user, make_version
from tests.catalog.history_files import brought_in, shelves_of, table, taken_in, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana")
    client.force_login(user)
    return user


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten films are a long import here."""
    monkeypatch.setattr(bringing, "SHORT", 10)
    monkeypatch.setattr(bringing, "CHUNK", 4)
    monkeypatch.setattr(writing, "CHUNK", 4)


def films(number: int) -> str:
    Movie.objects.bulk_create([Movie(title=f"Film number {n}", year=1990 + n % 30) for n in range(number)])
    return table("title,year,rating", *([f"Film number {n}", 1990 + n % 30, 5 if n % 2 else 1] for n in range(number)))


def test_a_job_looks_for_the_films_and_another_brings_them_in(client: Client, ana: User, short: None) -> None:
    address = upload(client, films(20))["Location"]
    history = HistoryImport.objects.get()
    assert history.state == "preview"
    form = {"scale": "5", "like_from": "4.0", "hidden_to": "2.0", "apply": "1"}
    client.post(address, form)
    history.refresh_from_db()
    assert history.state == "applied"
    assert Like.objects.filter(user=ana).count() == 10
    assert list(Job.objects.values_list("kind", "state", "started_by", "done", "total").order_by("pk")) == [
        ("import_history", "done", ana.pk, 20, 20),
        ("import_history", "done", ana.pk, 20, 20),
    ]


def test_the_page_shows_a_job_at_work(client: Client, ana: User, short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(client, films(20))
    history = HistoryImport.objects.get()
    Job.objects.filter(pk=history.job).update(state="running", done=7, total=20, finished_at=None)
    HistoryImport.objects.update(state="matching")
    page = client.get(f"/my-films/import/{history.pk}/").content.decode()
    assert "Running, 7 of 20" in page
    assert "Bring in" not in page
    for press in ("undo", "forget"):
        answer = client.post(f"/my-films/import/{history.pk}/{press}/", follow=True).content.decode()
        assert "This import is still running." in answer
    assert HistoryImport.objects.count() == 1


@pytest.mark.parametrize("step", ["match", "apply"])
def test_a_step_that_broke_off_goes_on_where_it_was(
    client: Client, ana: User, short: None, tmp_path: Path, step: str
) -> None:
    history = taken_in(ana, films(20), tmp_path)
    assert history.state == "matching"
    if step == "apply":
        bringing.match(history)
        assert bringing.begin(history)

    def stop(done: int, total: int) -> None:
        if done >= 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        steps.perform(history, step, stop)
    before = list(Like.objects.values_list("pk", flat=True))
    page = client.get(f"/my-films/import/{history.pk}/").content.decode()
    assert "This import stopped before it was done." in page
    client.post(f"/my-films/import/{history.pk}/go-on/")
    history.refresh_from_db()
    assert history.state == ("preview" if step == "match" else "applied")
    assert history.rows.matched().count() == 20
    if step == "apply":
        assert Like.objects.filter(user=ana).count() == 10
        assert set(before) < set(Like.objects.values_list("pk", flat=True))


def test_half_an_import_can_be_undone(ana: User, short: None, tmp_path: Path) -> None:
    history = taken_in(ana, films(20), tmp_path)
    bringing.match(history)
    bringing.begin(history)

    def stop(done: int, total: int) -> None:
        if done >= 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        writing.apply(history, stop)
    assert shelves_of(ana)
    writing.undo(history)
    assert shelves_of(ana) == {}
    writing.apply(history)  # a job that wakes up late
    assert shelves_of(ana) == {}
    assert HistoryImport.objects.get().state == "undone"


def test_a_job_for_a_forgotten_import_is_harmless(ana: User, short: None, tmp_path: Path) -> None:
    job = start("import_history", by=ana, history_id=999, step="match")
    assert job.state == "done"


def test_five_thousand_films_take_seconds(ana: User, tmp_path: Path) -> None:
    content = films(5000)
    started = time.perf_counter()
    history = brought_in(ana, content, tmp_path)
    writing.undo(history)
    assert time.perf_counter() - started < 30  # four on an idle machine
    assert history.rows.matched().count() == 5000
    assert not Like.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_films(
    ana: User, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    content = films(900)
    with django_assert_max_num_queries(80):
        history = brought_in(ana, content, tmp_path)
    assert Like.objects.count() == 450
    assert Mark.objects.count() == 900 + 450
    with django_assert_max_num_queries(12):
        writing.undo(history)


@pytest.mark.parametrize("path", ["", "films/", "films/?which=waiting", "review/"])
def test_pages_of_a_long_import_need_few_queries(
    client: Client, ana: User, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    content = films(200)
    make_version({Movie.objects.all()[0]: [1.0]})
    rows = table("", *([f"Film numbr {n}", 1990 + n % 30, 5] for n in range(100, 130)))
    history = taken_in(ana, content + rows.strip(), tmp_path)
    assert history.rows.to_review().count() == 30
    client.get("/films/")  # the worker reads the model's films once
    with django_assert_max_num_queries(14):
        assert client.get(f"/my-films/import/{history.pk}/{path}").status_code == 200
