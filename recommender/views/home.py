"""The preference form with its results, the page of recommendations, and the first visit."""

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
from catalog.shelf import HIDDEN, LIKED, SEEN, shelf_of
from recommender import showing
from recommender.first_visit import WANTED, films_to_pick
from recommender.forms import WishForm
from recommender.listing import listing
from recommender.rows import rows

MOST_PICKS = 5

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
    if results is not None:
        showing.note(request, (card.movie.pk for card in results.cards))
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
    """Rows of films for the visitor, each with its own reason."""
    shelf = shelf_of(request)
    found = rows(shelf)
    showing.note(request, (card.movie.pk for row in found for card in row.cards))
    context = {"rows": found, "picks_left": max(0, WANTED - len(shelf[LIKED]))}
    return render(request, "recommender/recommendations.html", context)


@require_safe
def start(request: HtmxRequest) -> HttpResponse:
    """A first visit: pick three films that you like, and the choice follows your picks."""
    shelf = shelf_of(request)
    ids = films_to_pick(shelf[LIKED][:MOST_PICKS], frozenset({*shelf[SEEN], *shelf[HIDDEN], *shelf[LIKED]}))
    picked = shelf[LIKED][:MOST_PICKS]
    movies = Movie.objects.listed().for_cards().in_bulk([*ids, *picked])
    showing.note(request, ids)
    context = {
        "movies": [movies[pk] for pk in ids if pk in movies],
        "picked": [movies[pk] for pk in picked if pk in movies],
        "wanted": WANTED,
        "picks_left": max(0, WANTED - len(shelf[LIKED])),
        "example": EXAMPLES[timezone.localdate().weekday()],
    }
    response = render(request, "recommender/_picker.html" if request.htmx else "recommender/start.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
