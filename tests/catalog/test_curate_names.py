"""A curator looks after genres, countries and people; a new name concerns all of its films."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Country, Genre, Person
from catalog.signals import movies_changed
from tests.builders import make_movie
from tests.catalog.admin_site import make_curator

pytestmark = pytest.mark.django_db

KINDS = {"genre": Genre, "country": Country, "person": Person}


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_curator())
    return client


@pytest.fixture
def announced() -> Iterator[list[int]]:
    ids: list[int] = []

    def hear(movie_ids: list[int], **kwargs: object) -> None:
        ids.extend(movie_ids)

    movies_changed.connect(hear)
    yield ids
    movies_changed.disconnect(hear)


def film_of(kind: str) -> int:
    named = {"genre": {"genres": ["Noir"]}, "country": {"countries": ["Noir"]}, "person": {"cast": ["Noir"]}}
    return make_movie(**named[kind]).pk


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_name_is_announced_for_its_films(
    curator: Client, announced: list[int], kind: str, django_capture_on_commit_callbacks
) -> None:
    film = film_of(kind)
    make_movie()
    row = KINDS[kind].objects.get()
    page = reverse(f"admin:catalog_{kind}_change", args=[row.pk])
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(page, {"name": "Noir"})
        assert announced == []
        assert curator.post(page, {"name": "Film noir"}).status_code == 302
    assert announced == [film]


@pytest.mark.parametrize("kind", KINDS)
def test_deleting_a_name_is_announced_for_its_films(
    curator: Client, announced: list[int], kind: str, django_capture_on_commit_callbacks
) -> None:
    film = film_of(kind)
    row = KINDS[kind].objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        curator.post(reverse(f"admin:catalog_{kind}_changelist"), data)
    assert announced == [film]
    assert not KINDS[kind].objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_exists_gets_a_message(curator: Client, kind: str) -> None:
    KINDS[kind].objects.create(name="Noir")
    response = curator.post(reverse(f"admin:catalog_{kind}_add"), {"name": "Noir"})
    assert "already exists" in response.content.decode()


def test_names_are_listed_with_their_films_in_few_queries(curator: Client, django_assert_max_num_queries) -> None:
    for number in range(40):
        make_movie(genres=["Drama", f"Genre {number}"])
    with django_assert_max_num_queries(8):
        rows = curator.get(reverse("admin:catalog_genre_changelist")).context["cl"].result_list
    assert {row.name: row.n_films for row in rows}["Drama"] == 40


def test_people_are_found_in_any_case(curator: Client) -> None:
    Person.objects.create(name="Андрей Тарковский")
    response = curator.get(reverse("admin:catalog_person_changelist"), {"q": "тарковский АНДРЕЙ"})
    assert [row.name for row in response.context["cl"].result_list] == ["Андрей Тарковский"]
