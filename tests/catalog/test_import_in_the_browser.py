"""A curator uploads a file of films, sees what it would change, and applies it or lets it be."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.admin import imports
from catalog.importing import steps
from catalog.models import CatalogueImport, Movie, User
from jobs.models import Job
from jobs.progress import Left
from jobs.work import cancel
from tests.builders import like, make_movie, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ADD = "/admin/catalog/catalogueimport/add/"
LIST = "/admin/catalog/catalogueimport/"
State = CatalogueImport.State
TABLE = "title,year,runtime,cast,tmdb_id\nHeat,1995,170,Al Pacino,949\nAlien,1979,,,\nBrazil,1985,142,,68\n,1999,,,\n"


def make_editor(username: str = "curator") -> User:
    user = make_user(username, is_staff=True)
    user.groups.add(Group.objects.get(name="Curators"))
    return user


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_editor())
    return client


@pytest.fixture(autouse=True)
def _own_uploads(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def upload(client: Client, text: str | bytes = TABLE, name: str = "films.csv", **fields: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), **fields}, follow=True)


def page(client: Client, found: CatalogueImport, **query: Any) -> str:
    return client.get(reverse("admin:catalog_catalogueimport_change", args=[found.pk]), query).content.decode()


def press(client: Client, what: str, found: CatalogueImport) -> Any:
    return client.post(reverse(f"admin:catalog_catalogueimport_{what}", args=[found.pk]), follow=True)


def old_films() -> None:
    make_movie("Heat", year=1995, runtime=100, cast=["Bo Li"])
    make_movie("Alien", year=1979)


def test_the_preview_says_row_by_row_what_would_happen_and_writes_nothing(curator: Client) -> None:
    old_films()
    answer = upload(curator).content.decode()
    found = CatalogueImport.objects.get()
    assert (found.state, found.read_as, str(found.started_by)) == (State.READY, "csv", "curator")
    assert (found.n_new, found.n_changed, found.n_unchanged, found.n_rejected) == (1, 1, 1, 1)
    for said in ("line 2", "<del>100</del>", "<ins>170</ins>", "<del>Bo Li</del>", "<ins>Al Pacino</ins>", "<ins>949"):
        assert said in answer
    assert "there is no title" in answer
    assert "Brazil (1985)" in answer
    assert Movie.objects.count() == 2
    assert Movie.objects.get(title="Heat").runtime == 100


@pytest.mark.parametrize(
    ("kind", "films"), [("new", {"Brazil"}), ("changed", {"Heat"}), ("unchanged", {"Alien"}), ("rejected", set())]
)
def test_rows_are_filtered_by_kind(curator: Client, kind: str, films: set[str]) -> None:
    old_films()
    upload(curator)
    shown = page(curator, CatalogueImport.objects.get(), kind=kind)
    assert {title for title in ("Brazil", "Heat", "Alien") if f"{title} (" in shown} == films
    assert ("there is no title" in shown) is (kind == "rejected")


def test_rows_are_paged(curator: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any) -> None:
    monkeypatch.setattr(imports, "_PER_PAGE", 10)
    upload(curator, "title,year\n" + "".join(f"Film {n:02},1999\n" for n in range(25)))
    found = CatalogueImport.objects.get()
    with django_assert_max_num_queries(12):
        shown = page(curator, found, p=3, kind="new")
    assert "Page 3 of 3" in shown
    assert "Film 24" in shown
    assert "Film 19" not in shown
    assert "Film 00" in page(curator, found, p="x", kind="nonsense")


def test_applying_writes_and_the_upload_is_gone(curator: Client, django_capture_on_commit_callbacks: Any) -> None:
    old_films()
    upload(curator)
    found = CatalogueImport.objects.get()
    path = Path(found.file.path)
    assert path.is_relative_to(settings.VAR_DIR / "uploads")
    with django_capture_on_commit_callbacks(execute=True):
        answer = press(curator, "apply", found).content.decode()
    found.refresh_from_db()
    assert (found.state, found.file.name, path.exists()) == (State.DONE, "", False)
    assert Movie.objects.get(title="Heat").runtime == 170
    assert Movie.objects.get(title="Brazil").tmdb_id == 68
    assert "Undo this import" in answer
    assert "<del>100</del>" in answer


def test_applying_twice_writes_once(curator: Client) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    press(curator, "apply", found)
    assert "was applied or changed already" in press(curator, "apply", found).content.decode()
    assert not steps.begin(found, "apply", by=None)
    assert found.rows.count() == 4
    assert Movie.objects.count() == 3


def test_discarding_forgets_all(curator: Client, django_capture_on_commit_callbacks: Any) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    path = Path(found.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        assert "Nothing was changed." in press(curator, "discard", found).content.decode()
    assert not path.exists()
    assert not CatalogueImport.objects.exists()
    assert not Movie.objects.exists()


def test_an_applied_import_cannot_be_discarded(curator: Client) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    press(curator, "apply", found)
    assert "was applied or changed already" in press(curator, "discard", found).content.decode()
    assert CatalogueImport.objects.exists()


def test_undoing_asks_first_and_names_what_it_kept(curator: Client) -> None:
    old_films()
    upload(curator)
    found = CatalogueImport.objects.get()
    press(curator, "apply", found)
    like(make_user(), Movie.objects.get(title="Brazil"))
    address = reverse("admin:catalog_catalogueimport_undo", args=[found.pk])
    question = curator.get(address).content.decode()
    assert "1 film that it created goes again." in question
    assert Movie.objects.get(title="Heat").runtime == 170
    answer = press(curator, "undo", found).content.decode()
    assert Movie.objects.get(title="Heat").runtime == 100
    assert "somebody likes it or keeps it on a list" in answer
    assert "somebody likes it" in page(curator, found, kind="kept")
    assert "There is nothing to undo." in press(curator, "undo", found).content.decode()
    found.refresh_from_db()
    assert (found.state, str(found.undone_by)) == (State.UNDONE, "curator")


@pytest.mark.parametrize(
    ("name", "content", "cure"),
    [
        ("films.csv", b"year,genre\n1999,Drama\n", "The file has no title column."),
        ("films.xlsx", b"PK\x03\x04 film.xlsx", "This is a ZIP file, not a CSV."),
        ("poster.png", b"\x89PNG\r\n\x1a\n\x00\x00", "This is a PNG file"),
        ("films.json", b'[{"title": "Heat"}', "the list breaks off"),
        ("films.json", b'[{"\\ud800x\\u0000y": 1}]', "Found: xy"),
    ],
)
def test_a_wrong_file_is_refused_with_the_cure(curator: Client, name: str, content: bytes, cure: str) -> None:
    assert cure in upload(curator, content, name).content.decode()
    found = CatalogueImport.objects.get()
    assert (found.state, found.file.name) == (State.FAILED, "")
    assert "was applied or changed already" in press(curator, "apply", found).content.decode()


def test_an_empty_form_and_an_empty_file_are_refused(curator: Client) -> None:
    assert "This field is required." in curator.post(ADD, {}).content.decode()
    assert "The submitted file is empty." in upload(curator, b"").content.decode()
    assert "Select a valid choice" in upload(curator, format="movielens-ratings").content.decode()
    assert not CatalogueImport.objects.exists()


def test_a_file_just_over_the_limit_is_refused(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LARGEST_FILE", 100)
    assert "The file is too large; 100" in upload(curator, b"x" * 101).content.decode()
    assert not CatalogueImport.objects.exists()


class Endless(io.RawIOBase):
    """A body of any length that takes no memory, and remembers the longest piece that somebody wanted at once."""

    longest = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.longest = max(self.longest, size)
        return b"x" * size


def test_a_hundred_megabytes_are_refused_without_being_kept(curator: Client, tmp_path: Path) -> None:
    body = Endless()
    answer = curator.post(
        ADD, content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(100 << 20), **{"wsgi.input": body}
    )
    assert answer.status_code == 413
    assert "The file is too large; 64.0" in answer.content.decode().replace("\xa0", " ")
    assert 0 < body.longest <= 1 << 16
    assert not (tmp_path / "var").exists()


def test_the_form_is_protected_against_forgery() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_editor())
    assert upload(client).status_code == 403
    assert not CatalogueImport.objects.exists()


def test_a_path_in_a_file_name_leads_nowhere(curator: Client, tmp_path: Path) -> None:
    upload(curator, name="../../etc/passwd")
    found = CatalogueImport.objects.get()
    assert found.file_name == "passwd"
    assert Path(found.file.path).parent == tmp_path / "var" / "uploads" / "imports"
    for address in (f"/media/{found.file.name}", f"/media/../uploads/{found.file.name}", f"/uploads/{found.file.name}"):
        assert curator.get(address).status_code in (400, 404)


def test_html_in_a_file_is_shown_harmlessly(curator: Client) -> None:
    answer = upload(curator, 'title,year\n"<script>alert(1)</script>",1999\n', "<b>.csv").content.decode()
    assert "&lt;script&gt;alert(1)" in answer
    assert "<script>alert" not in answer


@pytest.mark.parametrize("who", ["nobody", "visitor", "staff without rights"])
def test_nobody_else_gets_in(client: Client, who: str) -> None:
    owner = Client()
    owner.force_login(make_editor())
    upload(owner)
    found = CatalogueImport.objects.get()
    if who != "nobody":
        client.force_login(make_user(is_staff=who != "visitor"))
    addresses = [LIST, ADD] + [
        reverse(f"admin:catalog_catalogueimport_{name}", args=[found.pk])
        for name in ("change", "apply", "discard", "undo")
    ]
    for address in (*addresses, "/admin/catalog/catalogueimport/export/", "/admin/catalog/catalogueimport/export/csv/"):
        for method in (client.get, client.post):
            assert method(address).status_code in (302, 403, 405), address
    found.refresh_from_db()
    assert found.state == State.READY
    assert not Movie.objects.exists()


def test_somebody_elses_preview_is_theirs_until_it_is_applied(curator: Client) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    other = Client()
    other.force_login(make_editor("other"))
    assert "films.csv" not in other.get(LIST).content.decode()
    assert other.get(reverse("admin:catalog_catalogueimport_change", args=[found.pk])).status_code == 404
    for what in ("apply", "discard", "undo"):
        assert press(other, what, found).status_code == 404
    press(curator, "apply", found)
    assert "films.csv" in other.get(LIST).content.decode()
    assert press(other, "apply", found).status_code == 403
    assert press(other, "undo", found).status_code == 200
    assert not Movie.objects.exists()


def test_applying_takes_a_press_and_not_a_look(curator: Client) -> None:
    upload(curator)
    found = CatalogueImport.objects.get()
    for what in ("apply", "discard"):
        assert curator.get(reverse(f"admin:catalog_catalogueimport_{what}", args=[found.pk])).status_code == 405
    assert curator.post(reverse("admin:catalog_catalogueimport_change", args=[found.pk])).status_code == 405
    for nonsense in ("0", "999", "x", "9" * 30, "²"):
        assert curator.get(f"{LIST}{nonsense}/change/").status_code == 404


# Long files: the same in the background


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


def test_the_list_of_imports_is_cheap(curator: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        CatalogueImport.objects.create(file_name=f"films{number}.csv", state=State.DONE, started_by=make_user())
    with django_assert_max_num_queries(12):
        assert "films29.csv" in curator.get(LIST).content.decode()
