"""A first visit: three picks from a varied set that follows them, or a sentence."""

import re

import numpy as np
import pytest
from django.test import Client

from catalog.models import Movie
from tests.builders import like, make_movie, make_user
from tests.site.pages import teach, words_of

pytestmark = pytest.mark.django_db
GROUPS = 4


@pytest.fixture
def films() -> list[Movie]:
    """Forty films in four groups that are nothing alike; low numbers are liked by more people."""
    films = [make_movie(f"Film {n:02}") for n in range(40)]
    noise = np.random.default_rng(2).normal(0, 0.05, (40, GROUPS))
    teach({movie: np.eye(GROUPS)[n % GROUPS] + noise[n] for n, movie in enumerate(films)})
    for n in range(6):
        like(make_user(), *films[: 40 - n * 6])
    return films


def offered(client: Client) -> list[int]:
    page = words_of(client.get("/start/"))
    return [int(pk) for pk in re.findall(r'<li id="film-(\d+)">', page)]


def groups(films: list[Movie], ids: list[int]) -> list[int]:
    numbers = {movie.pk: n % GROUPS for n, movie in enumerate(films)}
    return [numbers[pk] for pk in ids]


def test_it_offers_a_varied_set(client: Client, films: list[Movie]) -> None:
    ids = offered(client)
    assert len(ids) == len(set(ids)) == 12
    assert set(groups(films, ids)) == set(range(GROUPS))
    assert set(groups(films, ids[:4])) == set(range(GROUPS))


def test_the_same_set_for_everybody_who_picked_nothing(client: Client, films: list[Movie]) -> None:
    assert offered(client) == offered(Client())


def test_it_follows_each_pick(client: Client, films: list[Movie]) -> None:
    before = groups(films, offered(client))
    client.post(f"/films/{films[1].pk}/like/", {"liked": "1", "next": "/start/"})
    after = offered(client)
    assert films[1].pk not in after
    assert groups(films, after).count(1) > before.count(1)
    assert len(set(groups(films, after))) > 1


def test_it_counts_down_and_leads_on(client: Client, films: list[Movie]) -> None:
    assert "3 more to go" in words_of(client.get("/start/"))
    for movie in films[:3]:
        client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    page = words_of(client.get("/start/"))
    assert "That is enough to start with." in page
    assert 'href="/recommendations/">Show my films</a>' in page
    assert 'value="0" aria-label="Take Film 00 back"' in page


def test_what_was_seen_or_hidden_is_not_offered(client: Client, films: list[Movie]) -> None:
    first, second = offered(client)[:2]
    client.post(f"/films/{first}/mark/seen/", {"on": "1"})
    client.post(f"/films/{second}/mark/hidden/", {"on": "1"})
    assert not {first, second} & set(offered(client))


def test_it_works_before_the_first_training_and_without_films(client: Client) -> None:
    assert "The catalogue is empty so far." in words_of(client.get("/start/"))
    make_movie()
    assert len(offered(client)) == 1


def test_a_sentence_leads_to_the_form(client: Client) -> None:
    page = words_of(client.get("/start/"))
    assert 'class="or-say" method="get" action="/"' in page
    assert 'name="q"' in page


def test_well_known_films_come_first(client: Client, films: list[Movie]) -> None:
    numbers = [next(n for n, movie in enumerate(films) if movie.pk == pk) for pk in offered(client)]
    assert numbers[0] == 0
    assert sum(numbers) / len(numbers) < 12
