"""The film map: the page with its list, the points and titles that its canvas draws, and one film of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import condition, require_safe

from catalog.models import Movie
from catalog.requests import HtmxRequest
from catalog.search import browse
from catalog.shelf import HIDDEN, LIKED, SEEN, Shelf, shelf_of
from recommender import map_points
from recommender.forms_map import LAST_PAGE, MapForm
from recommender.map_points import FilmMapPoints
from recommender.map_request import Spot, spot_of
from recommender.poster_address import page_language
from recommender.services import rank
from recommender.wishes import LONGEST_SHELF, Wish

PER_PAGE = 24
FOUND = 8  # films that a search offers
SUGGESTED = 24  # of today's recommendations
_YEAR, _MINUTE = 31_536_000, 60


@require_safe
def film_map(request: HtmxRequest) -> HttpResponse:
    """All films as points, alike ones side by side, with a list of the same films beside it."""
    points = map_points.current()
    form = MapForm(request.GET)
    if points is None:
        return render(request, "recommender/map_missing.html")
    wanted = form.cleaned_data if form.is_valid() else {}
    context: dict[str, Any] = {"form": form, **_listed(points, wanted, form, request)}
    if request.htmx:
        response = render(request, "recommender/_map_list.html", context)
    else:
        marks, spot = _marks(points, shelf_of(request), wanted.get("q") or "")
        marks |= {"film": wanted.get("film"), "region": str(wanted.get("region") or "")}
        key, language = points.key, page_language()
        context |= {
            "spot": spot,
            "no_film": "film" in form.errors or (wanted.get("film") and not points.holds(wanted["film"])),
            "marks": marks,
            "legend": points.genres,
            "total": len(points.rows),
            "points_url": reverse("recommender:map_points", args=[key]),
            "titles_url": reverse("recommender:map_titles", args=[key, language]),
        }
        response = render(request, "recommender/map.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _etag(request: HttpRequest, key: str, language: str = "") -> str | None:
    points = map_points.current()
    return f'"{points.key}{language}"' if points is not None else None


@require_safe
@condition(etag_func=_etag)
def points(request: HttpRequest, key: str) -> HttpResponse:
    """Places, genres and fame of all films; under its key it never changes."""
    current = _current()
    return _kept(HttpResponse(current.packed, content_type="application/octet-stream"), key == current.key)


@require_safe
@condition(etag_func=_etag)
def titles(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Titles of the same films in the same order."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    current = _current()
    return _kept(HttpResponse(current.titles(language), content_type="application/json"), key == current.key)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Films of the map whose titles, people or keywords begin with what is typed."""
    current = _current()
    typed = request.GET.get("q", "").strip()[:200]
    if not typed:
        return JsonResponse({"films": []})
    movies = browse({"q": typed}).prefetch_related("texts")[: FOUND * 2]
    films = [{"id": m.pk, "title": m.text_in()[0], "year": m.year} for m in movies if current.holds(m.pk)]
    return JsonResponse({"films": films[:FOUND]})


@require_safe
def map_film(request: HttpRequest, pk: int) -> HttpResponse:
    """One film as the map shows it when it is chosen: its card, with what can be done with it."""
    movie = get_object_or_404(Movie.objects.listed().for_cards(), pk=pk)
    return render(request, "recommender/_map_film.html", {"movie": movie})


def _current() -> FilmMapPoints:
    current = map_points.current()
    if current is None:
        raise Http404
    return current


def _kept(response: HttpResponse, is_current: bool) -> HttpResponse:
    """Say how long browsers may keep it: an address with an old key still works, only not for long."""
    if is_current:
        patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=_MINUTE)
    return response


def _marks(points: FilmMapPoints, shelf: Shelf, words: str) -> tuple[dict[str, Any], Spot | None]:
    """What the canvas marks for this visitor: liked films, today's recommendations, the place of typed words."""
    liked = tuple(shelf[LIKED][:LONGEST_SHELF])
    known = frozenset({*liked, *shelf[SEEN], *shelf[HIDDEN]})
    suggested, fitting = rank([Wish(liked=liked, hidden=known), Wish(text=words)], top=SUGGESTED)
    spot = spot_of(fitting, points) if words.strip() else None
    marks: dict[str, Any] = {"liked": liked, "suggested": [film.movie_id for film in suggested] if liked else []}
    if spot is not None:
        marks["spot"] = {"x": spot.x, "y": spot.y, "films": spot.films}
    return marks, spot


def _listed(points: FilmMapPoints, wanted: dict[str, Any], form: MapForm, request: HtmxRequest) -> dict[str, Any]:
    """One page of the films that stand in the region and have one of the genres, the most liked first."""
    films, rows = points.films, points.rows
    if region := wanted.get("region"):
        rows = rows[region.holds(points.places[rows])]
    if genres := wanted.get("genre"):
        rows = rows[films.genres.mask(genres, len(films))[rows]]
    order = rows[(-films.likes[rows]).argsort(kind="stable")]
    page = min(wanted.get("page") or 1, LAST_PAGE)
    ids = films.ids[order[(page - 1) * PER_PAGE : page * PER_PAGE]].tolist()
    movies = Movie.objects.listed().prefetch_related("genres", "texts").in_bulk(ids)
    here = reverse("recommender:map")
    return {
        "movies": [movies[pk] for pk in ids if pk in movies],
        "found": len(order),
        "region": region,
        "in_view": bool(request.htmx and request.GET.get("view")),
        "page": page,
        "wish": form.address(q=None, film=None) if form.is_valid() else "?",
        "before": here + form.address(page=page - 1) if page > 1 else "",
        "after": here + form.address(page=page + 1) if len(order) > page * PER_PAGE else "",
    }
