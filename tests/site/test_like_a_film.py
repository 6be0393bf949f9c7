"""Like a film from any card, and take the like back."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalog.models import Like, Movie, User
from tests.builders import make_movie, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def movie() -> Movie:
    return make_movie("Heat", year=1995)


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana")
    client.force_login(user)
    return user


def press(client: Client, movie: Movie, liked: str = "1", **extra: str) -> HttpResponse:
    return client.post(reverse("catalog:like", args=[movie.pk]), {"liked": liked, **extra})


def test_a_member_likes_a_film(client: Client, ana: User, movie: Movie) -> None:
    press(client, movie)
    assert Like.objects.filter(user=ana, movie=movie).exists()


def test_a_double_click_is_one_like(client: Client, ana: User, movie: Movie) -> None:
    assert press(client, movie).status_code == 302
    assert press(client, movie).status_code == 302
    assert Like.objects.count() == 1


def test_taking_a_like_back_twice_is_harmless(client: Client, ana: User, movie: Movie) -> None:
    press(client, movie)
    assert press(client, movie, "0").status_code == 302
    assert press(client, movie, "0").status_code == 302
    assert not Like.objects.exists()


def test_it_leads_back_to_the_card_that_was_pressed(client: Client, ana: User, movie: Movie) -> None:
    assert press(client, movie, next="/films/?q=heat").headers["Location"] == f"/films/?q=heat#film-{movie.pk}"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "0", "films/", "/a\nb", "/\x00"]
)
def test_it_never_leads_to_another_site(client: Client, ana: User, movie: Movie, address: str) -> None:
    assert press(client, movie, next=address).headers["Location"] == movie.get_absolute_url()


def test_it_says_what_happened_and_offers_to_undo(client: Client, ana: User, movie: Movie) -> None:
    page = client.get(press(client, movie, next="/films/").headers["Location"]).content.decode()
    assert "You like Heat." in page
    assert f'formaction="/films/{movie.pk}/like/" name="liked" value="0">Undo</button>' in page


def test_htmx_gets_the_buttons_alone(client: Client, ana: User, movie: Movie) -> None:
    address = reverse("catalog:like", args=[movie.pk])
    answer = client.post(address, {"liked": "1"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert f"hx-swap-oob=\"outerHTML:[data-actions='{movie.pk}']\"" in page
    assert 'name="liked" value="0" aria-pressed="true"' in page


def test_a_visitor_without_an_account_may_like_too(client: Client, movie: Movie) -> None:
    press(client, movie)
    assert not Like.objects.exists()
    assert 'name="liked" value="0" aria-pressed="true"' in client.get(movie.get_absolute_url()).content.decode()


def test_get_changes_nothing(client: Client, ana: User, movie: Movie) -> None:
    assert client.get(reverse("catalog:like", args=[movie.pk])).status_code == 405
    assert not Like.objects.exists()


@pytest.mark.parametrize("answer", ["", "2", "yes", "true"])
def test_only_yes_and_no_are_answers(client: Client, ana: User, movie: Movie, answer: str) -> None:
    assert press(client, movie, answer).status_code == 400
    assert not Like.objects.exists()


def test_unpublished_and_unknown_films_cannot_be_found(client: Client, ana: User) -> None:
    assert press(client, make_movie(is_published=False)).status_code == 404
    assert client.post("/films/999999/like/", {"liked": "1"}).status_code == 404


def test_a_press_without_the_secret_of_the_page_is_refused(movie: Movie) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = press(client, movie)
    assert answer.status_code == 403
    assert "The form had gone stale" in answer.content.decode()
