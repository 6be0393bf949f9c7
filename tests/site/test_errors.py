"""When something goes wrong, the page says what to do."""

import pytest
from django.template.loader import get_template
from django.test import Client
from pytest_django import Settings

from catalog.models import Movie
from tests.builders import make_user
from tests.site.pages import words_of

pytestmark = pytest.mark.django_db


def test_an_address_that_leads_nowhere(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "This page is not in the programme" in words_of(answer)


def test_a_fault_of_ours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object) -> None:
        raise RuntimeError("the projector is on fire")

    monkeypatch.setattr(type(Movie.objects), "listed", broken)
    client.raise_request_exception = False
    answer = client.get("/films/")
    assert answer.status_code == 500
    assert "The film tore" in words_of(answer)
    assert "projector" not in words_of(answer)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_that_may_be_broken(name: str) -> None:
    page = get_template(f"{name}.html").render()
    assert "<h1>" in page
    assert "{%" not in page


def test_a_host_that_is_not_ours(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["movies.example"]
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "This request makes no sense here" in words_of(answer)
    assert "evil.example" not in words_of(answer)


def test_what_staff_may_see_is_closed_to_others(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == "/admin/login/"
