"""Values of films that are merged: which fill a gap, which say the same, and which clash so that somebody chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import FilmText, Movie

_FIELDS = (
    "title", "original_title", "year", "is_published", "description", "runtime", "language", "poster", "poster_url",
    "imdb_id", "tmdb_id", "movielens_id",
)  # fmt: skip
_OF_TEXT = ("title", "description")
_EMPTY = ("", None)
_TEXT = "text"  # text:ru:title names a value of a text in another language
_SHORT = 80


@dataclass(frozen=True)
class Offer:
    """One of the values to choose from, and a film that has it."""

    film_id: int
    value: Any

    @property
    def words(self) -> str:
        """The value as people read it."""
        if isinstance(self.value, bool):
            return _("yes") if self.value else _("no")
        return str(self.value)


@dataclass(frozen=True)
class Filled:
    """A value that the staying film lacks and another one brings."""

    label: str
    offer: Offer


@dataclass(frozen=True)
class Clash:
    """A field with several values; the first is the one that stays if nobody chooses."""

    name: str
    label: str
    offers: list[Offer]


def compare(stays: Movie, goes: Sequence[Movie]) -> tuple[list[Filled], list[Clash]]:
    """Gaps that are filled, and values that clash."""
    filled, clashes = [], []
    for name, offers in _offers([stays, *goes]).items():
        label = _label(name)
        if len(offers) > 1:
            clashes.append(Clash(name, label, offers))
        elif offers and offers[0].film_id != stays.pk:
            filled.append(Filled(label, offers[0]))
    return filled, clashes


def given_up(clashes: Sequence[Clash], choices: Mapping[str, int], stays: int) -> list[str]:
    """The values that were not chosen, in words for the history."""
    lost = []
    for clash in clashes:
        chosen = _chosen(clash.offers, choices.get(clash.name))
        for offer in clash.offers:
            if offer is not chosen:
                words = offer.words if len(offer.words) <= _SHORT else f"{offer.words[:_SHORT]}…"
                lost.append(f"{clash.label} “{words}”")
    return lost


def write(stays: Movie, goes: Sequence[Movie], choices: Mapping[str, int]) -> dict[str, Any]:
    """Write the joined texts; give back the values for the film's own fields, to be set once the others are gone."""
    values: dict[str, Any] = {}
    texts: dict[str, dict[str, str]] = {}
    for name, offers in _offers([stays, *goes]).items():
        if not offers:
            continue
        value = _chosen(offers, choices.get(name)).value
        if name.startswith(f"{_TEXT}:"):
            _kind, language, field = name.split(":")
            texts.setdefault(language, {})[field] = value
        else:
            values[name] = value
    for language, fields in texts.items():
        FilmText.objects.update_or_create(movie=stays, language=language, defaults=fields)
    words = (word for film in (stays, *goes) for word in film.keywords)
    values["keywords"] = list(dict.fromkeys(words))
    return values


def _offers(films: Sequence[Movie]) -> dict[str, list[Offer]]:
    """Each field's different values, the staying film's first; empty ones are none."""
    found: dict[str, list[Offer]] = {name: [] for name in _FIELDS}
    for film in films:
        values = {name: getattr(film, name) for name in _FIELDS}
        for text in film.texts.all():
            values |= {f"{_TEXT}:{text.language}:{field}": getattr(text, field) for field in _OF_TEXT}
        for name, value in values.items():
            plain = str(value) if name == "poster" else value
            offers = found.setdefault(name, [])
            if plain not in _EMPTY and all(plain != offer.value for offer in offers):
                offers.append(Offer(film.pk, plain))
    return found


def _chosen(offers: Sequence[Offer], film_id: int | None) -> Offer:
    return next((offer for offer in offers if offer.film_id == film_id), offers[0])


def _label(name: str) -> str:
    if not name.startswith(f"{_TEXT}:"):
        return str(Movie._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a plain field
    _kind, language, field = name.split(":")
    what = {"title": _("title"), "description": _("description")}[field]
    return f"{what} ({dict(settings.LANGUAGES).get(language, language)})"
