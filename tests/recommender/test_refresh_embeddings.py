"""An operator brings the film vectors up to date: only what is stale is computed, and stopping loses nothing."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Movie
from recommender.models import Embedding, ModelVersion
from recommender.vectors import Refreshed, refresh
from tests.builders import make_movie

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def version() -> ModelVersion:
    for number in range(8):
        text = "rivers and old bridges" if number % 2 else "mountain huts under snow"
        make_movie(f"Film {number}", description=text, genres=["Drama"])
    call_command("train_vae", "--epochs", "1", verbosity=0)
    return ModelVersion.objects.get()


def run(*options: str) -> str:
    out = StringIO()
    call_command("refresh_embeddings", *options, stdout=out)
    return out.getvalue()


def test_fresh_vectors_are_left_alone(version: ModelVersion) -> None:
    before = ModelVersion.objects.get().revision
    assert "8 films looked at, 0 vectors computed" in run()
    assert ModelVersion.objects.get().revision == before


def test_a_changed_film_gets_a_new_vector(version: ModelVersion) -> None:
    film = Movie.objects.earliest("pk")
    old = bytes(version.embeddings.get(movie=film).vector)
    Movie.objects.filter(pk=film.pk).update(description="old huts by rivers")
    assert "1 vectors computed" in run()
    assert bytes(version.embeddings.get(movie=film).vector) != old


def test_missing_vectors_are_computed(version: ModelVersion) -> None:
    Embedding.objects.filter(movie__title__in=["Film 1", "Film 2"]).delete()
    assert "2 vectors computed" in run()
    assert version.embeddings.count() == 8


def test_all_computes_every_vector_the_same(version: ModelVersion) -> None:
    before = dict(version.embeddings.values_list("movie", "vector"))
    assert "8 vectors computed" in run("--all")
    assert {movie: bytes(blob) for movie, blob in version.embeddings.values_list("movie", "vector")} == {
        movie: bytes(blob) for movie, blob in before.items()
    }


def test_stopping_keeps_what_is_done_and_the_next_run_goes_on(
    version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    Embedding.objects.all().delete()
    monkeypatch.setattr("recommender.corpus.CHUNK", 3)
    done: list[Refreshed] = []
    first = refresh(version, progress=done.append, should_stop=lambda: bool(done))
    assert 0 < version.embeddings.count() == first.computed
    second = refresh(version)
    assert first.computed + second.computed == 8
    assert version.embeddings.count() == 8


def test_without_a_model_the_cure_is_named() -> None:
    with pytest.raises(CommandError, match="train_vae"):
        run()


def test_an_unknown_version_is_refused(version: ModelVersion) -> None:
    with pytest.raises(CommandError, match=r"manage\.py models lists them"):
        run("--model", "nothing")


def test_the_workers_do_it_where_there_are_some(version: ModelVersion) -> None:
    assert "8 films looked at, 8 vectors computed" in run("--all", "--workers")


def test_without_a_worker_nobody_waits_for_one(version: ModelVersion, settings: Any) -> None:
    settings.JOBS_AT_ONCE = False
    with pytest.raises(CommandError, match=r"manage\.py db_worker"):
        run("--all", "--workers")
