"""The page where a curator joins films that are one: which stays, what moves, what clashes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.merging import MOST, MergeError, films_of, merge, plan, summary
from catalog.models import Like, Movie

_CHOICE = "choice-"


@require_http_methods(["GET", "HEAD", "POST"])
def merge_films(request: HttpRequest) -> HttpResponse:
    """Show what a merge would do; on POST do it."""
    if not request.user.has_perms(["catalog.change_movie", "catalog.delete_movie"]):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    films = films_of(list(dict.fromkeys(_numbers(asked.getlist("ids"))))[:MOST])
    if len(films) < 2:
        messages.warning(request, _("Select two films or more that are one and the same."))
        return HttpResponseRedirect(reverse("admin:catalog_movie_changelist"))
    stays = _staying(films, _numbers([asked.get("stays", "")]))
    if request.method == "POST":
        answer = _merged(request, stays, [film.pk for film in films if film is not stays])
        if answer is not None:
            return answer
    context = {
        **admin.site.each_context(request),
        "title": _("Merge films"),
        "opts": Movie._meta,
        "films": films,
        "plan": plan(stays, [film for film in films if film is not stays]),
    }
    return render(request, "admin/catalog/movie/merge.html", context)


def _merged(request: HttpRequest, stays: Movie, goes: list[int]) -> HttpResponse | None:
    """Merge and lead to the film that stays; with a problem, say it and show the page again."""
    chosen = ((name.removeprefix(_CHOICE), request.POST[name]) for name in request.POST if name.startswith(_CHOICE))
    choices = {name: int(value) for name, value in chosen if _numbers([value])}
    try:
        made = merge(stays=stays.pk, goes=goes, choices=choices, by=request.user)  # type: ignore[arg-type]
    except MergeError as problem:
        messages.error(request, str(problem))
        return None
    messages.success(request, summary(made))
    return HttpResponseRedirect(reverse("admin:catalog_movie_change", args=[stays.pk]))


def _staying(films: list[Movie], asked: list[int]) -> Movie:
    """The film asked for, else the one that most people like, else the oldest entry."""
    for film in films:
        if film.pk in asked:
            return film
    likes: dict[int, int] = {}
    for pk in Like.objects.filter(movie__in=films).values_list("movie_id", flat=True):
        likes[pk] = likes.get(pk, 0) + 1
    return min(films, key=lambda film: (-likes.get(film.pk, 0), film.pk))


def _numbers(texts: list[Any]) -> list[int]:
    """What of this can be an id."""
    return [int(text) for text in texts if text and text.isascii() and text.isdigit() and len(text) <= 18]
