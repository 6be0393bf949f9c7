"""Sign up, log in, log out, and keep what was liked before."""

import pytest
from django.test import Client

from catalog.models import Like, Mark, User
from tests.builders import like, make_movie, make_user
from tests.site.pages import words_of

pytestmark = pytest.mark.django_db
NEW = {"username": "ana", "password1": "velvet-curtain-7", "password2": "velvet-curtain-7"}


def make_member(name: str = "ana", **fields: object) -> User:
    return User.objects.create_user(name, password="velvet-curtain-7", **fields)


def test_a_new_visitor_signs_up_and_is_logged_in(client: Client) -> None:
    answer = client.post("/accounts/sign-up/", NEW)
    assert answer.headers["Location"] == "/"
    assert client.get("/").context["user"] == User.objects.get(username="ana")


def test_what_was_kept_before_moves_in_in_its_order(client: Client) -> None:
    first, second, seen = make_movie(), make_movie(), make_movie()
    for movie in (first, second):
        client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    client.post(f"/films/{seen.pk}/mark/seen/", {"on": "1"})
    client.post("/accounts/sign-up/", NEW)
    ana = User.objects.get(username="ana")
    assert list(ana.likes.newest_first().values_list("movie", flat=True)) == [second.pk, first.pk]
    assert list(Mark.objects.values_list("user", "movie", "kind")) == [(ana.pk, seen.pk, "seen")]


def test_logging_in_adds_to_what_is_there(client: Client) -> None:
    ana, old, new, gone = make_member(), make_movie(), make_movie(), make_movie()
    like(ana, old)
    for movie in (old, new, gone):
        client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    gone.delete()
    client.post("/accounts/log-in/", {"username": "ana", "password": "velvet-curtain-7"})
    assert set(Like.objects.filter(user=ana).values_list("movie", flat=True)) == {old.pk, new.pk}


def test_the_next_visitor_of_the_browser_gets_none_of_it(client: Client) -> None:
    movie = make_movie()
    client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    client.post("/accounts/sign-up/", NEW)
    client.post("/accounts/log-out/")
    client.post("/accounts/sign-up/", NEW | {"username": "ben"})
    assert not Like.objects.filter(user__username="ben").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "ANA"}, "exists"),
        ({"username": ""}, "This field is required."),
        ({"username": "a b"}, "Enter a valid username"),
        ({"username": "new", "password2": "other"}, "didn’t match"),
        ({"username": "new", "password1": "12345678", "password2": "12345678"}, "entirely numeric"),
        ({"username": "new", "password1": "short", "password2": "short"}, "too short"),
        ({"username": "new", "email": "nonsense"}, "Enter a valid email address."),
    ],
)
def test_signing_up_is_refused_with_the_reason(client: Client, change: dict[str, str], said: str) -> None:
    make_member()
    answer = client.post("/accounts/sign-up/", NEW | change)
    assert answer.status_code == 200
    assert said in words_of(answer).replace("&#x27;", "’")
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", ["/accounts/sign-up/", "/accounts/log-in/"])
def test_it_leads_on_to_where_the_visitor_wanted_to_go(client: Client, address: str) -> None:
    make_member()
    sent = NEW | {"username": "new"} if "sign" in address else {"username": "ana", "password": "velvet-curtain-7"}
    assert client.post(address, sent | {"next": "/my-films/"}).headers["Location"] == "/my-films/"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_it_never_leads_to_another_site(client: Client, address: str) -> None:
    assert client.post("/accounts/sign-up/", NEW | {"next": address}).headers["Location"] == "/"


def test_a_wrong_password_is_refused_without_saying_which_part_is_wrong(client: Client) -> None:
    make_member()
    wrong = client.post("/accounts/log-in/", {"username": "ana", "password": "wrong"})
    unknown = client.post("/accounts/log-in/", {"username": "nobody", "password": "wrong"})
    for answer in (wrong, unknown):
        assert "Name and password do not match." in words_of(answer)
        assert not answer.wsgi_request.user.is_authenticated


def test_a_demo_profile_cannot_log_in(client: Client) -> None:
    make_user("demo", is_demo=True)
    answer = client.post("/accounts/log-in/", {"username": "demo", "password": "!"})
    assert "do not match" in words_of(answer)


def test_logging_out_is_a_press_and_no_link(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/accounts/log-out/").status_code == 405
    client.post("/accounts/log-out/")
    assert not client.get("/").wsgi_request.user.is_authenticated


def test_who_is_logged_in_does_not_sign_up_again(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/accounts/sign-up/").headers["Location"] == "/"
    assert client.get("/accounts/log-in/").headers["Location"] == "/"
