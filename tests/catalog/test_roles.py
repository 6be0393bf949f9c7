"""Curators may do what curators do; a plain visitor is refused at every address of the admin."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from catalog.models import Like, Movie, User
from catalog.roles import CURATORS, see_to_curators
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import existing, film_form, make_curator, make_group_curator

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"login", "logout", "jsi18n"}  # Django's own: log in, log out, words for the widgets


def _addresses(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, before + _filled(str(pattern.pattern)))
        elif pattern.name not in OPEN_TO_ALL:
            yield before + _filled(str(pattern.pattern))


def _filled(route: str) -> str:
    """The address of a pattern with 1 for every part that varies."""
    text = route.replace("^", "").replace("$", "").replace("\\Z", "")
    while "<" in text:
        start, end = text.index("<"), text.index(">")
        text = text[:start] + "1" + text[end + 1 :]
    return "catalog/" if "(?P" in route else text


def admin_addresses() -> list[str]:
    (admin,) = (found for found in get_resolver().url_patterns if getattr(found, "app_name", "") == "admin")
    return sorted(set(_addresses(admin.url_patterns, "/admin/")))  # type: ignore[union-attr]


def test_the_addresses_are_those_of_the_admin() -> None:
    found = admin_addresses()
    assert {"/admin/", "/admin/catalog/movie/", "/admin/catalog/movie/merge/", "/admin/catalog/user/1/view-as/"} <= set(
        found
    )
    assert len(found) > 40


@pytest.mark.parametrize("address", admin_addresses())
def test_a_plain_visitor_is_refused_everywhere(client: Client, address: str) -> None:
    for visitor in (None, make_user(), make_user(is_demo=True)):
        if visitor:
            client.force_login(visitor)
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (302, 403, 404), address
            assert answer.status_code != 302 or "/admin/login/" in answer.url, address
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("address", admin_addresses())
def test_staff_without_rights_sees_nothing(client: Client, address: str) -> None:
    film = make_movie("A secret film")
    client.force_login(make_user(is_staff=True))
    answer = client.get(address.replace("/1/", f"/{film.pk}/"))
    if answer.status_code == 200:
        assert address in ("/admin/", "/admin/password_change/", "/admin/password_change/done/")
        assert "A secret film" not in answer.content.decode()
    else:
        assert answer.status_code in (301, 302, 403, 404, 405), address


def test_curators_have_exactly_these_rights() -> None:
    rights = set(Group.objects.get(name=CURATORS).permissions.values_list("content_type__app_label", "codename"))
    films = {"movie", "filmtext", "credit", "person", "genre", "country"}
    wanted = {("catalog", f"{right}_{model}") for model in films for right in ("view", "add", "change", "delete")}
    wanted |= {("catalog", f"{right}_catalogueimport") for right in ("view", "add", "change")}
    wanted |= {("admin", "view_logentry"), ("recommender", "change_embedding")}
    assert rights == wanted


def test_a_fresh_database_has_the_group_and_migrating_again_mends_it() -> None:
    Group.objects.all().delete()
    Permission.objects.filter(codename="add_movie").delete()
    call_command("migrate", verbosity=0)
    group = Group.objects.get(name=CURATORS)
    assert group.permissions.filter(codename="add_movie").exists()
    group.permissions.add(Permission.objects.get(codename="change_user", content_type__app_label="catalog"))
    group.permissions.remove(Permission.objects.get(codename="view_movie"))
    see_to_curators(apps.get_app_config("catalog"), using="default")
    codes = set(group.permissions.values_list("codename", flat=True))
    assert "view_movie" in codes
    assert "change_user" not in codes


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_group_curator())
    return client


def test_a_curator_edits_adds_and_hides_films(curator: Client) -> None:
    film = make_movie("Heat", year=1995, cast=["Al Pacino"])
    assert curator.post(reverse("admin:catalog_movie_add"), film_form(title="Alien", year="1979")).status_code == 302
    page = reverse("admin:catalog_movie_change", args=[film.pk])
    assert curator.get(page).status_code == 200
    assert curator.post(page, existing(film, runtime="170")).status_code == 302
    films = reverse("admin:catalog_movie_changelist")
    curator.post(films, {"action": "unpublish", "_selected_action": [film.pk]})
    film.refresh_from_db()
    assert (film.runtime, film.is_published) == (170, False)
    assert Movie.objects.count() == 2


def test_a_curator_deletes_a_film_that_nobody_likes_but_none_that_somebody_does(curator: Client) -> None:
    plain, liked = make_movie("Plain"), make_movie("Liked")
    like(make_user(), liked)
    for film in (plain, liked):
        curator.post(reverse("admin:catalog_movie_delete", args=[film.pk]), {"post": "yes"})
    assert list(Movie.objects.all()) == [liked]
    assert Like.objects.count() == 1


@pytest.mark.parametrize("model", ["catalog_user", "catalog_like", "catalog_mark", "auth_group"])
def test_accounts_likes_and_groups_are_none_of_a_curators_business(curator: Client, model: str) -> None:
    assert curator.get(reverse(f"admin:{model}_changelist")).status_code == 403
    assert curator.get(reverse(f"admin:{model}_add")).status_code == 403
    assert model.split("_")[1] not in {
        entry["object_name"].lower()
        for app in curator.get(reverse("admin:index")).context["app_list"]
        for entry in app["models"]
    }


def test_a_curator_reads_the_history_of_films_but_not_of_accounts(curator: Client) -> None:
    film, anna = make_movie("Heat", year=1995), make_user("anna")
    curator.post(reverse("admin:catalog_movie_change", args=[film.pk]), existing(film, runtime="170"))
    boss = Client()
    boss.force_login(make_curator())
    boss.post(reverse("admin:catalog_user_delete", args=[anna.pk]), {"post": "yes"})
    history = reverse("admin:admin_logentry_changelist")
    own = curator.get(history).content.decode()
    assert "Heat (1995)" in own
    assert "Changed Runtime." in own
    assert "anna" not in own
    assert "anna" in boss.get(history).content.decode()


def test_history_is_written_by_nobody(client: Client) -> None:
    client.force_login(make_curator())
    film = make_movie("Heat", year=1995)
    client.post(reverse("admin:catalog_movie_change", args=[film.pk]), existing(film, runtime="170"))
    entry = LogEntry.objects.get()
    assert client.get(reverse("admin:admin_logentry_add")).status_code == 403
    assert client.post(reverse("admin:admin_logentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    client.post(
        reverse("admin:admin_logentry_changelist"),
        {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"},
    )
    assert LogEntry.objects.count() == 1


def test_staff_that_keeps_accounts_hands_no_rights_to_anybody(client: Client) -> None:
    keeper, other, anna = make_user("keeper", is_staff=True), make_user("other", is_staff=True), make_user("anna")
    keeper.user_permissions.set(
        Permission.objects.filter(content_type__model="user", content_type__app_label="catalog")
    )
    client.force_login(keeper)
    data = {"username": "anna", "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    rights = {"is_staff": "on", "is_superuser": "on"}
    page = reverse("admin:catalog_user_change", args=[anna.pk])
    assert client.post(page, {**data, **rights, "display_name": "Anna"}).status_code == 302
    anna.refresh_from_db()
    assert (anna.display_name, anna.is_staff, anna.is_superuser) == ("Anna", False, False)
    for staff in (keeper, other):
        assert client.post(reverse("admin:catalog_user_change", args=[staff.pk]), data).status_code == 403
        assert client.post(reverse("admin:auth_user_password_change", args=[staff.pk])).status_code == 403
        assert client.post(reverse("admin:catalog_user_delete", args=[staff.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.count() == 3
