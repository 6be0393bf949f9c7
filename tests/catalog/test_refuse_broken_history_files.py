"""What cannot be the export of a film site is refused, with words that name the cure; bombs are never unpacked."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.history import entries, unpack
from catalog.history.reading import read_file
from catalog.importing import Unreadable
from catalog.models import HistoryImport, User
from tests.builders import make_user
from tests.catalog.history_files import LETTERBOXD, packed, table, upload

pytestmark = pytest.mark.django_db
RATINGS = table(LETTERBOXD["ratings.csv"], ["2026-08-18", "Heat", 1995, "https://boxd.it/1", 4])


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana")
    client.force_login(user)
    return user


def refusal(client: Client, content: bytes, name: str = "films.zip") -> str:
    """What the page says; nothing is kept."""
    response = upload(client, content, name)
    assert response.status_code == 200
    assert not HistoryImport.objects.exists()
    page = " ".join(response.content.decode().split())
    assert 'id="id_file_error"' in page
    return page.split('id="id_file_error"', 1)[1].split("</div>")[0]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "films.csv", "The file is empty."),
        (b"\n\n", "films.csv", "No films were found"),
        (b"%PDF-1.7 x", "films.pdf", "This is a PDF file"),
        (b"\x89PNG\r\n", "films.png", "This is a PNG file"),
        (b"\x1f\x8b\x08 x", "films.csv.gz", "This is a gzip file"),
        (b"a,b\0c\n", "films.csv", "zero bytes"),
        (b"a,b,c\n1,2,3\n", "films.csv", "No films were found in this file"),
        (b"Date,Name,Year,Letterboxd URI,Rating\n", "ratings.csv", "is an export of Letterboxd, but it has no rows"),
        (b"{not json", "films.json", "The file is damaged"),
        (b'{"a": 1}', "films.json", "No films were found"),
        (b"PK\x03\x04 and nothing more", "films.zip", "The ZIP file is damaged"),
        (packed({}), "films.zip", "No films were found"),
        (packed({"readme.txt": "hello"}), "films.zip", "No films were found"),
    ],
)
def test_wrong_files_are_refused(client: Client, ana: User, content: bytes, name: str, words: str) -> None:
    assert words in refusal(client, content, name)


def test_no_file_at_all(client: Client, ana: User) -> None:
    assert "Choose a file first." in client.post("/my-films/import/", {}).content.decode()


def test_a_byte_more_than_50_mb_is_refused_before_it_is_kept(client: Client, ana: User) -> None:
    """The first is beyond the limit of the form, the second beyond that of the whole request."""
    for more in (1, 1 << 17):
        file = SimpleUploadedFile("films.csv", b"x" * (unpack.LARGEST_UPLOAD + more))
        response = client.post("/my-films/import/", {"file": file})
        assert "The file is larger than 50 MB." in response.content.decode()
    assert not HistoryImport.objects.exists()


def test_too_many_films_are_refused(client: Client, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_FILMS", 1)
    content = table("title,year", ["Heat", 1995], ["Up", 2009])
    assert "The file has more than 1 films. Split it" in refusal(client, content.encode(), "films.csv")


def test_too_many_rows_are_refused(client: Client, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_ROWS", 2)
    content = table("title,year", ["Heat", 1995], ["Heat", 1995], ["Heat", 1995])
    assert "The file has more than 2 rows. Split it" in refusal(client, content.encode(), "films.csv")


@pytest.mark.parametrize(
    "name",
    ["../ratings.csv", "a/../../ratings.csv", "/etc/ratings.csv", "C:/ratings.csv", "..\\ratings.csv", "\\\\x\\r.csv"],
)
def test_paths_that_lead_out_are_refused(client: Client, ana: User, name: str) -> None:
    assert "unsafe path" in refusal(client, packed({name: RATINGS}))


def test_links_are_refused(client: Client, ana: User) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("ratings.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "unsafe path" in refusal(client, out.getvalue())


@pytest.mark.parametrize("name", ["inner.zip", "a/b/INNER.ZIP", "x.tar", "y.gz", "z.7z"])
def test_archives_in_archives_are_refused(client: Client, ana: User, name: str) -> None:
    assert "holds another archive" in refusal(client, packed({"ratings.csv": RATINGS, name: b"PK"}))


def test_locked_zips_are_refused(client: Client, ana: User) -> None:
    content = bytearray(packed({"ratings.csv": RATINGS}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of encryption in both headers
        at = content.index(mark) + place
        content[at : at + 2] = struct.pack("<H", struct.unpack("<H", content[at : at + 2])[0] | 1)
    assert "locked with a password" in refusal(client, bytes(content))


def test_bombs_are_refused_by_their_ratio(client: Client, ana: User) -> None:
    bomb = packed({"ratings.csv": b"a" * (30 << 20)})
    assert len(bomb) < 50_000
    assert "far more than an export of films has" in refusal(client, bomb)


def test_bombs_are_refused_by_their_sizes(client: Client, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "LARGEST_TOTAL", 200)
    files = {f"{n}.csv": RATINGS for n in range(4)}
    assert "far more than an export of films has" in refusal(client, packed(files))
    monkeypatch.setattr(unpack, "LARGEST_ENTRY", 10)
    assert "far more than an export of films has" in refusal(client, packed({"ratings.csv": RATINGS}))


def test_too_many_files_are_refused(client: Client, ana: User) -> None:
    files = {f"lists/{n}.csv": "x" for n in range(unpack.MOST_ENTRIES + 1)}
    assert "more than 2000 files" in refusal(client, packed(files))


def test_a_zip_that_lies_about_its_size_is_not_believed(tmp_path: Path) -> None:
    content = bytearray(packed({"ratings.csv": b"a" * 500_000}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # the unpacked size in both headers
        at = content.index(mark) + place
        content[at : at + 4] = struct.pack("<I", 1000)
    path = tmp_path / "films.zip"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        read_file(path, "films.zip")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packings_are_refused(client: Client, ana: User, packing: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("ratings.csv", RATINGS)
    assert "packed in an unusual way" in refusal(client, out.getvalue())


def test_a_damaged_zip_is_refused(client: Client, ana: User) -> None:
    content = bytearray(packed({"ratings.csv": RATINGS}))
    content[50] ^= 0xFF
    content[60] ^= 0xFF
    assert "damaged" in refusal(client, bytes(content))


def test_what_a_mac_adds_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "films.zip"
    files = {"__MACOSX/._ratings.csv": b"\0\5", ".DS_Store": b"\0", "x/ratings.csv": RATINGS, "x/photo.png": b"\x89PNG"}
    path.write_bytes(packed(files))
    assert [entry.title for entry in read_file(path, "films.zip").entries.values()] == ["Heat"]


def test_names_of_files_are_shown_as_text(client: Client, ana: User) -> None:
    upload(client, RATINGS, "<script>alert(1)</script>.csv")
    page = client.get("/my-films/import/").content.decode()
    assert "<script>alert" not in page


def test_nothing_of_the_upload_stays_on_disk(client: Client, ana: User, tmp_path: Path, settings) -> None:
    import tempfile

    before = set(Path(tempfile.gettempdir()).glob("movierec-*"))
    upload(client, packed({"ratings.csv": RATINGS}), "x.zip")
    assert set(Path(tempfile.gettempdir()).glob("movierec-*")) == before
