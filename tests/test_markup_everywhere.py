"""Markup in any text of any table is shown as text on every page: all text fields of all models, all addresses."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import IntegrityError, models, transaction
from django.http import HttpResponse
from django.utils.html import escape

from recommender import index
from tests.answers import drain
from tests.rights.rules import rules
from tests.rights.world import World

pytestmark = pytest.mark.django_db
EVIL = """</script></style></title></textarea>'"><x-evil onx=1>"""
SHORT = '"><x-evil>'
# What the site itself writes and looks up again; nobody outside can put anything there.
OURS = {
    *("contenttypes.ContentType", "auth.Permission", "sessions.Session", "django_tasks_db.DBTaskResult"),
    *("catalog.SearchEntry", "catalog.RequestCount", "catalog.FilePiece", "recommender.ModelPiece"),
}
LOOKED_UP = {
    "password",
    "language",
    "kind",
    "token",
    "invitation",
    "result",
    "runner",
    "source",
    "state",
    "poster",
    "username",
}
LOOKED_UP |= {"imdb_id", "hash", "name_key", "key", "outcome", "how", "role", "format", "order", "original_language"}


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a model that hold words from outside."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)]
    return [field for field in fields if not field.choices and field.name not in LOOKED_UP and not field.primary_key]


def spoil() -> set[str]:
    """Write markup into every text of every row; say which fields were reached."""
    reached = set()
    for model in apps.get_models():
        if model._meta.label in OURS or not model._meta.managed:
            continue
        for field in text_fields(model):
            evil = EVIL if (field.max_length or 999) > len(EVIL) + 9 else SHORT
            if field.max_length and field.max_length < len(evil) + 3:
                continue
            for row in model._base_manager.all():
                number = "" if field.max_length and field.max_length < len(evil) + 9 else str(row.pk)
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=row.pk).update(**{field.name: evil + number})
                except IntegrityError:
                    continue
                reached.add(f"{model.__name__}.{field.name}")
    return reached


class Finder(HTMLParser):
    """Finds our mark where a browser would take it for a part of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "x-evil" or any(name in ("onx", "<x-evil") for name, _value in attrs):
            self.found.append(str(self.get_starttag_text()))


def is_harmless(answer: Any, address: str) -> bool:
    """Whether the page shows the mark at all; where it does, it has to be text."""
    kind = answer.headers.get("Content-Type", "")
    if answer.streaming or not kind.startswith(("text/html", "image/svg")):
        drain(answer)
        return False
    page = answer.content.decode()
    finder = Finder()
    finder.feed(page)
    assert finder.found == [], f"{address}: {finder.found[:3]}"
    return "x-evil" in page


def test_the_finder_finds() -> None:
    for page in (f"<p>{EVIL}</p>", f'<a title="{SHORT}">', f"<script>x = '{EVIL}'</script>", f"<title>{EVIL}</title>"):
        with pytest.raises(AssertionError, match="x-evil"):
            is_harmless(HttpResponse(page), "here")
    assert is_harmless(HttpResponse(f"<p title='{escape(EVIL)}'>{escape(EVIL)}</p>"), "here")


def test_markup_is_text_everywhere(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    world = World()
    reached = spoil()
    assert {"Movie.title", "Movie.description", "Person.name", "Genre.name", "User.display_name"} <= reached
    assert {
        "Job.title",
        "Job.log",
        "Job.error",
        "HistoryRow.title",
        "NightGuest.name",
        "LogEntry.object_repr",
    } <= reached
    cache.clear()
    index.forget()
    for who, most_of_them in (("anonymous", 10), ("owner", 20), ("superuser", 20)):
        client = world.client(who)
        mine = [rule for rule in rules() if (who == "superuser") == rule.name.startswith("admin")]
        addresses = [rule.address.format(**world.things) for rule in mine]
        addresses += ["/films/?q=x-evil", "/?q=%3Cx-evil+onx%3E", "/my-films/?q=%22%3E%3Cx-evil%3E"]
        shown = [address for address in addresses if is_harmless(client.get(address), address)]
        assert len(shown) >= most_of_them, shown
