"""How often films are shown is counted in memory and written now and then, at no cost for the pages."""

from datetime import timedelta

import pytest
from django.core.signals import request_finished
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import Movie
from recommender import showing
from recommender.models import Shown
from tests.builders import like, make_movie, make_user, make_version
from tests.catalog.admin_site import make_curator
from tests.site.pages import shown as cards_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

REQUEST = RequestFactory().get("/")


@pytest.fixture
def films() -> list[Movie]:
    """Eight films that are more or less alike."""
    movies = [make_movie(f"Film {n}") for n in range(8)]
    make_version({movie: [1, n / 8] for n, movie in enumerate(movies)})
    return movies


def counts() -> dict[int, int]:
    return dict(Shown.objects.values_list("movie", "count"))


@pytest.mark.parametrize("page", ["home", "recommendations", "film", "start"])
def test_what_a_page_suggests_is_counted_once_per_view(client: Client, films: list[Movie], page: str) -> None:
    visitor = make_user()
    like(visitor, films[0])
    client.force_login(visitor)
    address = films[0].get_absolute_url() if page == "film" else reverse(f"recommender:{page}")
    answers = [client.get(address) for _ in range(3)]
    showing.write()
    cards = [movie.pk for movie in answers[0].context["movies"]] if page == "start" else cards_of(answers[0])
    suggested = {pk for pk in cards if pk != films[0].pk}
    assert suggested
    assert {pk: counts().get(pk) for pk in suggested} == dict.fromkeys(suggested, 3)


def test_counting_asks_the_database_nothing(client: Client, films: list[Movie]) -> None:
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert not [query for query in queries if "shown" in query["sql"]]
    assert not Shown.objects.exists()


def test_writing_adds_to_the_day_and_takes_few_queries(films: list[Movie], django_assert_max_num_queries) -> None:
    ids = [film.pk for film in films]
    Shown.objects.create(movie=films[0], day=timezone.localdate(), count=5)
    for _ in range(4):
        showing.note(REQUEST, ids[:3])
    showing.note(REQUEST, ids[2:])
    with django_assert_max_num_queries(8):
        showing.write()
    assert [counts()[pk] for pk in ids[:4]] == [9, 4, 5, 1]
    with CaptureQueriesContext(connection) as queries:
        showing.write()
    assert len(queries) == 0


def test_the_end_of_every_request_is_heard() -> None:
    assert any(receiver() is showing._write_when_due for _key, receiver, *_rest in request_finished.receivers)


def test_it_is_written_by_the_first_request_that_ends_after_half_a_minute(
    films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    showing.note(REQUEST, [films[0].pk])
    showing._write_when_due()
    assert counts() == {}
    monkeypatch.setattr(showing, "EVERY", 0.0)
    showing._write_when_due()
    assert counts() == {films[0].pk: 1}


def test_a_film_deleted_meanwhile_is_left_out(films: list[Movie]) -> None:
    showing.note(REQUEST, [films[0].pk, films[1].pk])
    kept = films[1].pk
    films[0].delete()
    showing.write()
    assert counts() == {kept: 1}


def test_nothing_is_lost_while_the_database_is_away(films: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("database is locked")

    showing.note(REQUEST, [films[0].pk])
    with monkeypatch.context() as broken:
        broken.setattr(showing, "_add", away)
        showing.write()
    showing.note(REQUEST, [films[0].pk])
    showing.write()
    assert counts() == {films[0].pk: 2}


def test_memory_is_bounded(films: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "_MOST", 2)
    for film in films:
        showing.note(REQUEST, [film.pk])
    showing.write()
    assert set(counts()) == {films[0].pk, films[1].pk}


def test_merged_films_were_shown_as_often_as_both(client: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    today = timezone.localdate()
    Shown.objects.create(movie=one, day=today, count=3)
    Shown.objects.create(movie=two, day=today, count=4)
    Shown.objects.create(movie=two, day=today - timedelta(days=1), count=5)
    client.force_login(make_curator())
    client.post(reverse("admin:catalog_movie_merge"), {"ids": [one.pk, two.pk], "stays": one.pk})
    assert dict(Shown.objects.filter(movie=one).values_list("day", "count")) == {today: 7, today - timedelta(days=1): 5}
