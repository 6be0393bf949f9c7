"""A film's page in the admin tells its neighbours, doubles, vector and words, and honestly why it is shown or not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import FilmText, Mark, Movie
from recommender import index
from recommender.admin.panel import outside
from recommender.corpus import record_of
from recommender.models import Embedding, Shown
from recommender.services import recommend
from recommender.standing import Whose, standing
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user, make_version
from tests.catalog.admin_site import existing, make_group_curator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """The search catches up with this test's films."""
    cache.clear()


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_group_curator())
    return client


def page(client: Client, movie: Movie) -> str:
    answer = client.get(reverse("admin:catalog_movie_change", args=[movie.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def a_ring(count: int) -> list[Movie]:
    """Films whose vectors turn away from the first one, step by step."""
    movies = [make_movie(f"Film {n}", description="Rain.") for n in range(count)]
    make_version({movie: [count - n, n + 1] for n, movie in enumerate(movies)})
    return movies


def test_places_are_those_of_the_list_that_the_visitor_gets() -> None:
    movies = a_ring(12)
    visitor, other = make_user(), make_user(is_demo=True)
    like(visitor, movies[0])
    like(other, movies[11], movies[6])
    Mark.objects.create(user=visitor, movie=movies[1], kind="hidden")
    Mark.objects.create(user=visitor, movie=movies[2], kind="seen")
    Movie.objects.filter(pk=movies[3].pk).update(is_published=False)
    films = index.current()
    assert films is not None
    places = {place.taste.whose: place.place for place in standing(films, movies[8].pk).places}
    hidden = frozenset({movies[1].pk, movies[2].pk})
    for whose, wish in (
        (Whose.VISITOR, Wish(liked=(movies[0].pk,), hidden=hidden)),
        (Whose.PROFILE, Wish(liked=(movies[6].pk, movies[11].pk))),
    ):
        answer = recommend(wish, top=20)
        assert [one.movie for one in answer.suggestions].index(movies[8]) + 1 == places[whose]


def test_equal_films_stand_in_the_order_of_the_list() -> None:
    movies = [make_movie(f"Film {n}") for n in range(5)]
    make_version({movie: [1, 1] for movie in movies})
    visitor = make_user()
    like(visitor, movies[0])
    like(make_user(), movies[4])
    films = index.current()
    order = [one.movie.pk for one in recommend(Wish(liked=(movies[0].pk,))).suggestions]
    for movie in movies[1:]:
        found = standing(films, movie.pk)
        (place,) = (one.place for one in found.places if one.taste.owner == visitor.pk and one.taste.whose == "visitor")
        assert order.index(movie.pk) + 1 == place


def test_lists_of_those_who_know_the_film_are_left_out() -> None:
    movies = a_ring(4)
    fan, hider = make_user(), make_user()
    like(fan, movies[0])
    like(hider, movies[1])
    Mark.objects.create(user=hider, movie=movies[0], kind="hidden")
    found = standing(index.current(), movies[0].pk)
    assert found.know_it == 2
    assert {place.taste.whose for place in found.places} == {Whose.NEIGHBOUR}


def test_a_film_that_comes_first_somewhere_is_said_to(curator: Client) -> None:
    movies = a_ring(5)
    like(make_user("mia", display_name="Mia", is_demo=True), movies[0])
    text = page(curator, movies[1])
    assert "its best place is 1." in text
    assert "1 for the demo profile “Mia”" in text
    assert "always outranked" not in text


def test_a_film_that_is_always_outranked_is_told_by_whom(curator: Client) -> None:
    lonely = make_movie("Lonely", description="Alone.")
    crowd = [make_movie(f"Crowd {n}", description="Many.") for n in range(40)]
    make_version({lonely: [-1, 0.2], **{movie: [1, n / 40] for n, movie in enumerate(crowd)}})
    like(make_user("anna", display_name="Anna"), *crowd[:3])
    text = page(curator, lonely)
    assert "It is always outranked: in none of 11 lists it reaches the first page." in text
    assert "Its best place is 38." in text
    assert "for a visitor with 3 likes" in text
    assert "Crowd" in text.split("Above it most often")[1].split("</dd>")[0]
    assert "Anna" not in text


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("hidden", "It is not published, so visitors never see it."),
        ("no model", "No model is active, so films are ranked by likes alone."),
        ("no vector", "It has no vector under the active model."),
        ("empty vector", "The model knows none of its words."),
        ("no words", "It has no description and no keywords"),
    ],
)
def test_each_plain_reason_is_named_and_no_other(curator: Client, trouble: str, said: str) -> None:
    film = make_movie("Heat", is_published=trouble != "hidden", description="" if trouble == "no words" else "A thief.")
    other = make_movie("Alien")
    if trouble != "no model":
        vectors = {other: [1.0, 0.0]}
        if trouble != "no vector":
            vectors[film] = [0.0, 0.0] if trouble == "empty vector" else [1.0, 0.5]
        make_version(vectors)
    text = page(curator, film)
    reasons = ("not published", "No model is active", "no vector under", "none of its words", "no description and no")
    assert said in text
    assert sum(reason in text for reason in reasons) == 1


def test_neighbours_come_with_their_similarities(curator: Client) -> None:
    one, near, far = make_movie("One"), make_movie("Near"), make_movie("Far")
    hidden = make_movie("Hidden", is_published=False)
    make_version({one: [1, 0], near: [0.8, 0.6], far: [0, 1], hidden: [1, 0]})
    text = page(curator, one).split("Nearest neighbours")[1]
    assert text.index("Near (2001)") < text.index("Far (2001)")
    assert "0.800" in text
    assert "0.000" in text
    assert "Hidden" not in text


def test_doubles_are_offered_for_merging(curator: Client) -> None:
    film = make_movie("Heat", year=1995)
    same = make_movie("HEAT!", year=1996)
    translated = make_movie("Fire", year=1995)
    FilmText.objects.create(movie=translated, language="ru", title="Heat")
    alike = make_movie("Copy", year=1995, is_published=False)
    remake, sequel = make_movie("Heat", year=2013), make_movie("Part two", year=1999)
    make_movie("The heat of the night", year=1995)
    make_version({film: [1, 0], alike: [1, 0.1], sequel: [1, 0.1], remake: [0, 1]})
    text = page(curator, film).split("The same film once more?")[1].split("</section>")[0]
    for double in (same, translated, alike):
        assert f"ids={film.pk}&amp;ids={double.pk}&amp;stays={film.pk}" in text
    assert text.count("Merge<") == 3
    assert "2013" not in text
    assert "Part two" not in text


def test_who_may_not_merge_is_offered_no_merging(client: Client) -> None:
    film = make_movie("Heat", year=1995)
    make_movie("HEAT!", year=1996)
    reader = make_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_movie"))
    client.force_login(reader)
    text = page(client, film)
    assert "In numbers" in text
    assert "The same film once more?" not in text


def test_the_vector_is_told_with_version_age_and_whether_it_is_stale(curator: Client) -> None:
    film = make_movie("Heat", description="A thief.")
    version = make_version({film: [1, 0]}, name="spring")
    Embedding.objects.filter(movie=film).update(
        fingerprint=record_of(film).fingerprint(), updated_at=timezone.now() - timedelta(days=3, hours=1)
    )
    text = page(curator, film).replace("\xa0", " ")
    assert f"version {version.name}, computed 3 days, 1 hour ago; up to date" in text
    Movie.objects.filter(pk=film.pk).update(description="Another thief.")
    assert "stale: the film has changed since" in page(curator, film)


def test_how_often_it_was_shown_and_liked_is_told(curator: Client) -> None:
    film = make_movie("Heat")
    for age, count in ((0, 7), (5, 5), (100, 1000)):
        Shown.objects.create(movie=film, day=timezone.localdate() - timedelta(days=age), count=count)
    like(make_user(), film)
    text = page(curator, film)
    assert "<dt>Shown in 30 days</dt><dd>12</dd>" in text
    assert "<dt>Likes</dt><dd>1</dd>" in text


def test_the_share_outside_the_alphabet_names_the_characters(curator: Client) -> None:
    film = make_movie("Amélie", description="été")
    found = outside(record_of(film))
    assert found.share == pytest.approx(3 / 10)
    assert found.characters == "é"
    assert "30.0 % of its text (é)" in page(curator, film)
    assert outside(record_of(make_movie("Heat"))).characters == ""


def test_queries_of_the_page_do_not_grow_with_the_catalogue(curator: Client, django_assert_max_num_queries) -> None:
    movies = a_ring(60)
    for n in range(30):
        like(make_user(is_demo=n % 2 == 0), *movies[n : n + 5])
    page(curator, movies[40])
    with django_assert_max_num_queries(45):
        page(curator, movies[40])


def test_saving_with_an_error_shows_the_form_without_the_panels(curator: Client) -> None:
    film = make_movie("Heat", year=1995)
    answer = curator.post(reverse("admin:catalog_movie_change", args=[film.pk]), existing(film, title=""))
    assert answer.status_code == 200
    assert "Nearest neighbours" not in answer.content.decode()
