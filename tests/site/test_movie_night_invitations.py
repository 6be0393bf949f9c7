"""Friends come by a link: what they agree to, who gets in, and what of their list stays theirs."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Movie, User
from recommender.models import Night, NightGuest
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, teach, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def films() -> list[Movie]:
    """Thirty films in a fan; titles are words of their own, so that a page can be searched for them."""
    films = [make_movie(f"Titel{n:02}x") for n in range(30)]
    teach({movie: [29 - n, n] for n, movie in enumerate(films)})
    return films


@pytest.fixture
def host(films: list[Movie]) -> Client:
    return visitor("host", films[:4])


def visitor(name: str, liked: Iterable[Movie]) -> Client:
    """Somebody with an account and a few likes."""
    user = make_user(name)
    like(user, *liked)
    client = Client()
    client.force_login(user)
    return client


def stranger(liked: Iterable[Movie]) -> Client:
    """Somebody without an account who liked some films."""
    client = Client()
    for movie in liked:
        client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    return client


def evening(host: Client) -> Night:
    """An evening to which friends come by a link."""
    answer = host.post("/together/", {"name": "Ana", "friends": "on", "leaves_out_seen": "on"})
    assert answer.status_code == 302, words_of(answer)
    return Night.objects.get(token=answer["Location"].strip("/").split("/")[-1])


def join(client: Client, night: Night, name: str = "Ben", **fields: str) -> int:
    data = {"name": name, "leaves_out_seen": "on", **fields}
    return int(client.post(f"/together/join/{night.invitation}/", data).status_code)


def page_of(client: Client, night: Night) -> str:
    return words_of(client.get(f"/together/{night.token}/"))


def test_the_host_waits_for_somebody(host: Client) -> None:
    night = evening(host)
    page = page_of(host, night)
    assert "You sit here alone" in page
    assert f"http://testserver/together/join/{night.invitation}/" in page


@pytest.mark.parametrize("with_account", [True, False])
def test_a_friend_reads_agrees_and_joins(host: Client, films: list[Movie], with_account: bool) -> None:
    night = evening(host)
    friend = visitor("ben", films[26:]) if with_account else stranger(films[26:])
    answer = friend.get(f"/together/join/{night.invitation}/")
    assert "Your list stays yours" in words_of(answer)
    assert "Ana would like to choose" in words_of(answer)
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert night.guests.count() == 1
    assert join(friend, night) == 302
    assert {*shown(host.get(f"/together/{night.token}/"))[:2]} == {films[14].pk, films[15].pk}
    assert shown(host.get(f"/together/{night.token}/")) == shown(friend.get(f"/together/{night.token}/"))
    assert friend.get(f"/together/join/{night.invitation}/")["Location"] == f"/together/{night.token}/"


def test_only_those_without_an_account_leave_a_copy(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    join(visitor("ben", films[26:]), night, "Ben")
    join(stranger(films[20:24]), night, "Cleo")
    shelves = dict(night.guests.values_list("name", "shelf"))
    assert shelves["Ana"] == shelves["Ben"] == {}
    assert {*shelves["Cleo"]["liked"]} == {film.pk for film in films[20:24]}


def test_nothing_of_a_list_leaks(host: Client, films: list[Movie]) -> None:
    """Likes, seen films and what is not for somebody stand on no page of the others, vetoes have no name."""
    night = evening(host)
    friend = stranger(films[26:])
    friend.post(f"/films/{films[20].pk}/mark/hidden/", {"on": "1"})
    friend.post(f"/films/{films[19].pk}/mark/seen/", {"on": "1"})
    join(friend, night)
    friend.post(f"/together/{night.token}/films/{films[15].pk}/veto/", {"on": "1"})
    host.post(f"/together/{night.token}/result/", {"on": "1"})
    night.refresh_from_db()
    own = [*films[26:], films[20], films[19], films[15]]
    for number in range(1, 5):
        page = words_of(host.get(f"/together/{night.token}/", {"page": number}))
        assert not [film.title for film in own if film.title in page]
    assert not [film.title for film in own if film.title in words_of(host.get(f"/together/result/{night.result}/"))]
    assert "The others took 1 film off" in page_of(host, night)
    assert films[15].title in page_of(friend, night)
    assert not [film.title for film in films[:4] if film.title in page_of(friend, night)]


def test_bars_are_coarse(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    join(stranger(films[26:]), night)
    page = page_of(host, night)
    told = [int(number) for number in re.findall(r"<li>Ben: better than (\d) of 10 films</li>", page)]
    assert len(told) == 12
    assert not re.findall(r"\d[.,]\d{2}", re.sub(r"<[^>]*>", "", page))


def test_a_friend_needs_a_few_likes_first(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    friend = stranger(films[26:28])
    page = words_of(friend.get(f"/together/join/{night.invitation}/"))
    assert "Like 1 more film first" in page
    assert "take me in" not in page
    assert join(friend, night) == 200
    assert night.guests.count() == 1


def broken(night: Night, how: str) -> str:
    """A link that no longer works, or never did."""
    token = night.invitation
    if how == "withdrawn":
        Night.objects.update(invitation="")
    if how == "expired":
        Night.objects.update(invitation_ends_at=timezone.now() - timedelta(seconds=1))
    if how == "over":
        Night.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return {"forged": token[:-1] + ("A" if token[-1] != "A" else "B"), "cut": token[:8], "night": night.token}.get(
        how, token
    )


@pytest.mark.parametrize("how", ["withdrawn", "expired", "over", "forged", "cut", "night"])
def test_links_that_do_not_work_say_what_to_do(host: Client, films: list[Movie], how: str) -> None:
    night = evening(host)
    link = f"/together/join/{broken(night, how)}/"
    friend = stranger(films[26:])
    for answer in (friend.get(link), friend.post(link, {"name": "Ben"})):
        assert answer.status_code == 404
        assert "Ask whoever sent it for a new one" in words_of(answer)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert night.guests.count() == 1


def test_an_evening_without_a_link_lets_nobody_in(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    host.post(f"/together/{night.token}/invitation/", {"on": "0"})
    assert Night.objects.get().invitation == ""
    assert stranger(films[26:]).get("/together/join//").status_code == 404
    assert "Make a link" in page_of(host, night)


def test_a_new_link_replaces_the_old_one(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    host.post(f"/together/{night.token}/invitation/", {"on": "1"})
    friend = stranger(films[26:])
    assert join(friend, night) == 404
    night.refresh_from_db()
    assert join(friend, night) == 302


def test_ten_links_are_enough(host: Client) -> None:
    night = evening(host)
    for _ in range(9):
        host.post(f"/together/{night.token}/invitation/", {"on": "1"})
    tenth = Night.objects.get().invitation
    answer = host.post(f"/together/{night.token}/invitation/", {"on": "1"}, follow=True)
    assert "has had its ten invitation links" in words_of(answer)
    assert Night.objects.get().invitation == tenth


def test_the_seventh_finds_no_seat(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    for number in range(5):
        assert join(visitor(f"guest{number}", films[10:14]), night, f"Guest {number}") == 302
    seventh = stranger(films[26:])
    answer = seventh.post(f"/together/join/{night.invitation}/", {"name": "Late"})
    assert "All six seats of this evening are taken" in words_of(answer)
    assert night.guests.count() == 6


def test_a_name_is_taken_once(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    assert "called that already" in words_of(
        stranger(films[26:]).post(f"/together/join/{night.invitation}/", {"name": " ANA "})
    )


def test_guests_decide_nothing_for_others(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    friend = stranger(films[26:])
    join(friend, night)
    for rest in ("invitation/", "result/"):
        assert friend.post(f"/together/{night.token}/{rest}", {"on": "1"}).status_code == 404
    ana = night.guests.get(is_host=True)
    assert friend.post(f"/together/{night.token}/leave/", {"guest": ana.pk}).status_code == 404
    page = page_of(friend, night)
    assert "Invite friends" not in page
    assert "Share the result" not in page
    assert "Free the seat" not in page


def test_nobody_takes_back_the_veto_of_another(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    friend = stranger(films[26:])
    join(friend, night)
    veto = f"/together/{night.token}/films/{films[14].pk}/veto/"
    friend.post(veto, {"on": "1"})
    host.post(veto, {"on": "0"})
    assert films[14].pk not in shown(host.get(f"/together/{night.token}/"))


def test_leaving_takes_everything_along(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    friend = stranger(films[26:])
    join(friend, night)
    friend.post(f"/together/{night.token}/films/{films[15].pk}/veto/", {"on": "1"})
    assert friend.post(f"/together/{night.token}/leave/")["Location"] == "/together/"
    assert friend.get(f"/together/{night.token}/").status_code == 404
    assert NightGuest.objects.filter(night=night).count() == 1
    assert "You sit here alone" in page_of(host, night)


def test_a_seat_stays_when_somebody_signs_up_later(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    friend = stranger(films[26:])
    join(friend, night)
    data = {"username": "ben", "password1": "velvet-curtain-7", "password2": "velvet-curtain-7"}
    assert friend.post("/accounts/sign-up/", data).status_code == 302
    assert "you" in page_of(friend, night)
    assert User.objects.filter(username="ben").exists()


def test_known_films_come_up_only_where_their_owner_lets_them(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    friend = stranger(films[26:])
    friend.post(f"/films/{films[15].pk}/mark/seen/", {"on": "1"})
    friend.post(f"/together/join/{night.invitation}/", {"name": "Ben"})
    found = shown(host.get(f"/together/{night.token}/"))
    assert films[15].pk in found
    pages = [shown(host.get(f"/together/{night.token}/", {"page": page})) for page in (1, 2, 3)]
    assert not {film.pk for film in films[:4]} & {pk for page in pages for pk in page}


def test_each_page_is_a_page_of_its_own(host: Client, films: list[Movie]) -> None:
    night = evening(host)
    join(stranger(films[26:]), night)
    pages = [shown(host.get(f"/together/{night.token}/", {"page": page})) for page in (1, 2)]
    assert [len(page) for page in pages] == [12, 10]
    assert len({*pages[0], *pages[1]}) == 22
    for nonsense in ("0", "x", "999999"):
        assert host.get(f"/together/{night.token}/", {"page": nonsense}).status_code == 200
