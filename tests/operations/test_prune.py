"""An operator tidies up: first only looking, and never what the site or a roll-back needs."""

import io
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.models import CatalogueImport, FilePiece, Movie
from jobs.models import Job
from recommender.models import Embedding, ModelVersion, Night, Shown
from tests.builders import make_movie, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def prune(*options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("prune", "--json", *options, stdout=out, stderr=io.StringIO())
    found = json.loads(out.getvalue())["found"]
    return {kind: find["names"] for kind, find in found.items()}


def file(*parts: str, days: float = 2) -> Path:
    """A file that was last changed so many days ago."""
    path = Path(settings.VAR_DIR).joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"something")
    os.utime(path, (time.time() - days * 86400,) * 2)
    return path


@pytest.fixture
def versions() -> list[ModelVersion]:
    """Six versions, v0 the oldest; v1 was active before v2, which is active now."""
    film, made = make_movie(), []
    for number in range(6):
        version = make_version({film: [1, 0]}, name=f"v{number}", active=number == 2)
        now = timezone.now() - timedelta(days=6 - number)
        version.created_at, version.activated_at = now, now if number in (1, 2) else None
        version.save()
        file("models", version.name, "manifest.json")
        made.append(version)
    return made


@pytest.fixture
def clutter(versions: list[ModelVersion]) -> list[Path]:
    """One of everything that can go."""
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    long_ago = now - timedelta(days=40)
    Job.objects.create(kind="train", title="Old", state=Job.State.DONE, finished_at=long_ago)
    Job.objects.create(kind="train", title="New", state=Job.State.FAILED, finished_at=now)
    Job.objects.create(kind="train", title="Waiting", created_at=long_ago)
    for ago in (long_ago, now):
        CatalogueImport.objects.create(file_name="films.csv", state=CatalogueImport.State.DONE, applied_at=ago)
        Night.objects.create(expires_at=ago + timedelta(days=7))
        piece = FilePiece.objects.create(name=f"imports/{ago:%Y}-{ago:%j}", number=0, content=b"title")
        FilePiece.objects.filter(pk=piece.pk).update(created_at=ago)
    waiting = FilePiece.objects.create(name="imports/waiting", number=0, content=b"title")
    FilePiece.objects.filter(pk=waiting.pk).update(created_at=long_ago)
    CatalogueImport.objects.filter(applied_at=now).update(file="imports/waiting")
    film = Movie.objects.get()
    for day in (now - timedelta(days=400), now):
        Shown.objects.create(movie=film, day=day.date(), count=3)
    return [
        file("models", "nobody", "manifest.json"),
        file("index", "nobody", "films-1"),
        file("models", ".training.safetensors", days=40),
        file("media", "posters", "nobody.png"),
        file("backups", ".draft-killed", "backup"),
        file("models", ".draft-killed", "export"),
        file(".restoring-killed", "manifest.json"),
    ]


def test_looking_changes_nothing(clutter: list[Path]) -> None:
    os.utime(Path(settings.VAR_DIR) / ".restoring-killed", (time.time() - 40 * 86400,) * 2)
    for folder in ("models/nobody", "index/nobody", "backups/.draft-killed", "models/.draft-killed"):
        os.utime(Path(settings.VAR_DIR) / folder, (time.time() - 2 * 86400,) * 2)
    found = prune()
    assert set(found) == {
        "versions", "model_folders", "index", "checkpoints", "uploads", "leftovers", "sessions", "jobs",
        "imports", "nights", "shown", "waiting_files",
    }  # fmt: skip
    assert all(path.exists() for path in clutter)
    assert (ModelVersion.objects.count(), Session.objects.count(), Job.objects.count()) == (6, 2, 3)
    assert prune("--apply") == found
    assert not any(path.exists() for path in clutter)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert set(Job.objects.values_list("title", flat=True)) == {"New", "Waiting"}
    assert [model.objects.count() for model in (CatalogueImport, Night, Shown, FilePiece)] == [1, 1, 1, 2]
    assert prune() == {}


def test_it_says_so_to_people(clutter: list[Path]) -> None:
    out = io.StringIO()
    call_command("prune", stdout=out)
    assert "old model versions: 1" in out.getvalue()
    assert "Nothing was removed. Add --apply" in out.getvalue()


def test_the_active_version_and_the_one_before_stay(versions: list[ModelVersion]) -> None:
    assert prune("--keep", "1")["versions"] == ["v4", "v3", "v0"]
    prune("--keep", "1", "--apply")
    assert set(ModelVersion.objects.values_list("name", flat=True)) == {"v1", "v2", "v5"}
    assert {path.name for path in settings.MODELS_DIR.iterdir()} == {"v1", "v2", "v5"}
    assert Embedding.objects.count() == 3


def test_files_in_use_and_young_ones_stay() -> None:
    for name in ("film.png", "film-320.webp", "nobody.png"):
        file("media", "posters", name)
    file("media", "posters", "just-uploaded.png", days=0)
    Movie.objects.filter(pk=make_movie().pk).update(poster="posters/film.png")
    assert prune() == {"uploads": ["media/posters/nobody.png"]}


def test_a_folder_of_a_training_that_is_going_on_stays() -> None:
    file("models", "just-published", "manifest.json", days=0)
    file("models", ".training.safetensors", days=1)
    assert prune() == {}


def test_a_clean_site_is_told_so() -> None:
    out = io.StringIO()
    call_command("prune", "--apply", stdout=out)
    assert out.getvalue() == "There is nothing to remove.\n"


@pytest.mark.parametrize("options", [("--keep", "0"), ("--days", "-1")])
def test_nonsense_is_refused(options: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="--keep is at least 1"):
        call_command("prune", *options)
