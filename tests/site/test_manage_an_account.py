"""Change the name, the password and the look; get back in; leave for good."""

import re

import pytest
from django.core import mail
from django.test import Client

from catalog.models import Like, Mark, User
from tests.builders import like, make_movie
from tests.site.pages import words_of

pytestmark = pytest.mark.django_db
OLD, NEW = "velvet-curtain-7", "paper-lantern-9"


@pytest.fixture
def ana(client: Client) -> User:
    user = User.objects.create_user("ana", email="ana@example.org", password=OLD)
    client.force_login(user)
    return user


@pytest.mark.parametrize("address", ["/accounts/", "/accounts/password/", "/accounts/delete/"])
def test_strangers_are_asked_to_log_in(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"] == f"/accounts/log-in/?next={address}"


def test_the_name_shown_and_the_address_are_saved(client: Client, ana: User) -> None:
    client.post("/accounts/", {"display_name": "Ana B.", "email": "b@example.org"})
    ana.refresh_from_db()
    assert (str(ana), ana.email) == ("Ana B.", "b@example.org")


def test_nobody_makes_themselves_staff(client: Client, ana: User) -> None:
    client.post("/accounts/", {"display_name": "", "email": "", "is_staff": "on", "is_demo": "on", "username": "root"})
    ana.refresh_from_db()
    assert not ana.is_staff
    assert not ana.is_demo
    assert ana.username == "ana"


def test_a_broken_address_is_refused(client: Client, ana: User) -> None:
    assert "Enter a valid email address." in words_of(client.post("/accounts/", {"email": "nonsense"}))


def test_the_password_is_changed_and_the_visitor_stays(client: Client, ana: User) -> None:
    sent = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/accounts/password/", sent).headers["Location"] == "/accounts/"
    assert "Your password is changed." in words_of(client.get("/accounts/"))
    ana.refresh_from_db()
    assert ana.check_password(NEW)


def test_the_rules_of_a_new_password_are_one_line(client: Client, ana: User) -> None:
    page = words_of(client.get("/accounts/password/"))
    assert "Eight characters or more, and not only digits." in page
    assert "commonly used" not in page


def test_the_old_password_must_be_right(client: Client, ana: User) -> None:
    client.post("/accounts/password/", {"old_password": "guess", "new_password1": NEW, "new_password2": NEW})
    ana.refresh_from_db()
    assert ana.check_password(OLD)


def test_a_letter_leads_to_a_new_password(client: Client, ana: User) -> None:
    client.logout()
    client.post("/accounts/password/forgotten/", {"email": "ana@example.org"})
    assert mail.outbox[0].to == ["ana@example.org"]
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)
    assert link is not None
    address = client.get(link[1]).headers["Location"]
    assert client.post(address, {"new_password1": NEW, "new_password2": NEW}).headers["Location"] == "/accounts/"
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert "was used already" in words_of(Client().get(link[1], follow=True))


def test_nobody_learns_whether_an_address_has_an_account(client: Client, ana: User) -> None:
    client.logout()
    known = client.post("/accounts/password/forgotten/", {"email": "ana@example.org"}, follow=True)
    unknown = client.post("/accounts/password/forgotten/", {"email": "nobody@example.org"}, follow=True)
    assert known.request["PATH_INFO"] == unknown.request["PATH_INFO"] == "/accounts/password/sent/"
    assert len(mail.outbox) == 1


def test_an_account_goes_with_everything_in_it(client: Client, ana: User) -> None:
    movie = make_movie()
    like(ana, movie)
    Mark.objects.create(user=ana, movie=movie, kind="seen")
    answer = client.post("/accounts/delete/", {"password": OLD}, follow=True)
    assert "is deleted" in words_of(answer)
    assert not User.objects.exists()
    assert not Like.objects.exists()
    assert not Mark.objects.exists()
    assert not answer.wsgi_request.user.is_authenticated


@pytest.mark.parametrize("password", ["", "guess"])
def test_deleting_needs_the_password(client: Client, ana: User, password: str) -> None:
    client.get("/accounts/delete/")
    client.post("/accounts/delete/", {"password": password})
    assert User.objects.filter(pk=ana.pk).exists()


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_look_is_remembered_without_an_account(client: Client, theme: str) -> None:
    answer = client.post("/accounts/theme/", {"theme": theme, "next": "/films/"})
    assert answer.headers["Location"] == "/films/"
    assert f'data-theme="{theme}"' in words_of(client.get("/films/"))


def test_other_looks_do_not_exist(client: Client) -> None:
    assert client.post("/accounts/theme/", {"theme": "neon"}).status_code == 400
    assert client.get("/accounts/theme/").status_code == 405
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in words_of(client.get("/films/"))
