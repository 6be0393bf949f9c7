"""Where the poster of a film is found: its own picture, or the drawn one under an address that changes with it."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from catalog.models import Movie
from recommender import index
from recommender.posters import DESIGN

_ANY_FILM = str(10**15)  # stands in an address where the film's number goes


def poster_address(movie: Movie, language: str | None = None) -> str:
    """Address of a film's poster in a language, the page's by default; needs the film's genres and texts."""
    if movie.poster_address:
        return movie.poster_address
    language = language or page_language()
    return f"{_drawn(language).replace(_ANY_FILM, str(movie.pk))}?v={poster_key(movie, language, active_model())}"


@lru_cache(maxsize=8)
def _drawn(language: str) -> str:
    return reverse("recommender:poster", args=[language, int(_ANY_FILM)])


def page_language() -> str:
    """The language of the page, as texts of films name it."""
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


def poster_key(movie: Movie, language: str, model: str) -> str:
    """Changes whenever the drawn poster would."""
    title = movie.title_in(language)
    genres = sorted(genre.name for genre in movie.genres.all())
    return f"{crc32(repr((DESIGN, title, movie.year, genres, model)).encode()):08x}"


def active_model() -> str:
    """Name of the active version as this worker last saw it; an address with an older key works, too."""
    films = index.last_seen() or index.current()
    return films.version.name if films else ""
