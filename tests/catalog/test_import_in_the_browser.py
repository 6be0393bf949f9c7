"""A curator uploads a file of films, sees what it would change, and applies it or lets it be."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from catalog.admin import imports
from catalog.importing import steps
from catalog.models import CatalogueImport, FilePiece, Movie
from tests.builders import like, make_user
from tests.catalog.desk import ADD, LIST, State, make_editor, old_films, page, press, upload

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("own_uploads")]


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
    assert FilePiece.objects.get().name == found.file.name
    with django_capture_on_commit_callbacks(execute=True):
        answer = press(curator, "apply", found).content.decode()
    found.refresh_from_db()
    assert (found.state, found.file.name, FilePiece.objects.count()) == (State.DONE, "", 0)
    assert not settings.VAR_DIR.exists(), "a worker on another host has to find it, so it lies in no folder"
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
    with django_capture_on_commit_callbacks(execute=True):
        assert "Nothing was changed." in press(curator, "discard", found).content.decode()
    assert not FilePiece.objects.exists()
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
    assert not list(tmp_path.rglob("*passwd*"))
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


def test_the_list_of_imports_is_cheap(curator: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        CatalogueImport.objects.create(file_name=f"films{number}.csv", state=State.DONE, started_by=make_user())
    with django_assert_max_num_queries(12):
        assert "films29.csv" in curator.get(LIST).content.decode()
