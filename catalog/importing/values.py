"""What a film says, field by field: what imports compare and keep, what undoing looks at, what exports write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.importing.rows import IDS, FilmRow
from catalog.models import Movie

PLAIN = ("title", "original_title", "year", "runtime", "language", "description", "poster_url", "keywords", *IDS)
LISTS = ("genres", "countries", "directors", "cast")
TEXTS = ("title", "description")
_PEOPLE = {"directors": _("directors"), "cast": _("cast")}


def values_of_film(movie: Movie) -> dict[str, Any]:
    """All that a film says; empty values are left out. Needs `with_people`."""
    values: dict[str, Any] = {name: getattr(movie, name) for name in PLAIN}
    values["is_published"] = movie.is_published
    values["genres"] = sorted(genre.name for genre in movie.genres.all())
    values["countries"] = sorted(country.name for country in movie.countries.all())
    values["directors"] = [person.name for person in movie.directors]
    values["cast"] = [person.name for person in movie.cast]
    for text in movie.texts.all():
        values |= {text_field(name, text.language): getattr(text, name) for name in TEXTS}
    return _said(values)


def values_of_row(row: FilmRow) -> dict[str, Any]:
    """All that a film says once it is created from this row."""
    values: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    values["is_published"] = row.is_published is not False
    values |= {name: sorted(getattr(row, name)) for name in ("genres", "countries")}
    values |= {name: getattr(row, name) for name in ("directors", "cast")}
    for language, said in row.texts.items():
        values |= {text_field(name, language): value for name, value in said.items()}
    return _said(values)


def fingerprint(values: Mapping[str, Any]) -> str:
    """Differs when anything that a film says does."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def in_order(diff: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The fields as people read them; PostgreSQL gives the keys of stored JSON in an order of its own."""
    order = {name: place for place, name in enumerate((*PLAIN, "is_published", *LISTS))}
    return sorted(diff.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))


def text_field(name: str, language: str) -> str:
    """The name of a text in another language: title_ru."""
    return f"{name}_{language}"


def text_of_field(field: str) -> tuple[str, str] | None:
    """The other way round: title_ru is (title, ru); None for any other field."""
    name, _underline, language = field.partition("_")
    return (name, language) if name in TEXTS and language else None


def field_name(field: str) -> str:
    """A field's name for people."""
    if found := text_of_field(field):
        return f"{field_name(found[0])} ({dict(settings.LANGUAGES).get(found[1], found[1])})"
    column: Any = Movie._meta.get_field(field) if field not in _PEOPLE else None
    return str(column.verbose_name if column else _PEOPLE[field])


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None, [])}
