"""A curator finds films without a vector or with a stale one, and has vectors computed anew."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Movie
from catalog.services import announce_changes
from jobs.models import Job
from recommender import index
from recommender.admin import films as admin_films
from recommender.corpus import record_of
from recommender.ml.artifacts import ArtifactError
from recommender.models import Embedding, ModelVersion
from tests.builders import make_movie, make_user, make_version
from tests.catalog.admin_site import make_group_curator

pytestmark = pytest.mark.django_db

FILMS = reverse("admin:catalog_movie_changelist")


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_group_curator())
    return client


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the films that are encoded; there is no trained model in these tests."""
    ids: list[int] = []

    def embed(movie_ids: list[int], version: ModelVersion) -> None:
        ids.extend(movie_ids)

    monkeypatch.setattr(admin_films, "embed", embed)
    return ids


def titles(client: Client, **query: str) -> set[str]:
    return {movie.title for movie in client.get(FILMS, query).context["cl"].result_list}


def press(client: Client, *movies: Movie) -> str:
    data = {"action": "compute_vectors", "_selected_action": [movie.pk for movie in movies]}
    return client.post(FILMS, data, follow=True).content.decode()


def test_the_list_is_narrowed_by_the_state_of_the_vector(curator: Client) -> None:
    fresh, changed, failed = make_movie("Fresh"), make_movie("Changed"), make_movie("Failed")
    make_movie("Bare")
    make_version({fresh: [1, 0], changed: [0, 1], failed: [1, 1]})
    make_version({movie: [1, 0] for movie in Movie.objects.all()}, active=False)
    Movie.objects.filter(pk=changed.pk).update(updated_at=timezone.now() + timedelta(seconds=5))
    Embedding.objects.filter(movie=failed).update(fingerprint="")
    assert titles(curator, vector="missing") == {"Bare"}
    assert titles(curator, vector="stale") == {"Changed", "Failed"}
    assert titles(curator, vector="fresh") == {"Fresh"}
    assert len(titles(curator, vector="nonsense")) == 4


def test_without_a_model_every_vector_is_missing(curator: Client) -> None:
    make_movie("Heat")
    assert titles(curator, vector="missing") == {"Heat"}
    assert titles(curator, vector="fresh") == set()


def test_a_vector_that_could_not_be_computed_is_stale(
    curator: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    film = make_movie("Heat")
    make_version({film: [1, 0]})

    def broken(*_args: object) -> None:
        raise ArtifactError("The folder is gone.")

    monkeypatch.setattr("recommender.receivers.keep_up", broken)
    with django_capture_on_commit_callbacks(execute=True):
        announce_changes([film.pk])
    assert titles(curator, vector="stale") == {"Heat"}


def test_a_few_are_computed_at_once_and_it_stands_in_their_histories(curator: Client, encoded: list[int]) -> None:
    one, two = make_movie("Heat"), make_movie("Alien")
    make_version({one: [1, 0]})
    assert "2 vectors are computed anew." in press(curator, one, two)
    assert sorted(encoded) == [one.pk, two.pk]
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {str(one.pk), str(two.pk)}


def test_many_are_left_to_a_job_that_finds_them_stale(
    curator: Client, encoded: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    movies = [make_movie() for _ in range(5)]
    make_version({movie: [1, 0] for movie in movies})
    monkeypatch.setattr(admin_films, "AT_ONCE", 3)
    press(curator, *movies[:4])
    job = Job.objects.get()
    assert (job.kind, job.started_by.username) == ("refresh", "cura")
    assert encoded == []
    assert Embedding.objects.filter(fingerprint="").count() == 4


def test_without_a_model_it_says_the_cure(curator: Client, encoded: list[int]) -> None:
    assert "No model is active. Train one first." in press(curator, make_movie())
    assert encoded == []


def test_a_model_that_cannot_be_read_gets_a_message(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make_movie()
    make_version({film: [1, 0]})
    assert "vector is computed anew" not in press(curator, film)
    assert not LogEntry.objects.exists()


def test_who_only_looks_at_films_cannot_have_vectors_computed(client: Client, encoded: list[int]) -> None:
    reader = make_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_movie"))
    client.force_login(reader)
    film = make_movie()
    make_version({film: [1, 0]})
    assert "Compute vectors anew" not in client.get(FILMS).content.decode()
    press(client, film)
    assert encoded == []


def test_hiding_films_computes_no_vector_anew_but_workers_hear_of_it(
    curator: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    same, changed = make_movie("Heat", description="A thief."), make_movie("Alien")
    version = make_version({same: [1, 0], changed: [0, 1]})
    Embedding.objects.filter(movie=same).update(fingerprint=record_of(same).fingerprint())
    written: list[int] = []
    monkeypatch.setattr("recommender.vectors._write", lambda _version, films: written.extend(film[0] for film in films))
    assert index.current() is not None
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(FILMS, {"action": "unpublish", "_selected_action": [same.pk, changed.pk]})
    assert written == [changed.pk]
    films = index.current()
    assert films is not None
    assert films.version.revision > version.revision
    assert not films.published[films.rows([same.pk])].any()
    assert titles(curator, vector="stale") == {"Alien"}
