"""Finds films by what people type: a title in any language or the name of somebody in them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Credit, FilmText, Movie, MovieQuerySet

SORTS = {"title": _("by title"), "newest": _("newest first"), "oldest": _("oldest first")}
_ORDER: dict[str, tuple[Any, ...]] = {
    "title": ("title", "year", "pk"),
    "newest": (F("year").desc(nulls_last=True), "title", "pk"),
    "oldest": (F("year").asc(nulls_last=True), "title", "pk"),
}


def browse(wanted: dict[str, Any]) -> MovieQuerySet:
    """Listed films for a search, a genre and an order; all of them may be missing."""
    movies = Movie.objects.listed()
    for word in str(wanted.get("q") or "").split()[:8]:
        movies = movies.filter(_contains(word))
    if wanted.get("genre"):
        movies = movies.filter(genres=wanted["genre"])
    return movies.order_by(*_ORDER[wanted.get("sort") or "title"])


def _contains(word: str) -> Q:
    """A word in a title or a name. SQLite ignores the case of Latin letters only, so others are tried as written."""
    found = Q()
    for form in {word, word.lower(), word.capitalize()}:
        found |= Q(title__icontains=form) | Q(original_title__icontains=form)
        found |= Q(pk__in=FilmText.objects.filter(title__icontains=form).values("movie"))
        found |= Q(pk__in=Credit.objects.filter(person__name__icontains=form).values("movie"))
    return found
