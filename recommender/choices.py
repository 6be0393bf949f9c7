"""What forms offer: genres, countries (in the page’s language) and demo profiles, remembered for a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from django.core.cache import cache
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from catalog.models import Country, Genre, User
from catalog.names import place_of, shown_country, shown_genre

Choices = list[tuple[int, str]]
_FRESH = 60  # seconds; a worker forgets at once what was changed through itself


def genres() -> Choices:
    """Every genre with its id, by the name that the page shows."""
    known = _remembered("choices:genres", lambda: list(Genre.objects.values_list("pk", "name")))
    return _sorted((pk, shown_genre(name)) for pk, name in known)


def countries() -> Choices:
    """Every country with its id, by the name that the page shows."""
    known = _remembered("choices:countries", lambda: list(Country.objects.values_list("pk", "name")))
    return _sorted((pk, shown_country(name)) for pk, name in known)


def demo_profiles() -> Choices:
    """The demo profiles, by name."""

    def read() -> Choices:
        profiles = User.objects.filter(is_demo=True, is_active=True).order_by("display_name", "username")
        return [(profile.pk, str(profile)) for profile in profiles]

    return _remembered("choices:profiles", read)


def _sorted(named: Iterable[tuple[int, str]]) -> Choices:
    return sorted(named, key=lambda choice: place_of(choice[1]))


def _remembered(key: str, read: Callable[[], Choices]) -> Choices:
    return cast(Choices, cache.get_or_set(key, read, _FRESH))


def _forget(sender: type[Model], instance: Model, **_rest: object) -> None:
    if isinstance(instance, User) and not instance.is_demo:
        return  # every log-in saves a user; only demo profiles are offered
    cache.delete_many(["choices:genres", "choices:countries", "choices:profiles"])


for _model in (Country, Genre, User):
    for _signal in (post_save, post_delete):
        _signal.connect(_forget, sender=_model, dispatch_uid=f"choices:{_model.__name__}")
