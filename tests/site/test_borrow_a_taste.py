"""Choose whose taste: your own, a demo profile's, as staff anybody's; never somebody else's by editing the request."""

import pytest
from django.test import Client
from pytest_django import Settings

from catalog.models import Movie, User
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, teach, words_of

pytestmark = pytest.mark.django_db
NEAR, FAR = [1.0, 0.0], [0.0, 1.0]


@pytest.fixture
def films() -> list[Movie]:
    films = [make_movie(title) for title in ("Alien", "Aliens", "Bambi", "Bambi II")]
    teach(dict(zip(films, (NEAR, [0.9, 0.1], FAR, [0.1, 0.9]), strict=True)))
    return films


@pytest.fixture
def demo(films: list[Movie]) -> User:
    profile = make_user("demo_dora", display_name="Dora", is_demo=True)
    like(profile, films[2])
    return profile


@pytest.fixture
def stranger(films: list[Movie]) -> User:
    user = make_user("stranger")
    like(user, films[2])
    return user


def test_in_demo_mode_anybody_may_borrow_a_demo_profile(
    client: Client, settings: Settings, films: list[Movie], demo: User
) -> None:
    settings.DEMO_MODE = True
    answer = client.get("/", {"taste": demo.pk})
    assert shown(answer) == [films[3].pk, films[1].pk, films[0].pk]
    assert "Films for the taste “Dora”" in words_of(answer)
    assert "Because “Dora” likes <i>Bambi</i>" in words_of(answer)


def test_what_i_like_myself_is_not_suggested_from_a_borrowed_taste(
    client: Client, settings: Settings, films: list[Movie], demo: User
) -> None:
    settings.DEMO_MODE = True
    client.post(f"/films/{films[3].pk}/like/", {"liked": "1"})
    assert films[3].pk not in shown(client.get("/", {"taste": demo.pk}))


def test_outside_demo_mode_demo_profiles_are_refused(client: Client, demo: User) -> None:
    answer = client.get("/", {"taste": demo.pk})
    assert "This taste is not yours to choose" in words_of(answer)
    assert shown(answer) == []
    assert "Dora" not in words_of(answer)


@pytest.mark.parametrize("signed_in", [True, False])
def test_somebody_elses_taste_is_refused(client: Client, settings: Settings, stranger: User, signed_in: bool) -> None:
    settings.DEMO_MODE = True
    if signed_in:
        client.force_login(make_user())
    for sent in ({"taste": stranger.pk}, {"taste": "stranger"}):
        answer = client.get("/", sent)
        assert "This taste is not yours to choose" in words_of(answer)
        assert shown(answer) == []


def test_the_staffs_field_does_nothing_for_others(client: Client, films: list[Movie], stranger: User) -> None:
    client.force_login(make_user())
    answer = client.get("/", {"profile": "stranger"})
    assert answer.context["results"].answer.basis == "popular"
    assert 'name="profile"' not in words_of(answer)


def test_staff_may_look_through_any_profile(client: Client, films: list[Movie], stranger: User) -> None:
    client.force_login(make_user(is_staff=True))
    answer = client.get("/", {"profile": "Stranger"})
    assert shown(answer)[0] == films[3].pk
    assert "Because “stranger” likes" in words_of(answer)


def test_staff_are_told_of_a_profile_that_does_not_exist(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    answer = client.get("/", {"profile": "nobody-at-all"})
    assert "There is no profile with this log-in name." in words_of(answer)
    assert shown(answer) == []


def test_nobodys_taste_leaves_my_likes_aside(client: Client, films: list[Movie]) -> None:
    client.post(f"/films/{films[0].pk}/like/", {"liked": "1"})
    answer = client.get("/", {"taste": "nobody"})
    assert answer.context["results"].answer.basis == "popular"
    assert films[0].pk not in shown(answer)
