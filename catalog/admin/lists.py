"""Lists that stay fast with a hundred thousand rows: no full counts, and a search that knows Cyrillic letters."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

PAGES_AHEAD = 10
_MOST_WORDS = 8


class PaginatorAhead(Paginator):  # type: ignore[type-arg]  # not subscriptable when run
    """Counts no further than some pages ahead, since counting a long list costs more than showing a page of it."""

    def __init__(self, *args: Any, page: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bound = (page + PAGES_AHEAD) * self.per_page + 1

    @cached_property
    def count(self) -> int:
        """How many rows there are, or one more than is looked at."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self._bound].count())

    @property
    def capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.count == self._bound

    @property
    def known(self) -> int:
        """A number that the rows exceed."""
        return self._bound - 1


class FastList(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """What the lists have in common."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each number would count the whole list
    list_per_page = 100

    def get_paginator(
        self, request: HttpRequest, queryset: Any, per_page: int, *args: Any, **kwargs: Any
    ) -> PaginatorAhead:
        asked = request.GET.get("p") or request.GET.get("page") or "1"
        page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return PaginatorAhead(queryset, per_page, *args, page=page, **kwargs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, and nobody else's until it is saved: one that was deleted meanwhile must not come back by that."""
        if request.method == "POST" and connection.in_atomic_block:
            with suppress(ValidationError, ValueError, OverflowError):
                key = self.opts.pk.to_python(object_id)
                self.model._base_manager.select_for_update(no_key=True).filter(pk=key).values_list("pk").first()
        return super().get_object(request, object_id, from_field)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Every word has to be found somewhere. Conditions use subqueries, so no row comes twice."""
        for word in search_term.split()[:_MOST_WORDS]:
            queryset = queryset.filter(self.has_word(word))
        return queryset, False

    def has_word(self, word: str) -> Q:
        """Where a word may stand: in any of the search fields."""
        found = Q()
        for field in self.search_fields:
            found |= contains(field, word)
        return found


def contains(field: str, word: str) -> Q:
    """The word within a field. SQLite ignores the case of Latin letters only, so others are tried in several cases."""
    forms = {word} if word.isascii() else {word, word.lower(), word.capitalize(), word.upper()}
    found = Q()
    for form in sorted(forms):
        found |= Q(**{f"{field}__icontains": form})
    return found


def count_of(model: type[Model], column: str) -> Coalesce:
    """How many rows of a table point here; counted for the rows of the page alone."""
    rows = model._default_manager.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)
