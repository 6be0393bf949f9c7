"""What a page asks of the database does not grow with the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Movie
from recommender import index
from recommender.models import ModelVersion
from recommender.services import recommend
from recommender.wishes import Wish
from tests.builders import make_movie, make_version, set_vector

pytestmark = pytest.mark.django_db


def catalogue(size: int) -> tuple[list[Movie], ModelVersion]:
    rng = np.random.default_rng(0)
    films = [make_movie(f"Film {number}", genres=["Drama"]) for number in range(size)]
    return films, make_version({film: rng.normal(size=4).tolist() for film in films})


def queries_of(client: Client, path: str) -> int:
    """How many a page needs once the worker knows its films."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


@pytest.mark.parametrize("path", ["/", "/recommendations/", "/films/", "/start/"])
def test_pages_ask_as_much_of_ten_films_as_of_sixty(path: str, client: Client) -> None:
    _films, version = catalogue(10)
    first = queries_of(client, path)
    for number in range(50):
        set_vector(version, make_movie(f"More {number}", genres=["Drama"]), [1, 0, 0, 1])
    assert queries_of(client, path) == first


def test_one_saved_film_is_read_alone() -> None:
    films, version = catalogue(40)
    index.current()
    set_vector(version, films[7], [1, 0, 0, 0])
    with CaptureQueriesContext(connection) as queries:
        found = index.current()
    assert found is not None
    assert found.vectors[7].tolist() == [1, 0, 0, 0]
    assert len(found.genres.changed) == 1
    assert len(queries) <= 10


def test_a_second_page_of_the_same_films_does_not_load_them_again() -> None:
    catalogue(10)
    recommend(Wish())
    with CaptureQueriesContext(connection) as queries:
        recommend(Wish())
    assert len(queries) == 1
