"""Serves drawn posters, each under an address that changes with what it shows, so that browsers keep it for a year."""

from __future__ import annotations

import numpy as np
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from numpy.typing import NDArray

from catalog.models import Movie
from recommender import index
from recommender.index import FilmIndex
from recommender.poster_address import poster_key
from recommender.posters import draw

_YEAR, _MINUTE = 31_536_000, 60


@require_safe
def poster(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """The drawn poster of a film with its title in one language."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    movie = get_object_or_404(Movie.objects.listed().prefetch_related("genres", "texts"), pk=pk)
    films = index.current()
    title, _text = movie.text_in(language)
    drawn = draw(title, movie.year, [genre.name for genre in movie.genres.all()], _character(films, pk))
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    is_current = request.GET.get("v") == poster_key(movie, language, films.version.name if films else "")
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if is_current else f"public, max-age={_MINUTE}"
    return response


def _character(films: FilmIndex | None, pk: int) -> NDArray[np.float32] | None:
    """The film's vector less the catalogue's mean: what is peculiar to it."""
    if films is None:
        return None
    films = films.holding([pk])
    rows = films.rows([pk])
    if not len(rows) or not films.vectors[rows[0]].any():
        return None
    vector: NDArray[np.float32] = films.vectors[rows[0]] - films.mean
    return vector
