"""Choose films together: open an evening, look at the films, veto, share, and end it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Movie, User
from recommender.models import Night, NightGuest, NightVeto
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, teach, words_of
from tests.site.test_valid_pages import Page, check

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TOGETHER = "/together/"


@pytest.fixture
def films() -> list[Movie]:
    """Twenty films in a fan, so that the tastes at both ends meet in the middle."""
    films = [make_movie(f"Film {n:02}", genres=["Drama" if n % 2 else "Comedy"], runtime=80 + n) for n in range(20)]
    teach({movie: [19 - n, n] for n, movie in enumerate(films)})
    return films


@pytest.fixture
def ana(client: Client, films: list[Movie]) -> User:
    user = make_user("ana", display_name="Ana")
    like(user, *films[:3])
    client.force_login(user)
    return user


@pytest.fixture
def profiles(films: list[Movie], settings: pytest.FixtureRequest) -> list[User]:
    settings.DEMO_MODE = True  # type: ignore[attr-defined]
    profiles = [make_user(f"demo{n}", display_name=f"Demo {n}", is_demo=True) for n in range(6)]
    for profile in profiles:
        like(profile, *films[17:])
    return profiles


def opened(client: Client, *profiles: User, **fields: object) -> Night:
    """A night that the form opened."""
    data = {"name": "Ana", "leaves_out_seen": "on", "profile": [profile.pk for profile in profiles], **fields}
    answer = client.post(TOGETHER, data)
    assert answer.status_code == 302, words_of(answer)
    return Night.objects.get(token=answer["Location"].strip("/").split("/")[-1])


def address(night: Night, rest: str = "") -> str:
    return f"/together/{night.token}/{rest}"


def test_the_page_invites_everybody(client: Client, films: list[Movie]) -> None:
    page = words_of(client.get(TOGETHER))
    assert "Movie night" in page
    assert "Like 3 more films first" in page
    assert "noindex" not in page


def test_an_evening_with_demo_profiles(client: Client, ana: User, profiles: list[User], films: list[Movie]) -> None:
    night = opened(client, *profiles[:2])
    answer = client.get(address(night))
    known = {film.pk for film in [*films[:3], *films[17:]]}
    assert shown(answer)[:2] == [films[10].pk, films[9].pk] or shown(answer)[:2] == [films[9].pk, films[10].pk]
    assert not known & {*shown(answer)}
    page = words_of(answer)
    assert page.count('<ul class="fits"') == 12
    assert 'Demo 1<span class="sr">: ' in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]


def test_the_pages_are_sound(client: Client, ana: User, profiles: list[User]) -> None:
    night = opened(client, profiles[0], friends="on")
    client.post(address(night, f"films/{shown(client.get(address(night)))[0]}/veto/"), {"on": "1"})
    client.post(address(night, "result/"), {"on": "1"})
    night.refresh_from_db()
    for page in (TOGETHER, address(night), f"/together/result/{night.result}/", "/together/join/gone/"):
        check(Page(client.get(page).content.decode()))
    check(Page(Client().get(f"/together/join/{night.invitation}/").content.decode()))


def test_the_slider_goes_to_the_average(client: Client, ana: User, profiles: list[User], films: list[Movie]) -> None:
    """Two like the far end, one the near end: on average the far end wins, for least misery the middle."""
    night = opened(client, *profiles[:2])
    assert shown(client.get(address(night), {"fair": 0}))[0] == films[16].pk
    assert shown(client.get(address(night), {"fair": 4}))[0] in (films[9].pk, films[10].pk)
    for nonsense in ("9", "-1", "x", "1.5"):
        answer = client.get(address(night), {"fair": nonsense})
        assert answer.status_code == 200
        assert "Something in the form does not fit" in words_of(answer)


def test_filters_and_words_narrow_the_list(client: Client, ana: User, profiles: list[User], films: list[Movie]) -> None:
    night = opened(client, profiles[0])
    drama = films[1].genres.get().pk
    found = shown(client.get(address(night), {"genre": drama}))
    assert {*found} == {film.pk for film in films[3:17:2]}
    assert "No film is left" in words_of(client.get(address(night), {"genre": drama, "q": "not drama"}))
    assert "Something in the form" in words_of(client.get(address(night), {"genre": 999}))


@pytest.mark.parametrize(
    ("number", "fields", "cure"),
    [
        (0, {}, "An evening needs two people at least"),
        (6, {}, "Six people fit in"),
        (5, {"friends": "on"}, "Six people fit in"),
        (1, {"name": ""}, "This field is required"),
        (1, {"name": "x" * 31}, "at most 30 characters"),
        (1, {"name": "a\u0000b"}, "Null characters are not allowed"),
        (1, {"name": "a\u202eb"}, "Use letters and digits"),
    ],
)
def test_refused_evenings_name_the_cure(
    client: Client, ana: User, profiles: list[User], number: int, fields: dict[str, str], cure: str
) -> None:
    data = {"name": "Ana", "profile": [profile.pk for profile in profiles[:number]], **fields}
    assert cure in words_of(client.post(TOGETHER, data))
    assert not Night.objects.exists()


def test_only_demo_profiles_can_be_asked_along(client: Client, ana: User, profiles: list[User]) -> None:
    ben = make_user("ben")
    assert "This profile cannot be asked along" in words_of(client.post(TOGETHER, {"name": "Ana", "profile": [ben.pk]}))
    assert not Night.objects.exists()


def test_without_demo_mode_there_are_no_profiles(
    client: Client, ana: User, profiles: list[User], settings: pytest.FixtureRequest
) -> None:
    settings.DEMO_MODE = False  # type: ignore[attr-defined]
    assert "Demo 1" not in words_of(client.get(TOGETHER))
    assert "cannot be asked along" in words_of(client.post(TOGETHER, {"name": "A", "profile": [profiles[0].pk]}))


def test_a_few_likes_are_needed(client: Client, profiles: list[User], films: list[Movie]) -> None:
    new = make_user()
    like(new, films[0])
    client.force_login(new)
    answer = client.post(TOGETHER, {"name": "New", "profile": [profiles[0].pk]})
    assert "Like 2 more films first" in words_of(answer)
    assert not Night.objects.exists()


def test_ten_evenings_a_day_are_enough(client: Client, ana: User, profiles: list[User]) -> None:
    for _ in range(10):
        opened(client, profiles[0])
    answer = client.post(TOGETHER, {"name": "Ana", "profile": [profiles[0].pk]})
    assert "You opened ten evenings within a day" in words_of(answer)
    Night.objects.update(created_at=timezone.now() - timedelta(days=2))
    opened(client, profiles[0])


def test_a_veto_takes_the_film_off_for_all_and_can_be_undone(
    client: Client, ana: User, profiles: list[User], films: list[Movie]
) -> None:
    night = opened(client, *profiles[:2])
    first = shown(client.get(address(night)))[0]
    answer = client.post(address(night, f"films/{first}/veto/"), {"on": "1", "state": "?fair=4"})
    assert answer["Location"] == address(night) + "?fair=4"
    answer = client.get(address(night))
    assert first not in shown(answer)
    assert "Off the table" in words_of(answer)
    client.post(address(night, f"films/{first}/veto/"), {"on": "1"})
    assert NightVeto.objects.count() == 1
    client.post(address(night, f"films/{first}/veto/"), {"on": "0"})
    assert first in shown(client.get(address(night)))


def test_with_htmx_only_the_films_come_back(client: Client, ana: User, profiles: list[User]) -> None:
    night = opened(client, profiles[0])
    first = shown(client.get(address(night)))[0]
    answer = client.post(
        address(night, f"films/{first}/veto/"), {"on": "1", "state": "?fair=4"}, headers={"HX-Request": "true"}
    )
    assert first not in shown(answer)
    assert "<html" not in words_of(answer)
    assert answer["HX-Replace-Url"] == address(night) + "?fair=4"


@pytest.mark.parametrize("sent", [{}, {"on": "yes"}])
def test_nonsense_is_no_veto(client: Client, ana: User, profiles: list[User], sent: dict[str, str]) -> None:
    night = opened(client, profiles[0])
    film = shown(client.get(address(night)))[0]
    assert client.post(address(night, f"films/{film}/veto/"), sent).status_code == 400
    assert client.get(address(night, f"films/{film}/veto/")).status_code == 405
    assert client.post(address(night, "films/99999/veto/"), {"on": "1"}).status_code == 404


def test_strangers_find_nothing(client: Client, ana: User, profiles: list[User], films: list[Movie]) -> None:
    night = opened(client, profiles[0])
    member = Client()
    member.force_login(make_user())
    for stranger in (Client(), member):
        assert stranger.get(address(night)).status_code == 404
        for rest in (f"films/{films[9].pk}/veto/", "invitation/", "result/", "leave/"):
            assert stranger.post(address(night, rest), {"on": "1"}).status_code == 404
    assert not NightVeto.objects.exists()
    assert Night.objects.get().guests.count() == 2


def test_the_result_shows_films_and_names_and_nothing_else(
    client: Client, ana: User, profiles: list[User], films: list[Movie]
) -> None:
    night = opened(client, *profiles[:2])
    found = shown(client.get(address(night), {"fair": 0}))
    client.post(address(night, "result/"), {"on": "1", "state": "?fair=0"})
    night.refresh_from_db()
    link = f"/together/result/{night.result}/"
    assert f"http://testserver{link}" in words_of(client.get(address(night)))
    answer = Client().get(link)
    assert shown(answer) == found
    page = words_of(answer)
    assert "Chosen together: Ana, Demo 0, Demo 1" in page
    assert "fits" not in page
    assert not [film for film in [*films[:3], *films[17:]] if film.title in page]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_the_result_stays_as_it_was_shared_until_it_is_taken_back(
    client: Client, ana: User, profiles: list[User]
) -> None:
    night = opened(client, profiles[0])
    client.post(address(night, "result/"), {"on": "1"})
    night.refresh_from_db()
    link, first = f"/together/result/{night.result}/", night.result_films[0]
    client.post(address(night, f"films/{first}/veto/"), {"on": "1"})
    assert shown(Client().get(link))[0] == first
    client.post(address(night, "result/"), {"on": "1"})
    assert first not in shown(Client().get(link))
    client.post(address(night, "result/"), {"on": "0"})
    assert Client().get(link).status_code == 404


def test_nights_end_after_a_week(client: Client, ana: User, profiles: list[User]) -> None:
    night = opened(client, profiles[0])
    client.post(address(night, "result/"), {"on": "1"})
    night.refresh_from_db()
    Night.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get(address(night)).status_code == 404
    assert client.get(f"/together/result/{night.result}/").status_code == 404
    assert night.token not in words_of(client.get(TOGETHER))
    assert [*Night.objects.over()] == [night]
    newer = opened(client, profiles[0])
    assert [*Night.objects.all()] == [newer]


def test_the_host_ends_the_evening_for_all(client: Client, ana: User, profiles: list[User]) -> None:
    night = opened(client, profiles[0])
    assert client.post(address(night, "leave/"))["Location"] == TOGETHER
    assert not NightGuest.objects.exists()
    assert User.objects.filter(pk=profiles[0].pk).exists()


def test_the_host_frees_a_seat(client: Client, ana: User, profiles: list[User]) -> None:
    night = opened(client, *profiles[:2])
    guest = night.guests.get(user=profiles[0])
    assert client.post(address(night, "leave/"), {"guest": guest.pk})["Location"] == address(night)
    assert [guest.name for guest in night.guests.all()] == ["Ana", "Demo 1"]
    assert client.post(address(night, "leave/"), {"guest": 99999}).status_code == 404


def test_profiles_of_the_same_name_are_told_apart(client: Client, ana: User, profiles: list[User]) -> None:
    User.objects.filter(pk__in=[profiles[0].pk, profiles[1].pk]).update(display_name="ana")
    night = opened(client, *profiles[:2])
    assert [guest.name for guest in night.guests.all()] == ["Ana", "ana 2", "ana 3"]


def test_deleting_the_account_takes_the_taste_along(client: Client, ana: User, profiles: list[User]) -> None:
    opened(client, profiles[0])
    ana.delete()
    assert [guest.name for guest in NightGuest.objects.all()] == ["Demo 0"]


def test_a_page_needs_few_queries(
    client: Client, ana: User, profiles: list[User], django_assert_max_num_queries: object
) -> None:
    night = opened(client, *profiles[:5])
    client.get(address(night))
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get(address(night))
