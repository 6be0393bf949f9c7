"""No page asks the database more when it shows more films."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import FilmText, Mark, User
from tests.builders import like, make_movie, make_user
from tests.site.pages import put_on_the_map, teach

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MOST = 8


@pytest.fixture
def ana(client: Client) -> User:
    """A member with 5 likes and marks in a taught catalogue of 45 films."""
    films = [
        make_movie(
            genres=["Drama", f"Genre {n % 5}"],
            countries=["France", "Italy"],
            directors=[f"Director {n % 4}"],
            cast=[f"Actor {n % 9}", f"Actor {n % 7 + 10}"],
            keywords=["night", "rain"],
        )
        for n in range(45)
    ]
    for movie in films:
        FilmText.objects.create(movie=movie, language="ru", title=f"Фильм {movie.pk}")
    version = teach({movie: [1, at / 45, (at * 7 % 11) / 11] for at, movie in enumerate(films)})
    put_on_the_map(version, {movie: (at / 45, -at / 45) for at, movie in enumerate(films)})
    user = make_user("ana")
    like(user, *films[:5])
    Mark.objects.create(user=user, movie=films[6], kind="watchlist")
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/recommendations/",
        "/start/",
        "/films/",
        "/films/?q=film",
        "/my-films/",
        "/my-films/taste/",
        "/map/",
        "/map/?q=rain",
        "film",
    ],
)
def test_a_page_needs_eight_queries_at_most(client: Client, ana: User, address: str) -> None:
    if address == "film":
        address = ana.likes.newest_first()[0].movie.get_absolute_url()
    client.get(address)  # what workers remember for a minute is remembered now
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert len(answer.content) > 5000
    assert len(queries) <= MOST, "\n".join(query["sql"][:200] for query in queries)
