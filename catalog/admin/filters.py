"""What curators narrow the list of films by."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Max, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie

_MISSING: dict[str, tuple[Any, Q]] = {
    "description": (_("description"), Q(description="")),
    "poster": (_("poster"), Q(poster="", poster_url="")),
    "year": (_("year"), Q(year=None)),
    "genres": (_("genres"), Q(genres=None)),
    "people": (_("people"), Q(credits=None)),
    "texts": (_("texts in other languages"), Q(texts=None)),
}


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


class MissingFilter(admin.SimpleListFilter):
    """Films that lack something."""

    title = _("what is missing")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in _MISSING.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = _MISSING.get(self.value() or "")
        return queryset.filter(found[1]) if found else queryset
