"""An operator asks how the site is: facts, what needs attention with the cure, and an exit code for monitoring."""

import io
import json
import os
import time
from collections import namedtuple
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from catalog.models import Movie
from jobs.models import Job, Worker
from recommender.models import Embedding, ModelVersion
from tests.builders import make_movie

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def status(*options: str) -> tuple[dict[str, Any], str]:
    """The facts, and what the command complains about."""
    out = io.StringIO()
    try:
        call_command("status", "--json", *options, stdout=out, stderr=io.StringIO())
    except CommandError as problem:
        return json.loads(out.getvalue()), str(problem)
    return json.loads(out.getvalue()), ""


def test_a_healthy_site_ends_with_0(trained: ModelVersion) -> None:
    facts, needs = status()
    assert needs == ""
    assert facts["needs"] == []
    assert facts["catalogue"] == {"films": 8, "published": 8, "likes": 2, "accounts": 1}
    assert facts["model"]["active"] == trained.name
    assert facts["model"]["age_days"] == 0
    assert facts["vectors"] == {"stored": 8, "missing": 0, "stale": 0, "damaged": 0}
    assert facts["database"]["migrations_waiting"] == 0
    assert facts["database"]["size"] > 0
    assert facts["disk"]["models"] > 0
    assert facts["disk"]["newest_backup"] is None


def test_people_read_a_table(trained: ModelVersion) -> None:
    out = io.StringIO()
    call_command("status", stdout=out, stderr=out)
    assert "films 8, published 8, likes 2" in out.getvalue()
    assert f"active {trained.name}" in out.getvalue()


def test_a_new_site_is_told_what_to_do() -> None:
    _facts, needs = status()
    assert "There are no films.\n    → manage.py import_movies" in needs
    assert "No trained model is active" in needs
    assert "→ manage.py train_vae" in needs


def test_a_resting_version_is_worth_activating(trained: ModelVersion) -> None:
    ModelVersion.objects.update(is_active=False)
    assert "manage.py models --activate VERSION" in status()[1]


def test_missing_and_stale_vectors_are_counted(trained: ModelVersion) -> None:
    first, second, *_others = Movie.objects.order_by("pk")
    Embedding.objects.filter(movie=first).delete()
    Movie.objects.filter(pk=second.pk).update(description="another text")
    facts, needs = status()
    assert facts["vectors"] == {"stored": 7, "missing": 1, "stale": 1, "damaged": 0}
    assert "1 film has no vector" in needs
    assert "1 vector is older than its film" in needs
    assert "→ manage.py refresh_embeddings" in needs
    assert status("--quick")[0]["vectors"]["stale"] is None


def test_a_hidden_film_needs_no_vector(trained: ModelVersion) -> None:
    make_movie("Hidden", is_published=False)
    assert status()[1] == ""


def test_damaged_model_files_are_seen(trained: ModelVersion) -> None:
    (trained.folder / "encoder.safetensors").unlink()
    trained.pieces.all().delete()
    assert "is missing or changed" in status()[1]


@pytest.mark.both_databases
def test_a_model_that_no_other_host_can_get_is_seen(trained: ModelVersion) -> None:
    trained.pieces.all().delete()
    assert ("other hosts cannot get it" in status()[1]) is (connection.vendor == "postgresql")
    call_command("models", "--activate", trained.name, "--force", stdout=io.StringIO())
    assert "other hosts" not in status()[1]


def test_a_model_worse_than_popularity_is_seen(trained: ModelVersion) -> None:
    worse = {"vae": {"ndcg@100": {"mean": 0.1, "se": 0.01}}, "popularity": {"ndcg@100": {"mean": 0.3, "se": 0.01}}}
    ModelVersion.objects.update(metrics={"warm": worse})
    assert "is worse than popularity" in status()[1]


def test_jobs_that_wait_without_a_worker_are_seen(trained: ModelVersion) -> None:
    long_ago = timezone.now() - timedelta(minutes=10)
    Job.objects.create(kind="train", title="Training", created_at=long_ago)
    facts, needs = status()
    assert (facts["jobs"]["waiting"], facts["jobs"]["workers"]) == (1, 0)
    assert "1 job waits and no worker runs.\n    → Start a worker: manage.py db_worker" in needs
    Worker.objects.create(name="one")
    assert status()[1] == ""


def test_a_job_whose_worker_died_is_seen(trained: ModelVersion) -> None:
    long_ago = timezone.now() - timedelta(minutes=10)
    Job.objects.create(kind="train", title="Training", state=Job.State.RUNNING, seen_at=long_ago)
    assert "1 job lost its worker" in status()[1]


def test_an_old_backup_is_seen(trained: ModelVersion) -> None:
    path = settings.BACKUP_DIR / "movierec-20260101-031500-000000.tar.gz"
    path.parent.mkdir()
    path.write_bytes(b"a backup")
    assert status()[0]["disk"]["newest_backup"] is not None
    assert status()[1] == ""
    os.utime(path, (time.time() - 10 * 86400,) * 2)
    assert "The newest backup is 10 days old" in status()[1]


def test_a_full_disk_is_seen(trained: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")(1, 1, 1000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    assert f"Less than 1 GB is free in {settings.VAR_DIR}" in status()[1]


def test_waiting_migrations_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.operations.databases.waiting_migrations", lambda: ["catalog.0009_later"])
    facts, needs = status()
    assert facts["database"]["migrations_waiting"] == 1
    assert "1 migration is not applied.\n    → manage.py migrate" in needs


def test_a_database_that_is_away_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[str]:
        raise OperationalError("connection refused")

    monkeypatch.setattr("recommender.operations.databases.waiting_migrations", fail)
    facts, needs = status()
    assert facts["database"]["answers"] is False
    assert "The database does not answer: connection refused" in needs
    assert "DATABASE_URL" in needs
