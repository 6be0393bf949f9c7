"""The page of recommendations: rows with their reasons, and nothing that the visitor knows already."""

import pytest
from django.test import Client

from catalog.models import Mark, Movie, User
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, teach, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def films() -> list[Movie]:
    """Forty films on a line: neighbours by number are alike, and the first ones are well known."""
    films = [make_movie(f"Film {n:02}") for n in range(40)]
    teach({movie: [1, n / 10, (n / 10) ** 2 / 4] for n, movie in enumerate(films)})
    return films


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana")
    client.force_login(user)
    return user


def test_an_empty_catalogue_is_a_sensible_page(client: Client) -> None:
    answer = client.get("/recommendations/")
    assert "There is nothing to suggest yet" in words_of(answer)


def test_without_a_model_there_are_popular_films(client: Client) -> None:
    first, second = make_movie("A"), make_movie("B")
    like(make_user(), second)
    assert shown(client.get("/recommendations/")) == [second.pk, first.pk]


def test_without_likes_it_invites_to_pick_three(client: Client, films: list[Movie]) -> None:
    page = words_of(client.get("/recommendations/"))
    assert "Pick three films that you like" in page
    assert "Popular films" in page
    assert "Because you liked" not in page


def test_each_row_says_why_it_is_there(client: Client, films: list[Movie], ana: User) -> None:
    like(ana, films[3], films[20], films[30])
    Mark.objects.create(user=ana, movie=films[0], kind="watchlist")
    answer = client.get("/recommendations/")
    titles = [row.title for row in answer.context["rows"]]
    assert titles[:3] == ["For your taste", "Because you liked Film 30", "Because you liked Film 20"]
    assert {"Hidden gems", "On your watchlist"} <= {*titles, "On your watchlist"}
    assert "Pick three films" not in words_of(answer)


def test_a_row_for_a_liked_film_holds_the_films_closest_to_it(client: Client, films: list[Movie], ana: User) -> None:
    like(ana, films[3], films[38])
    row = client.get("/recommendations/").context["rows"][1]
    assert row.title == "Because you liked Film 38"
    numbers = [films.index(card.movie) for card in row.cards]
    assert min(numbers) > 20
    assert row.cards[0].note == "very close"


def test_no_film_stands_in_two_rows(client: Client, films: list[Movie], ana: User) -> None:
    like(ana, films[3], films[20])
    ids = shown(client.get("/recommendations/"))
    assert len(ids) == len(set(ids)) > 20


def test_what_is_liked_seen_or_hidden_never_comes(client: Client, films: list[Movie], ana: User) -> None:
    like(ana, films[3], films[20])
    Mark.objects.create(user=ana, movie=films[4], kind="seen")
    Mark.objects.create(user=ana, movie=films[5], kind="hidden")
    known = {films[n].pk for n in (3, 4, 5, 20)}
    assert not known & set(shown(client.get("/recommendations/")))


def test_what_you_do_shows_in_the_very_next_list(client: Client, films: list[Movie]) -> None:
    for movie in films[:3]:
        client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    first = shown(client.get("/recommendations/"))
    client.post(f"/films/{first[0]}/mark/hidden/", {"on": "1"})
    second = shown(client.get("/recommendations/"))
    assert first[0] not in second
    client.post(f"/films/{first[0]}/mark/hidden/", {"on": "0"})
    assert shown(client.get("/recommendations/")) == first


def test_unpublished_films_stay_out(client: Client, films: list[Movie], ana: User) -> None:
    like(ana, films[3], films[20])
    Mark.objects.create(user=ana, movie=films[7], kind="watchlist")
    films[7].is_published = False
    films[7].save()
    assert films[7].pk not in shown(client.get("/recommendations/"))
