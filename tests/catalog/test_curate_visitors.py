"""A curator looks after accounts: demo profiles never get a password, and what visitors keep can be found."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Like, Mark, User
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import make_curator

pytestmark = pytest.mark.django_db

USERS = reverse("admin:catalog_user_changelist")
PASSWORD = "a-long-phrase-of-words"


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_curator())
    return client


def change_page(user: User) -> str:
    return reverse("admin:catalog_user_change", args=[user.pk])


def account(user: User, **values: str) -> dict[str, str]:
    return {
        "username": user.username,
        "display_name": user.display_name,
        "is_active": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "12:00:00",
        **values,
    }


def test_a_plain_visitor_is_refused(client: Client) -> None:
    client.force_login(make_user())
    assert client.get(USERS).status_code == 302


def test_a_new_account_gets_its_password(curator: Client) -> None:
    data = {"username": "anna", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert curator.post(reverse("admin:catalog_user_add"), data).status_code == 302
    assert User.objects.get(username="anna").check_password(PASSWORD)


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_a_new_demo_profile_gets_none_whatever_was_typed(curator: Client, password: str) -> None:
    data = {
        "username": "mia",
        "display_name": "Mia",
        "is_demo": "on",
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }
    assert curator.post(reverse("admin:catalog_user_add"), data).status_code == 302
    mia = User.objects.get(username="mia")
    assert mia.is_demo
    assert not mia.has_usable_password()


def test_an_account_that_becomes_a_demo_profile_loses_its_password(curator: Client) -> None:
    anna = make_user("anna")
    anna.set_password(PASSWORD)
    anna.save()
    assert curator.post(change_page(anna), account(anna, is_demo="on")).status_code == 302
    anna.refresh_from_db()
    assert anna.is_demo
    assert not anna.has_usable_password()


def test_other_changes_leave_the_password_alone(curator: Client) -> None:
    anna = make_user("anna")
    anna.set_password(PASSWORD)
    anna.save()
    assert curator.post(change_page(anna), account(anna, display_name="Anna")).status_code == 302
    anna.refresh_from_db()
    assert anna.display_name == "Anna"
    assert anna.check_password(PASSWORD)


def test_a_demo_profile_cannot_be_staff(curator: Client) -> None:
    mia = make_user("mia", is_demo=True)
    response = curator.post(change_page(mia), account(mia, is_demo="on", is_staff="on"))
    assert "so it cannot be staff" in response.content.decode()
    mia.refresh_from_db()
    assert not mia.is_staff


def test_a_demo_profile_is_given_no_password(curator: Client) -> None:
    mia = make_user("mia", is_demo=True)
    page = reverse("admin:auth_user_password_change", args=[mia.pk])
    response = curator.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    assert "A demo profile cannot log in, so it has no password." in response.content.decode()
    mia.refresh_from_db()
    assert not mia.has_usable_password()


def test_an_account_is_given_a_new_password(curator: Client) -> None:
    anna = make_user("anna")
    curator.post(
        reverse("admin:auth_user_password_change", args=[anna.pk]), {"password1": PASSWORD, "password2": PASSWORD}
    )
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_a_name_taken_in_another_case_gets_a_message(curator: Client) -> None:
    make_user("anna")
    boris = make_user("boris")
    response = curator.post(change_page(boris), account(boris, username="Anna"))
    assert "This name is taken already." in response.content.decode()


def test_visitors_are_found_and_counted_in_few_queries(curator: Client, django_assert_max_num_queries) -> None:
    film = make_movie()
    for number in range(40):
        like(make_user(f"visitor-{number}", display_name="Анна"), film)
    with django_assert_max_num_queries(10):
        response = curator.get(USERS, {"q": "анна"})
    assert [user.n_likes for user in response.context["cl"].result_list] == [1] * 40


@pytest.mark.parametrize("model", ["like", "mark"])
def test_what_visitors_keep_is_listed_in_few_queries(
    curator: Client, model: str, django_assert_max_num_queries
) -> None:
    user = make_user("anna")
    for number in range(40):
        film = make_movie(f"Film {number}")
        Like.objects.create(user=user, movie=film)
        Mark.objects.create(user=user, movie=film, kind=Mark.Kind.SEEN)
    with django_assert_max_num_queries(8):
        response = curator.get(reverse(f"admin:catalog_{model}_changelist"), {"q": "anna film"})
    assert len(response.context["cl"].result_list) == 40


def test_a_like_is_added_by_hand_once(curator: Client) -> None:
    anna, heat = make_user("anna"), make_movie("Heat")
    data = {"user": anna.pk, "movie": heat.pk, "created_at_0": "2026-01-01", "created_at_1": "12:00:00"}
    assert curator.post(reverse("admin:catalog_like_add"), data).status_code == 302
    again = curator.post(reverse("admin:catalog_like_add"), data)
    assert "already exists" in again.content.decode()
    assert Like.objects.count() == 1
