"""Whatever happens to a file that the site wrote, visitors get their pages and operators read what helps."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import Movie, User
from recommender import index, map_points, vectors
from recommender.ml.checkpoints import Checkpoint, DamagedCheckpoint
from recommender.models import Embedding, FilmMap, ModelVersion
from recommender.receivers import embed_changed_films
from recommender.services import nearest, recommend
from recommender.vectors import next_revision
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PAGES = (
    "/",
    "/?q=rivers",
    "/?q=comedy",
    "/recommendations/",
    "/films/",
    "/map/",
    "/map/?q=rivers",
    "/my-films/taste/",
    "/my-films/",
)


def missing(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    put(path, b"")


def truncated(path: Path) -> None:
    put(path, path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(len(content) // 3, len(content), 97):
        content[at] ^= 0x55
    put(path, bytes(content))


def unreadable(path: Path) -> None:
    path.unlink()
    path.mkdir()  # rights mean nothing to root, who may run the tests


Damage = Callable[[Path], None]
DAMAGES: tuple[Damage, ...] = (missing, empty, truncated, flipped, unreadable)


def put(path: Path, content: bytes) -> None:
    """Put another file in the place of one that may be mapped into memory."""
    path.with_name("other").write_bytes(content)
    path.with_name("other").replace(path)


@pytest.fixture
def visitor(client: Client) -> Client:
    """Somebody with a taste, who never gets to see an exception."""
    user = make_user("vera")
    films = list(Movie.objects.order_by("pk")) or [make_movie(f"Film {number}") for number in range(8)]
    like(user, *films[:4])
    client.force_login(user)
    return client


def started_anew() -> None:
    """Nothing is remembered, as in a process that just started."""
    index.forget()
    map_points._known = None
    vectors._encoder.cache_clear()


def pages_answer(client: Client) -> None:
    """Every page is there, and a film can be saved and liked."""
    film = Movie.objects.order_by("pk")[0]
    embed_changed_films([film.pk])
    for page in (*PAGES, f"/films/{film.pk}/"):
        answer = client.get(page)
        assert answer.status_code == 200, page
    assert client.post(f"/films/{film.pk}/like/", {"liked": "1"}).status_code == 302


def status() -> str:
    """What the status command complains about."""
    try:
        call_command("status", stdout=io.StringIO(), stderr=io.StringIO())
    except CommandError as problem:
        return str(problem)
    return ""


def another_format(path: Path) -> None:
    put(path, json.dumps(json.loads(path.read_text()) | {"format": 1}).encode())


def test_a_damaged_model_leaves_the_site_with_its_vectors(
    trained: ModelVersion, visitor: Client, tmp_path: Path
) -> None:
    trained.pieces.all().delete()  # else the next request brings it back from the database
    whole = shutil.copytree(trained.folder, tmp_path / "whole")
    table = [(path.name, damage) for path in sorted(whole.iterdir()) for damage in DAMAGES]
    for name, damage in [*table, ("manifest.json", another_format)]:
        shutil.rmtree(trained.folder)
        shutil.copytree(whole, trained.folder)
        damage(trained.folder / name)
        started_anew()
        ready = visitor.get("/readyz")
        assert (ready.status_code, "missing or damaged" in ready.json()["reasons"][0]) == (503, True), (name, damage)
        assert visitor.get("/?q=rivers").status_code == 200, (name, damage)
    pages_answer(visitor)
    assert "→ Bring the folder back from a backup, activate another version, or run manage.py train_vae" in status()
    shutil.rmtree(trained.folder)
    started_anew()
    pages_answer(visitor)
    assert "train_vae" in status()
    staff = Client()
    staff.force_login(User.objects.create_superuser("root"))
    assert "files are damaged" in staff.get("/admin/catalog/movie/health/").content.decode()
    shutil.copytree(whole, trained.folder)
    started_anew()
    assert visitor.get("/readyz").status_code == 200
    call_command("models", activate=trained.name, verbosity=0)  # the film that was saved meanwhile, and the pieces
    assert trained.pieces.exists()
    assert status() == ""


def test_a_damaged_model_comes_back_from_the_database(trained: ModelVersion, visitor: Client) -> None:
    for damage in DAMAGES:
        damage(trained.folder / "encoder.safetensors")
        started_anew()
        assert visitor.get("/?q=rivers").status_code == 200
        assert visitor.get("/readyz").status_code == 200, damage
        assert status() == ""


def test_a_damaged_snapshot_is_written_anew() -> None:
    films = [make_movie(f"Film {number}", description="rivers") for number in range(8)]
    version = make_version({film: [1.0, number] for number, film in enumerate(films)})

    def near() -> list[tuple[int, float]]:
        started_anew()
        assert recommend(Wish(text="rivers")).suggestions  # opens the words, too
        return nearest(films[0].pk)

    expected = near()
    files = sorted(path.relative_to(settings.INDEX_DIR) for path in settings.INDEX_DIR.rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".npy", ".json"}
    manifests = [file for file in files if file.suffix == ".json"]
    arrays = [(file, damage) for file in files for damage in (flipped, DAMAGES[len(file.name) % len(DAMAGES)])]
    for file, damage in [*arrays, *((manifests[0], damage) for damage in DAMAGES)]:
        damage(settings.INDEX_DIR / file)
        assert near() == expected, (file, damage)
        assert (settings.INDEX_DIR / file).is_file(), (file, damage)
    shutil.rmtree(settings.INDEX_DIR)
    settings.INDEX_DIR.write_bytes(b"a file where the folder should be")
    assert near() == expected
    assert version.embeddings.count() == len(films)


def test_damaged_vectors_are_left_out_until_a_refresh(trained: ModelVersion, visitor: Client) -> None:
    rows = list(Embedding.objects.order_by("movie_id"))
    whole = {row.movie_id: bytes(row.vector) for row in rows}
    numbers = np.frombuffer(rows[0].vector, np.float32)
    blobs = [
        b"",
        whole[rows[1].movie_id][:100],
        bytes(byte ^ 0x55 for byte in whole[rows[2].movie_id]),
        np.full_like(numbers, np.nan).tobytes(),
        np.full_like(numbers, np.inf).tobytes(),
        (numbers * 2).tobytes(),
        numbers.astype(np.float16).tobytes(),
    ]
    for row, blob in zip(rows, blobs, strict=False):
        Embedding.objects.filter(pk=row.pk).update(vector=blob, revision=next_revision(trained))
    shutil.rmtree(settings.INDEX_DIR, ignore_errors=True)
    started_anew()
    pages_answer(visitor)
    found = index.current()
    assert found is not None
    assert found.has_vector.sum() >= 1
    # Saving a film computes its vector anew, so the first one is whole already.
    assert "6 vectors are damaged.\n    → manage.py refresh_embeddings" in status()
    call_command("refresh_embeddings", verbosity=0)
    for row in Embedding.objects.all():  # alike but for rounding, which depends on what is encoded together
        mended, before = (np.frombuffer(blob, np.float32) for blob in (row.vector, whole[row.movie_id]))
        np.testing.assert_allclose(mended, before, atol=1e-5)
    assert status() == ""


def test_a_damaged_map_is_drawn_anew(trained: ModelVersion, visitor: Client) -> None:
    drawn = FilmMap.objects.get()
    for field in ("films", "places", "sums"):
        whole = bytes(getattr(drawn, field))
        for blob in (b"", b"odd", whole[:8], b"\xff" * len(whole)):
            FilmMap.objects.update(**{field: blob})
            next_revision(trained)
            started_anew()
            assert visitor.get("/map/").status_code == 200, (field, blob)
        FilmMap.objects.update(**{field: whole})
    FilmMap.objects.update(places=b"odd")
    assert "The film map is damaged.\n    → manage.py refresh_embeddings" in status()
    call_command("refresh_embeddings", verbosity=0)
    assert bytes(FilmMap.objects.get().films) == bytes(drawn.films)
    assert status() == ""


def test_a_damaged_checkpoint_is_never_gone_on_with(tmp_path: Path) -> None:
    state = {"weight": torch.arange(600, dtype=torch.float32)}
    path = tmp_path / "checkpoint"
    checkpoint = Checkpoint("run", state, {"weight": state["weight"] * 2}, {"0.step": torch.ones(1)}, 0, ())
    checkpoint.write(path)
    assert torch.equal(Checkpoint.read(path).model["weight"], state["weight"])
    for damage in DAMAGES:
        checkpoint.write(path)
        damage(path)
        with pytest.raises(DamagedCheckpoint, match="train without resuming"):
            Checkpoint.read(path)
        if path.is_dir():
            path.rmdir()
