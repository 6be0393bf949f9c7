"""Monitoring asks whether the site is alive and ready, and hears why not, in words that give nothing away."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from catalog.models import Movie
from health import readiness
from recommender import vectors
from recommender.models import Embedding, ModelVersion


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_is_migrated", False)
    vectors._encoder.cache_clear()


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_alive_needs_no_database(client: Client) -> None:
    response = client.get("/healthz")  # without the database mark any query is an error
    assert (response.status_code, response.json()) == (200, {"alive": True})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_trained_site_is_ready(client: Client, trained: ModelVersion) -> None:
    assert ready(client) == (200, {"ready": True, "reasons": []})


@pytest.mark.django_db
def test_without_a_model_it_is_not(client: Client) -> None:
    code, answer = ready(client)
    assert code == 503
    assert answer == {"ready": False, "reasons": ["No trained model is active. Run: manage.py train_vae"]}


@pytest.mark.django_db
def test_damaged_files_are_a_reason_without_their_address(client: Client, trained: ModelVersion) -> None:
    (trained.folder / "encoder.safetensors").unlink()
    trained.pieces.all().delete()
    vectors._encoder.cache_clear()
    code, answer = ready(client)
    assert code == 503
    assert "missing or damaged" in answer["reasons"][0]
    assert str(trained.folder.parent) not in answer["reasons"][0]


@pytest.mark.django_db
def test_many_missing_vectors_are_a_reason_and_a_few_are_not(client: Client, trained: ModelVersion) -> None:
    Movie.objects.filter(title="Film 0").update(is_published=False)
    Embedding.objects.filter(movie__title="Film 0").delete()
    assert ready(client)[0] == 200
    Embedding.objects.filter(movie__title__in=["Film 1", "Film 2"]).delete()
    code, answer = ready(client)
    assert (code, answer["reasons"]) == (
        503,
        ["Only 5 of 7 films have a vector. Run: manage.py refresh_embeddings"],
    )


@pytest.mark.django_db
def test_waiting_migrations_are_a_reason(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.operations.databases.waiting_migrations", lambda: ["catalog.0099_later"])
    assert "manage.py migrate" in ready(client)[1]["reasons"][0]


def test_a_database_that_is_away_gives_nothing_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[str]:
        raise OperationalError("password authentication failed for user films at 10.0.0.7")

    monkeypatch.setattr("recommender.operations.databases.waiting_migrations", fail)
    assert ready(client) == (503, {"ready": False, "reasons": ["The database does not answer."]})


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics"])
def test_nothing_is_changed_here(client: Client, page: str) -> None:
    assert client.post(page).status_code == 405


def test_a_proxy_on_the_same_machine_needs_no_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
