"""Genres, countries and people in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.filters import UnusedCountries, UnusedGenres, UnusedPeople
from catalog.admin.lists import FastList, count_of
from catalog.models import Country, Credit, Genre, Movie, Person
from catalog.services import announce_changes


class NamedAdmin(FastList):
    """Names with the number of their films. A name is part of its films' text, so a new one concerns them all."""

    list_display = ("name", "film_count")
    search_fields = ("name",)
    counted: tuple[type[Model], str]
    films_by: str

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(n_films=count_of(*self.counted))

    @admin.display(description=_("films"), ordering="n_films")
    def film_count(self, row: Any) -> int:
        """How many films have this name."""
        return int(row.n_films)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            announce_changes(self._films([obj.pk]))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        films = self._films([obj.pk])
        super().delete_model(request, obj)
        announce_changes(films)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        films = self._films(list(queryset.values_list("pk", flat=True)))
        super().delete_queryset(request, queryset)
        announce_changes(films)

    def _films(self, ids: list[int]) -> list[int]:
        return list(Movie.objects.filter(**{f"{self.films_by}__in": ids}).values_list("pk", flat=True).distinct())


@admin.register(Genre)
class GenreAdmin(NamedAdmin):
    """Genres."""

    list_filter = (UnusedGenres,)
    counted = (Movie.genres.through, "genre")
    films_by = "genres"


@admin.register(Country)
class CountryAdmin(NamedAdmin):
    """Countries."""

    list_filter = (UnusedCountries,)
    counted = (Movie.countries.through, "country")
    films_by = "countries"


@admin.register(Person)
class PersonAdmin(NamedAdmin):
    """Directors and actors."""

    list_filter = (UnusedPeople,)
    counted = (Credit, "person")
    films_by = "credits__person"

    @admin.display(description=_("credits"), ordering="n_films")
    def film_count(self, row: Any) -> int:
        """How often somebody is named."""
        return int(row.n_films)
