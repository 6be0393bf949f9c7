"""Staff with the right look at the site as a visitor sees it: with a banner, read-only, and with a line of history."""

from collections.abc import Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from catalog import viewing
from catalog.models import Like, Mark, User
from recommender import showing
from recommender.models import Shown
from tests.builders import like, make_movie, make_user, make_version

pytestmark = pytest.mark.django_db

STOP = reverse("catalog:stop_viewing")
BANNER = "sees it. Nothing can be changed."


def give_right(user: User, *codes: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codes, content_type__app_label="catalog"))


@pytest.fixture
def helper(client: Client) -> User:
    """Somebody of the staff who may see accounts and look as a visitor."""
    helper = make_user("helper", is_staff=True)
    give_right(helper, "view_as_visitor", "view_user")
    client.force_login(helper)
    return helper


@pytest.fixture
def anna() -> User:
    return make_user("anna", display_name="Anna")


def look_as(client: Client, visitor: User) -> object:
    return client.post(reverse("admin:catalog_user_view_as", args=[visitor.pk]))


def words(visitor: User) -> list[str]:
    return list(LogEntry.objects.filter(object_id=visitor.pk).order_by("pk").values_list("change_message", flat=True))


def test_one_sees_what_the_visitor_sees_and_one_press_ends_it(client: Client, helper: User, anna: User) -> None:
    film = make_movie("Heat")
    like(anna, film)
    assert "Look as this visitor" in client.get(reverse("admin:catalog_user_change", args=[anna.pk])).content.decode()
    assert look_as(client, anna).url == reverse("recommender:home")
    page = client.get(reverse("catalog:my_films"))
    assert page.context["user"] == anna
    assert [movie.title for movie in page.context["movies"]] == ["Heat"]
    assert BANNER in page.content.decode()
    assert client.post(STOP).url == reverse("admin:catalog_user_change", args=[anna.pk])
    page = client.get(reverse("catalog:my_films"))
    assert page.context["user"] == helper
    assert BANNER not in page.content.decode()


def test_both_ends_stand_in_the_visitors_history(client: Client, helper: User, anna: User) -> None:
    look_as(client, anna)
    client.post(STOP)
    assert words(anna) == [
        "Began to look at the site as this visitor.",
        "Stopped looking at the site as this visitor.",
    ]
    assert set(LogEntry.objects.values_list("user", flat=True)) == {helper.pk}


@pytest.mark.parametrize(
    "address", ["/", "/recommendations/", "/start/", "/films/", "/my-films/", "/accounts/", "/nowhere/"]
)
def test_every_page_has_the_banner(client: Client, helper: User, anna: User, address: str) -> None:
    look_as(client, anna)
    page = client.get(address).content.decode()
    assert BANNER in page
    assert f'action="{STOP}"' in page
    assert "css/viewing.css" in page


def _routes(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).replace("^", "")
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def addresses() -> list[str]:
    """Every address of the site outside the admin, with 1 or a code for what varies."""
    samples = {"kind": "seen", "language": "en"}
    found = []
    for route in _routes(get_resolver().url_patterns):
        while "<" in route:
            start, end = route.index("<"), route.index(">")
            route = route[:start] + samples.get(route[start + 1 : end].split(":")[-1], "1") + route[end + 1 :]
        found.append(route)
    return sorted(set(found) - {STOP})


def test_every_write_is_refused(client: Client, helper: User, anna: User) -> None:
    make_movie("Heat", pk=1)
    look_as(client, anna)
    before = User.objects.values().get(pk=anna.pk)
    for address in addresses():
        for method in (client.post, client.delete):
            assert method(address, {"liked": "1", "on": "1", "display_name": "Changed"}).status_code == 403, address
    for method in (client.post, client.put, client.patch):
        assert "nothing can be changed" in method("/").content.decode()
    assert len(addresses()) > 20
    assert User.objects.values().get(pk=anna.pk) == before
    assert not Like.objects.exists()
    assert not Mark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_page_that_writes_when_it_is_only_looked_at_is_refused_too(
    client: Client, helper: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_movie("Heat")

    def careless(pk: int, top: int) -> list[tuple[int, float]]:
        Like.objects.create(user=anna, movie=film)
        return []

    monkeypatch.setattr("recommender.views.films.nearest", careless)
    look_as(client, anna)
    assert client.get(film.get_absolute_url()).status_code == 403
    assert not Like.objects.exists()


def test_what_is_shown_meanwhile_does_not_count(client: Client, helper: User, anna: User) -> None:
    one, two = make_movie("Heat"), make_movie("Alien")
    make_version({one: [1, 0], two: [1, 1]})
    look_as(client, anna)
    client.get(one.get_absolute_url())
    showing.write()
    assert not Shown.objects.exists()


def test_the_admin_is_closed_meanwhile(client: Client, helper: User, anna: User) -> None:
    look_as(client, anna)
    answer = client.get(reverse("admin:catalog_user_changelist"), follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "End the view first" in answer.content.decode()
    assert client.post(reverse("admin:catalog_user_view_as", args=[make_user().pk])).status_code == 302
    assert client.get("/my-films/").context["user"] == anna


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_superuser": True}, {"is_active": False}])
def test_never_as_staff_a_superuser_or_an_account_that_is_switched_off(
    client: Client, helper: User, fields: dict[str, bool]
) -> None:
    other = make_user("other", **fields)
    page = client.get(reverse("admin:catalog_user_change", args=[other.pk])).content.decode()
    assert "Look as this visitor" not in page
    assert look_as(client, other).url == reverse("admin:catalog_user_change", args=[other.pk])
    assert client.get("/my-films/").context["user"] == helper
    assert not words(other)


def test_staff_without_the_right_may_not(client: Client, anna: User) -> None:
    other = make_user("other", is_staff=True)
    give_right(other, "view_user", "change_user")
    client.force_login(other)
    assert (
        "Look as this visitor" not in client.get(reverse("admin:catalog_user_change", args=[anna.pk])).content.decode()
    )
    assert look_as(client, anna).status_code == 403
    assert client.get("/my-films/").context["user"] == other


def test_a_visitor_with_the_right_but_not_of_the_staff_may_not(client: Client, anna: User) -> None:
    visitor = make_user("visitor")
    give_right(visitor, "view_as_visitor")
    client.force_login(visitor)
    assert "/admin/login/" in look_as(client, anna).url


def test_it_begins_on_post_only(client: Client, helper: User, anna: User) -> None:
    assert client.get(reverse("admin:catalog_user_view_as", args=[anna.pk])).status_code == 405
    assert client.get(STOP).status_code == 405
    assert client.post(STOP).url == reverse("recommender:home")
    assert client.post(reverse("admin:catalog_user_view_as", args=[10**20])).status_code == 404
    assert Client().post(STOP).url == reverse("recommender:home")


@pytest.mark.parametrize("lost", ["right", "staff", "target", "time", "visitor"])
def test_a_view_ends_when_its_ground_is_gone(
    client: Client, helper: User, anna: User, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_as(client, anna)
    if lost == "right":
        helper.user_permissions.clear()
    elif lost == "staff":
        User.objects.filter(pk=helper.pk).update(is_staff=False)
    elif lost == "target":
        User.objects.filter(pk=anna.pk).update(is_staff=True)
    elif lost == "visitor":
        anna.delete()
    else:
        now = viewing.time.time()
        monkeypatch.setattr(viewing.time, "time", lambda: now + viewing.LONGEST + 1)
    page = client.get("/my-films/")
    assert page.context["user"] == helper
    assert BANNER not in page.content.decode()
    if lost != "visitor":
        assert words(anna)[-1] == "The view as this visitor ended by itself."
    helper.user_permissions.add(Permission.objects.get(codename="view_as_visitor"))
    User.objects.filter(pk=helper.pk).update(is_staff=True)
    User.objects.filter(pk=anna.pk).update(is_staff=False)
    assert client.get("/my-films/").context["user"] == helper


def test_the_session_of_somebody_else_is_not_enough(client: Client, helper: User, anna: User) -> None:
    look_as(client, anna)
    session = client.session
    session[viewing._KEY] = {**session[viewing._KEY], "by": helper.pk + 1000}
    session.save()
    assert client.get("/my-films/").context["user"] == helper


def test_pages_that_need_no_session_read_none(client: Client, helper: User, anna: User) -> None:
    film = make_movie("Heat")
    look_as(client, anna)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("recommender:poster", args=["en", film.pk])).status_code == 200
    assert queries.captured_queries
    assert not [query for query in queries if "django_session" in query["sql"] or "catalog_user" in query["sql"]]
