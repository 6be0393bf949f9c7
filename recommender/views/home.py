"""The preference form with its results, and the page of recommendations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.models import Movie
from catalog.requests import HtmxRequest
from catalog.shelf import shelf_of
from recommender.forms import WishForm
from recommender.listing import listing

EXAMPLES = (
    _("a quiet film about loneliness in a big city"),
    _("a heist that goes wrong, with some humour"),
    _("space, silence and big questions"),
    _("a road trip of two who cannot stand each other"),
    _("a comedy of the 60s, not a romance"),
    _("an old house, fog, a secret"),
    _("something warm for a rainy evening with children"),
)  # one for each day of the week


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    """Say what you like and see what fits. The address holds the whole state, so it can be shared."""
    form = WishForm(request.GET, viewer=request.user)
    shelf = shelf_of(request)
    results = listing(form, request, shelf) if form.is_valid() else None
    example = EXAMPLES[timezone.localdate().weekday()]
    context: dict[str, Any] = {"form": form, "results": results, "example": example}
    if results is not None and not results.cards:
        context["catalogue_is_empty"] = not Movie.objects.listed().exists()
    if not request.htmx:
        return render(request, "recommender/home.html", context)
    more = "shown" in request.GET
    response = render(request, "recommender/_more.html" if more else "recommender/_results.html", context)
    if results is not None and not more:
        response["HX-Push-Url"] = request.path + results.address.rstrip("?")
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def recommendations(request: HttpRequest) -> HttpResponse:
    """Films for the visitor's own likes."""
    form = WishForm({}, viewer=request.user)
    form.is_valid()
    shelf = shelf_of(request)
    context = {"results": listing(form, request, shelf), "shelf": shelf}
    return render(request, "recommender/recommendations.html", context)
