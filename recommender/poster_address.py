"""Where the poster of a film is found: its own picture, or the drawn one under an address that changes with it."""

from __future__ import annotations

from typing import cast
from zlib import crc32

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language

from catalog.models import Movie
from recommender.models import ModelVersion
from recommender.posters import DESIGN

_FRESH = 30  # seconds; an address with an older key still works, only it is not kept for long


def poster_address(movie: Movie) -> str:
    """Address of a film's poster in the page's language; needs the film's genres and texts."""
    if movie.poster_address:
        return movie.poster_address
    language = page_language()
    key = poster_key(movie, language, active_model())
    return f"{reverse('recommender:poster', args=[language, movie.pk])}?v={key}"


def page_language() -> str:
    """The language of the page, as texts of films name it."""
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


def poster_key(movie: Movie, language: str, model: str) -> str:
    """Changes whenever the drawn poster would."""
    title = movie.title_in(language)
    genres = sorted(genre.name for genre in movie.genres.all())
    return f"{crc32(repr((DESIGN, title, movie.year, genres, model)).encode()):08x}"


def active_model() -> str:
    """Name of the active version, remembered for a moment."""

    def read() -> str:
        version = ModelVersion.objects.active()
        return version.name if version else ""

    return cast(str, cache.get_or_set("posters:model", read, _FRESH))
