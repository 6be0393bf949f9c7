"""When something goes wrong, the page says what to do."""

import pytest
from django.test import Client

from catalog.models import Movie
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
