"""Browse the catalogue and look at one film."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.facts import facts_of
from catalog.models import Movie
from catalog.search import browse
from recommender.forms_browse import LAST_PAGE, BrowseForm
from recommender.reasons import Card, closeness
from recommender.services import nearest
from recommender.shared import in_common

NEIGHBOURS = 12
PER_PAGE = 48


@require_safe
def film(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything known about a film, and the films closest to it."""
    near = nearest(pk, top=NEIGHBOURS)
    ids = [pk, *(other for other, _similarity in near)]
    movies = Movie.objects.listed().for_cards(request.user).in_bulk(ids)
    if pk not in movies:
        raise Http404
    movie, facts = movies[pk], facts_of(ids)
    cards = [
        Card(movies[other], note=in_common(movie, facts[pk], movies[other], facts[other]) or closeness(similarity))
        for other, similarity in near
        if other in movies
    ]
    context = {"movie": movie, "facts": facts[pk], "cards": cards}
    return render(request, "recommender/film.html", context)


@require_safe
def films(request: HttpRequest) -> HttpResponse:
    """Look through the catalogue: search, filter, sort, page by page."""
    form = BrowseForm(request.GET)
    found = browse(form.cleaned_data if form.is_valid() else {})
    page = form.page()
    movies = list(found.for_cards(request.user)[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    has_more, movies = len(movies) > PER_PAGE, movies[:PER_PAGE]
    context = {
        "form": form,
        "movies": movies,
        "page": page,
        "before": form.address(page - 1) if page > 1 else "",
        "after": form.address(page + 1) if has_more and page < LAST_PAGE else "",
    }
    return render(request, "recommender/films.html", context)
