"""Mark a film as seen, wanted or not for me, and take the mark back."""

import pytest
from django.test import Client

from catalog.models import Like, Mark, Movie, User
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def movie() -> Movie:
    return make_movie("Stalker")


@pytest.fixture
def ana(client: Client) -> User:
    user = make_user("ana")
    client.force_login(user)
    return user


def marks(user: User) -> set[str]:
    return set(Mark.objects.filter(user=user).values_list("kind", flat=True))


@pytest.mark.parametrize("kind", ["seen", "watchlist", "hidden"])
def test_a_mark_is_set_once_and_taken_back(client: Client, ana: User, movie: Movie, kind: str) -> None:
    address = f"/films/{movie.pk}/mark/{kind}/"
    client.post(address, {"on": "1"})
    client.post(address, {"on": "1"})
    assert list(Mark.objects.values_list("kind", flat=True)) == [kind]
    client.post(address, {"on": "0"})
    assert not Mark.objects.exists()


def test_a_film_that_was_seen_leaves_the_watchlist(client: Client, ana: User, movie: Movie) -> None:
    client.post(f"/films/{movie.pk}/mark/watchlist/", {"on": "1"})
    client.post(f"/films/{movie.pk}/mark/seen/", {"on": "1"})
    assert marks(ana) == {"seen"}


def test_what_is_not_for_me_is_no_longer_liked(client: Client, ana: User, movie: Movie) -> None:
    like(ana, movie)
    client.post(f"/films/{movie.pk}/mark/hidden/", {"on": "1"})
    assert not Like.objects.exists()
    client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    assert marks(ana) == set()


@pytest.mark.parametrize("kind", ["seen", "hidden"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_marked_films_are_not_suggested_until_undone(client: Client, movie: Movie, kind: str, signed_in: bool) -> None:
    if signed_in:
        client.force_login(make_user())
    other = make_movie()
    client.post(f"/films/{movie.pk}/mark/{kind}/", {"on": "1"})
    assert shown(client.get("/")) == [other.pk]
    client.post(f"/films/{movie.pk}/mark/{kind}/", {"on": "0"})
    assert set(shown(client.get("/"))) == {movie.pk, other.pk}


@pytest.mark.parametrize("kind", ["liked", "unseen", "SEEN"])
def test_other_marks_do_not_exist(client: Client, ana: User, movie: Movie, kind: str) -> None:
    assert client.post(f"/films/{movie.pk}/mark/{kind}/", {"on": "1"}).status_code == 404


def test_refusals(client: Client, ana: User, movie: Movie) -> None:
    assert client.get(f"/films/{movie.pk}/mark/seen/").status_code == 405
    assert client.post(f"/films/{movie.pk}/mark/seen/", {"on": "maybe"}).status_code == 400
    hidden = make_movie(is_published=False)
    assert client.post(f"/films/{hidden.pk}/mark/seen/", {"on": "1"}).status_code == 404
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    ("before", "press", "address"),
    [
        ("watchlist", "mark/seen", "mark/seen/?restore=watchlist"),
        ("hidden", "like", "like/?restore=hidden"),
        ("watchlist", "mark/hidden", "mark/hidden/?restore=watchlist"),
    ],
)
def test_undo_brings_back_what_the_press_swept_aside(
    client: Client, ana: User, movie: Movie, before: str, press: str, address: str
) -> None:
    Mark.objects.create(user=ana, movie=movie, kind=before)
    name = "liked" if press == "like" else "on"
    page = client.post(f"/films/{movie.pk}/{press}/", {name: "1"}, headers={"HX-Request": "true"}).content.decode()
    assert marks(ana) == ({press.removeprefix("mark/")} if name == "on" else set())
    assert f'formaction="/films/{movie.pk}/{address}" name="{name}" value="0"' in page
    client.post(f"/films/{movie.pk}/{address}", {name: "0"})
    assert marks(ana) == {before}
    assert not Like.objects.exists()


def test_undo_brings_back_a_like(client: Client, ana: User, movie: Movie) -> None:
    like(ana, movie)
    client.post(f"/films/{movie.pk}/mark/hidden/", {"on": "1"})
    client.post(f"/films/{movie.pk}/mark/hidden/?restore=liked", {"on": "0"})
    assert Like.objects.filter(user=ana).exists()
    assert marks(ana) == set()


def test_nothing_else_can_be_restored(client: Client, ana: User, movie: Movie) -> None:
    assert client.post(f"/films/{movie.pk}/mark/seen/?restore=stolen&restore=", {"on": "0"}).status_code == 302
    assert marks(ana) == set()
