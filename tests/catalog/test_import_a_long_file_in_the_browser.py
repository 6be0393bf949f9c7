"""A long file of films goes through the background: it is killed, cancelled and left, and still ends as it should."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.importing import steps
from catalog.models import CatalogueImport, Movie
from jobs.models import Job
from jobs.progress import Left
from jobs.work import cancel
from tests.catalog.desk import State, old_films, page, press, upload

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("own_uploads")]


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "WITHIN_A_REQUEST", 10)
    monkeypatch.setattr("catalog.importing.films.CHUNK", 2)


def test_a_long_file_goes_through_the_background(curator: Client, long: None) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    assert (found.state, Job.objects.get().kind, Job.objects.get().state) == (State.READY, "import_films", "done")
    press(curator, "apply", found)
    found.refresh_from_db()
    job = Job.objects.first()
    assert (found.state, found.job_id, Movie.objects.count()) == (State.DONE, job.pk, 3)
    assert job.result == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 1, "kept": 0}
    assert (job.done, job.total) == (4, 4)


class Died(BaseException):
    """The worker was killed."""


def test_a_killed_import_goes_on_and_ends_the_same(curator: Client, long: None) -> None:
    old_films()
    rows = (
        "title,year,runtime\nHeat,1995,170\nBrazil,1985,142\nBrazil,1985,1\nAlien,1979,117\nJaws,1975,\nJaws,1975,9\n"
    )
    upload(curator, rows)
    found = CatalogueImport.objects.get()
    CatalogueImport.objects.update(state=State.APPLYING)

    def die(done: int, total: int) -> None:
        if done == 4:
            raise Died

    with pytest.raises(Died):
        steps.perform_by_id(found.pk, "apply", die, by=None)
    assert Movie.objects.filter(title="Brazil").count() == 1
    steps.perform_by_id(found.pk, "apply", lambda done, total: None, by=None)
    steps.perform_by_id(found.pk, "apply", lambda done, total: None, by=None)  # a run too many is harmless
    found.refresh_from_db()
    assert (found.state, found.n_new, found.n_changed, found.n_rejected) == (State.DONE, 2, 2, 2)
    assert list(found.rows.values_list("line", "kind")) == [
        (2, "changed"), (3, "new"), (4, "rejected"), (5, "changed"), (6, "new"), (7, "rejected"),
    ]  # fmt: skip
    assert found.rows.get(line=2).diff == {"runtime": [100, 170]}
    press(curator, "undo", found)
    assert sorted(Movie.objects.values_list("title", "runtime")) == [("Alien", None), ("Heat", 100)]


@pytest.mark.parametrize("how", ["import", "job"])
def test_cancelling_keeps_whole_chunks_that_can_be_undone_or_finished(
    curator: Client, long: None, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    upload(curator, "title,year\n" + "".join(f"Film {n},1999\n" for n in range(7)))
    found = CatalogueImport.objects.get()
    monkeypatch.setattr("jobs.progress.Progress.report", _cancel_after(4))
    press(curator, "apply", found)
    found.refresh_from_db()
    assert (found.state, found.n_new, Movie.objects.count(), Job.objects.first().state) == (
        "stopped",
        4,
        4,
        "cancelled",
    )
    assert "Go on" in page(curator, found)
    monkeypatch.undo()
    if how == "import":
        press(curator, "apply", found)
    else:
        curator.post(reverse("jobs:retry", args=[found.job_id]))
    found.refresh_from_db()
    assert (found.state, found.n_new, Movie.objects.count()) == (State.DONE, 7, 7)
    press(curator, "undo", found)
    assert not Movie.objects.exists()


def test_a_worker_that_leaves_lets_another_one_go_on(curator: Client, long: None) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    CatalogueImport.objects.update(state=State.APPLYING)

    def leave(done: int, total: int) -> None:
        raise Left

    with pytest.raises(Left):
        steps.perform_by_id(found.pk, "apply", leave, by=None)
    found.refresh_from_db()
    assert (found.state, Movie.objects.count()) == (State.APPLYING, 2)
    steps.perform_by_id(found.pk, "apply", lambda done, total: None, by=None)
    found.refresh_from_db()
    assert (found.state, Movie.objects.count()) == (State.DONE, 3)


def _cancel_after(rows: int) -> Any:
    from jobs.progress import Progress

    report = Progress.report

    def reporting(self: Progress, done: int, total: int | None = None) -> None:
        if done >= rows:
            cancel(Job.objects.get(pk=self.job_id))
        report(self, done, total)

    return reporting


def test_a_job_that_was_cancelled_while_it_waited_leaves_nothing_hanging(curator: Client, long: None) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    job = Job.objects.get()
    Job.objects.update(state="cancelled")
    CatalogueImport.objects.update(state=State.CHECKING)
    assert "The check was stopped. Upload the file again." in page(curator, found)
    CatalogueImport.objects.update(state=State.APPLYING, job_id=job.pk)
    assert "Go on" in page(curator, found)
    found.refresh_from_db()
    assert found.state == State.STOPPED


def test_while_a_job_runs_the_page_shows_how_far_it_is(curator: Client, long: None) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    Job.objects.update(state="running", done=2, total=4)
    CatalogueImport.objects.update(state=State.APPLYING)
    shown = page(curator, found)
    assert "Running, 2 of 4" in shown
    assert 'name="htmx-config"' in shown
    assert "Undo this import" not in shown
