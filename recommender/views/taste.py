"""The page of a taste: what it is made of, beside the catalogue's average."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.facts import facts_of
from catalog.models import Like, Movie
from catalog.shelf import LIKED, shelf_of
from recommender import taste, taste_charts
from recommender.forms_taste import TasteForm
from recommender.taste import Liked
from recommender.taste_interests import interests
from recommender.wishes import LONGEST_SHELF

WORTH_A_PROFILE = 3  # likes
FEW = 20  # likes below which the page says that little is certain


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Genres, decades, countries and people of a taste, how it changed, and its interests."""
    form = TasteForm(request.GET)
    films = _liked(request, form) if form.is_valid() else []
    context = {"form": form, "owner": form.owner, "films": len(films), "missing": max(0, WORTH_A_PROFILE - len(films))}
    if form.is_valid() and not context["missing"]:
        directors, actors = taste.people(films)
        over_time = taste.times(films)
        context |= {
            "genres": taste_charts.bars(taste.genre_lines(films)),
            "decades": taste_charts.bars(taste.decade_lines(films)),
            "countries": taste_charts.bars(taste.country_lines(films)),
            "directors": directors,
            "actors": actors,
            "times": taste_charts.curves(over_time) if over_time else None,
            "interests": interests(films),
            "few": len(films) < FEW,
        }
    return render(request, "recommender/taste.html", context)


def _liked(request: HttpRequest, form: TasteForm) -> list[Liked]:
    """The liked films that visitors may see, newest first, with their facts."""
    since: dict[int, datetime | None]
    owner = form.profile or (request.user.pk if request.user.is_authenticated else None)
    if owner is not None:
        likes = Like.objects.filter(user=owner).newest_first().values_list("movie_id", "created_at")
        since = dict(likes[:LONGEST_SHELF])
    else:
        since = dict.fromkeys(shelf_of(request)[LIKED])
    movies = Movie.objects.listed().prefetch_related("genres", "texts").in_bulk(list(since))
    facts = facts_of(list(movies))
    return [Liked(movies[pk], facts[pk], time) for pk, time in since.items() if pk in movies]
