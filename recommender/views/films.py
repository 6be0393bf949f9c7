"""Browse the catalogue and look at one film."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.facts import facts_of
from catalog.merging import where_it_went
from catalog.models import Credit, Genre, Movie, MovieQuerySet, Person
from catalog.requests import HtmxRequest
from catalog.search import browse, counts, meant
from recommender import showing
from recommender.forms_browse import LAST_PAGE, BrowseForm
from recommender.reasons import Card, closeness
from recommender.services import nearest
from recommender.shared import in_common

NEIGHBOURS = 12
PER_PAGE = 48
MOST = 200  # films of one person


@require_safe
def film(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything known about a film, and the films closest to it."""
    near = nearest(pk, top=NEIGHBOURS)
    ids = [pk, *(other for other, _similarity in near)]
    movies = Movie.objects.listed().for_cards().in_bulk(ids)
    if pk not in movies:
        return _moved_or_gone(pk)
    movie, facts = movies[pk], facts_of(ids)
    cards = [
        Card(movies[other], note=in_common(movie, facts[pk], movies[other], facts[other]) or closeness(similarity))
        for other, similarity in near
        if other in movies
    ]
    showing.note(request, (card.movie.pk for card in cards))
    context = {"movie": movie, "facts": facts[pk], "cards": cards}
    return render(request, "recommender/film.html", context)


def _moved_or_gone(pk: int) -> HttpResponse:
    """A film that went into another one is found there; any other is not to be seen."""
    movie = where_it_went(pk)
    if movie is None:
        raise Http404
    return redirect(movie, permanent=True)


@require_safe
def films(request: HtmxRequest) -> HttpResponse:
    """Look through the catalogue: search, filter, sort, page by page."""
    form = BrowseForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = browse(wanted)
    form.count(counts(browse({"q": wanted.get("q")})))
    context = {"form": form, **_page_of(found, request, form)}
    if not context["movies"] and wanted.get("q"):
        better = meant(wanted["q"])
        context |= {"meant": better, "meant_address": form.address(q=better) if better else ""}
    response = render(request, "recommender/_found.html" if request.htmx else "recommender/films.html", context)
    if request.htmx:
        response["HX-Replace-Url"] = request.path + form.address(form.page()).rstrip("?")
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's films: what they directed and what they played in, the newest first."""
    someone = get_object_or_404(Person, pk=pk)
    roles = dict(someone.credits.filter(movie__is_published=True).order_by("role").values_list("movie", "role"))
    order = F("year").desc(nulls_last=True)
    movies = list(Movie.objects.listed().filter(pk__in=roles).for_cards().order_by(order, "title")[:MOST])
    parts = [
        (_("Directed"), [movie for movie in movies if roles[movie.pk] == Credit.Role.DIRECTOR]),
        (_("Played in"), [movie for movie in movies if roles[movie.pk] == Credit.Role.CAST]),
    ]
    if not movies:
        raise Http404
    return render(request, "recommender/person.html", {"person": someone, "parts": parts})


@require_safe
def genre(request: HttpRequest, pk: int) -> HttpResponse:
    """The films of one genre, the most liked first."""
    kind = get_object_or_404(Genre, pk=pk)
    form = BrowseForm({"page": request.GET.get("page", "")})
    page = _page_of(browse({"genre": pk, "sort": "popular"}), request, form)
    return render(request, "recommender/genre.html", {"genre": kind, **page})


def _page_of(found: MovieQuerySet, request: HttpRequest, form: BrowseForm) -> dict[str, Any]:
    """One page of films and the addresses of its neighbours; one film more than shown tells of a next page."""
    page = form.page()
    movies = list(found.for_cards()[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    return {
        "movies": movies[:PER_PAGE],
        "page": page,
        "before": form.address(page - 1) if page > 1 else "",
        "after": form.address(page + 1) if len(movies) > PER_PAGE and page < LAST_PAGE else "",
    }
