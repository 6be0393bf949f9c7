"""The disk is full, or may not be written to: the site says so, leaves nothing half-written, and goes on afterwards."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from catalog.models import Like, Movie, User
from jobs.models import Job
from jobs.work import start
from recommender import index, vectors
from recommender.models import ModelVersion
from recommender.operations.diagnosis import explained
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import existing
from tests.site.pages import words_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
PAGES = ("/", "/?q=rivers", "/recommendations/", "/films/", "/map/", "/my-films/", "/my-films/taste/")


@pytest.fixture
def disk(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[Path]:
    """A small disk of its own, with all that the site writes on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    for name in ("models", "index", "backups", "media"):
        setattr(
            settings, {"backups": "BACKUP_DIR", "media": "MEDIA_ROOT"}.get(name, f"{name.upper()}_DIR"), folder / name
        )
    settings.VAR_DIR = folder  # type: ignore[attr-defined]
    yield folder
    index.forget()
    vectors._encoder.cache_clear()
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # lazily: models are mapped into memory


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for piece in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(piece))
            except OSError:
                continue
    return filler


def names(disk: Path) -> set[str]:
    """Every file of the disk."""
    return {str(path.relative_to(disk)) for path in disk.rglob("*") if path.is_file() and path.name != "filler"}


def refused(*command: str) -> str:
    """What a command says that cannot do its work."""
    with pytest.raises((CommandError, OSError)) as caught:
        call_command(*command, verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    words = (
        str(caught.value) if isinstance(caught.value, CommandError) else explained(caught.value)
    )  # as manage.py does
    assert words is not None
    return words


def pages_answer(client: Client) -> None:
    index.forget()
    vectors._encoder.cache_clear()
    for page in PAGES:
        assert client.get(page).status_code == 200, page


def picture() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((600, 900), 80).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def upload(client: Client, movie: Movie) -> int:
    form = existing(movie, poster=SimpleUploadedFile("poster.jpg", picture()))
    return client.post(reverse("admin:catalog_movie_change", args=[movie.pk]), form).status_code


def test_a_full_disk_refuses_and_keeps_what_is_there(disk: Path, trained: ModelVersion, client: Client) -> None:
    user = User.objects.create_superuser("root")
    like(user, *Movie.objects.order_by("pk")[:3])
    client.force_login(user)
    client.raise_request_exception = False
    movie = Movie.objects.order_by("pk")[0]
    pages_answer(client)
    call_command("refresh_embeddings", "--all", verbosity=0)
    filler, before = fill(disk), names(disk)

    assert "No space left" in refused("train_vae", "--epochs", "1")
    assert "No space left" in refused("backup")
    assert upload(client, movie) == 503
    for folder in disk.glob("index/*/*"):
        folder.rename(folder.with_name(f"{folder.name}0"))  # of no use, and no room for others
    pages_answer(client)
    call_command("refresh_embeddings", "--all", verbosity=0)
    assert client.post(f"/films/{movie.pk}/like/", {"liked": "1"}).status_code == 302
    job = start("train", by=None, epochs=1)
    assert (job.state, "disk is full" in job.error) == (Job.State.FAILED, True)
    assert {name for name in names(disk) - before if not name.startswith("index/")} == set()
    assert ModelVersion.objects.count() == 1

    filler.unlink()
    assert upload(client, movie) == 302
    call_command("backup", verbosity=0)
    call_command("train_vae", "--epochs", "1", verbosity=0)
    pages_answer(client)
    assert ModelVersion.objects.count() == 2
    assert not [name for name in names(disk) if "draft" in name]


def test_a_disk_that_may_not_be_written_to_still_serves(disk: Path, trained: ModelVersion, client: Client) -> None:
    user = make_user()
    like(user, *Movie.objects.order_by("pk")[:3])
    client.force_login(user)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    pages_answer(client)
    assert client.post(f"/films/{Movie.objects.all()[4].pk}/like/", {"liked": "1"}).status_code == 302
    assert "Read-only file system" in refused("train_vae", "--epochs", "1")
    assert "Read-only file system" in refused("backup")
    call_command("refresh_embeddings", "--all", verbosity=0)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    call_command("backup", verbosity=0)
    assert list((disk / "backups").glob("*.tar.gz"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the limit is SQLite's")
def test_a_full_database_says_what_was_not_saved(client: Client) -> None:
    films, user = [make_movie() for _ in range(3)], make_user()
    client.force_login(user)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler (content BLOB)")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 2}")
        with pytest.raises(OperationalError, match="full"):
            cursor.executemany("INSERT INTO filler VALUES (zeroblob(100))", [()] * 100_000)
    try:
        answers = [client.post(f"/films/{film.pk}/like/", {"liked": "1"}) for film in films for _ in range(2)]
        guest = Client(raise_request_exception=False)
        kept = [guest.post(f"/films/{film.pk}/like/", {"liked": "1"}).status_code for film in films]
        assert set(kept) <= {302, 503}
        assert {answer.status_code for answer in answers} <= {302, 503}
        for answer in answers:
            if answer.status_code == 503:
                assert "What you just did was not saved" in words_of(answer)
        promised = {
            film
            for film, answer in zip([f for f in films for _ in range(2)], answers, strict=True)
            if answer.status_code == 302
        }
        assert {one.movie for one in Like.objects.select_related("movie")} == promised
        assert Session.objects.count() <= 2
        assert client.get("/films/").status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 4294967294")
            cursor.execute("DROP TABLE filler")
    for film in films:
        assert client.post(f"/films/{film.pk}/like/", {"liked": "1"}).status_code == 302
    assert Like.objects.count() == 3
