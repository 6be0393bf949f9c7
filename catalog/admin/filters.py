"""What curators narrow the lists of films and names by; the health page counts by the same conditions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Credit, FilmText, Like, Movie, SearchEntry


def _has(model: Any, **conditions: Any) -> Exists:
    return Exists(model.objects.filter(movie=OuterRef("pk"), **conditions))


MISSING: dict[str, tuple[Any, Any]] = {
    "description": (_("description"), Q(description="")),
    "poster": (_("poster"), Q(poster="", poster_url="")),
    "year": (_("year"), Q(year=None)),
    "runtime": (_("runtime"), Q(runtime=None)),
    "language": (_("original language"), Q(language="")),
    "genres": (_("genres"), ~_has(Movie.genres.through)),
    "countries": (_("countries"), ~_has(Movie.countries.through)),
    "people": (_("people"), ~_has(Credit)),
    "texts": (_("texts in other languages"), ~_has(FilmText)),
    "ids": (_("ids of other sites"), Q(imdb_id="", tmdb_id=None, movielens_id=None)),
}


def has_twin() -> Q:
    """Whether another film has the same folded title and a year that differs by one at most, or is unknown."""
    twins = SearchEntry.objects.filter(title_key=OuterRef("search_entry__title_key")).exclude(movie=OuterRef("pk"))
    near = Q(movie__year__range=(OuterRef("year") - 1, OuterRef("year") + 1)) | Q(movie__year=None)
    return Q(Exists(twins.filter(near))) | Q(Exists(twins), year=None)


class Choice(admin.SimpleListFilter):
    """A filter whose choices each stand for one condition."""

    conditions: dict[str, tuple[Any, Any]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = self.conditions.get(self.value() or "")
        return queryset.filter(found[1]) if found else queryset


class DecadeFilter(admin.SimpleListFilter):
    """Films of ten years."""

    title = _("decade")
    parameter_name = "decade"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        ends = Movie.objects.aggregate(first=Min("year"), last=Max("year"))
        if ends["first"] is None:
            return []
        first, last = ends["first"] // 10 * 10, ends["last"] // 10 * 10
        return [(str(decade), f"{decade}–{decade + 9}") for decade in range(last, first - 10, -10)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        decade = self.value()
        if not decade or not decade.isascii() or not decade.isdigit() or len(decade) > 4:
            return queryset
        return queryset.filter(year__range=(int(decade), int(decade) + 9))


class MissingFilter(Choice):
    """Films that lack something."""

    title = _("what is missing")
    parameter_name = "missing"
    conditions = MISSING


class LikedFilter(Choice):
    """Films that somebody likes, or nobody."""

    title = _("likes")
    parameter_name = "liked"
    conditions = {"no": (_("never liked"), ~_has(Like)), "yes": (_("liked"), _has(Like))}


class TwinFilter(Choice):
    """Films that may be in the catalogue twice."""

    title = _("duplicates")
    parameter_name = "twin"
    conditions = {"yes": (_("same title within a year"), has_twin())}


class TextFilter(Choice):
    """Films described in another language of the site."""

    title = _("text in")
    parameter_name = "text"
    conditions = {code: (name, _has(FilmText, language=code)) for code, name in settings.LANGUAGES}


class UnusedPeople(Choice):
    """People whom no film names."""

    title = _("credits")
    parameter_name = "used"
    conditions = {"no": (_("in no film"), ~Exists(Credit.objects.filter(person=OuterRef("pk"))))}


class UnusedGenres(Choice):
    """Genres that no film has."""

    title = _("films")
    parameter_name = "used"
    conditions = {"no": (_("without films"), ~Exists(Movie.genres.through.objects.filter(genre=OuterRef("pk"))))}


class UnusedCountries(Choice):
    """Countries that no film comes from."""

    title = _("films")
    parameter_name = "used"
    conditions = {"no": (_("without films"), ~Exists(Movie.countries.through.objects.filter(country=OuterRef("pk"))))}
