"""Films in the admin: find, filter, edit with people and texts, publish and take back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin import plugs
from catalog.admin.filters import DecadeFilter, LikedFilter, MissingFilter, TextFilter, TwinFilter
from catalog.admin.forms import FilmTextForm, MovieForm
from catalog.admin.health import health
from catalog.admin.lists import FastList, count_of
from catalog.admin.merge import merge_films
from catalog.admin.posters import PosterTools, fetch_now
from catalog.merging import MOST
from catalog.models import Credit, FilmText, Like, Movie
from catalog.names import shown_country, shown_genre
from catalog.search import has_word
from catalog.search_entries import catch_up, fold
from catalog.services import announce_changes, hold

_AT_ONCE = 500
_LARGEST_ID = 2_147_483_647
_SHORT_FILTERS = 5  # those with few choices stand first, before what other rooms add


class TextInline(admin.StackedInline):  # type: ignore[type-arg]  # not subscriptable when run
    """The film in the other languages of the site."""

    model = FilmText
    form = FilmTextForm
    extra = 0
    max_num = len(settings.LANGUAGES)


class CreditInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable when run
    """Who directed and who plays, in their order."""

    model = Credit
    fields = ("role", "position", "person")
    autocomplete_fields = ("person",)
    ordering = ("-role", "position", "pk")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        return super().get_queryset(request).select_related("person")


@admin.register(Movie)
class MovieAdmin(PosterTools, FastList):
    """The catalogue."""

    form = MovieForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = (CreditInline, TextInline)
    autocomplete_fields = ("genres", "countries")
    list_display = ("title", "year", "genre_names", "country_names", "like_count", "is_published")
    list_filter = (
        "is_published",
        MissingFilter,
        TwinFilter,
        LikedFilter,
        TextFilter,
        DecadeFilter,
        "genres",
        "countries",
        "language",
    )
    search_fields = ("title",)  # makes the box appear; `has_word` says where it looks
    search_help_text = _("titles in any language, people, and IMDb, TMDB or MovieLens ids")
    readonly_fields = ("created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("title", "original_title", "year", "is_published")}),
        (_("What it is about"), {"fields": ("description", "genres", "keywords")}),
        (_("Facts"), {"fields": ("countries", "runtime", "language")}),
        (_("Poster"), {"fields": ("poster", "poster_url")}),
        (_("Elsewhere"), {"fields": ("imdb_id", "tmdb_id", "movielens_id")}),
        (_("Times"), {"fields": ("created_at", "updated_at"), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        films = super().get_queryset(request)
        return films.prefetch_related("genres", "countries").annotate(n_likes=count_of(Like, "movie"))

    @admin.display(description=_("genres"))
    def genre_names(self, movie: Movie) -> str:
        """Genres in a line."""
        return ", ".join(shown_genre(genre.name) for genre in movie.genres.all())

    @admin.display(description=_("countries"))
    def country_names(self, movie: Movie) -> str:
        """Countries in a line."""
        return ", ".join(shown_country(country.name) for country in movie.countries.all())

    @admin.display(description=_("likes"), ordering="n_likes")
    def like_count(self, movie: Any) -> int:
        """How many visitors like it."""
        return int(movie.n_likes)

    @property
    def actions(self) -> Sequence[Any]:  # type: ignore[override]  # a constant in the parent
        """What can be done with selected films, with what other rooms add."""
        return ("publish", "unpublish", "merge", *plugs.film_actions)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        short, long = self.list_filter[:_SHORT_FILTERS], self.list_filter[_SHORT_FILTERS:]
        return [*short, *plugs.film_filters, *long]

    def get_urls(self) -> list[Any]:
        own = [
            path("health/", self.admin_site.admin_view(health), name="catalog_health"),
            path("merge/", self.admin_site.admin_view(merge_films), name="catalog_movie_merge"),
            path("<int:pk>/poster/", self.admin_site.admin_view(fetch_now), name="catalog_movie_fetch_poster"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        tools = [tool for tool in plugs.film_tools if request.user.has_perm(tool.permission)]
        return super().changelist_view(request, {**(extra_context or {}), "tools": tools})

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        movie = kwargs.get("obj")
        if movie is not None and request.method == "GET":
            context["panels"] = [panel(request, movie) for panel in plugs.film_panels]
        return super().render_change_form(request, context, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            catch_up()
        return super().get_search_results(request, queryset, search_term)

    def has_word(self, word: str) -> Q:
        """A word or an id; what has no letters or digits at all (a dash between words) asks for nothing."""
        folded = fold(word)
        if not folded:
            return Q()
        found = Q(imdb_id=word.lower())
        if word.isascii() and word.isdigit() and int(word) <= _LARGEST_ID:
            found |= Q(tmdb_id=int(word)) | Q(movielens_id=int(word)) | Q(imdb_id=f"tt{word:0>7}")
        named = Q()
        for piece in folded.split():
            named &= has_word(piece)
        return found | named

    @admin.action(description=_("Merge selected films that are the same"), permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Movie]) -> HttpResponse | None:
        """Lead to the page where the curator chooses which film stays."""
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if not 2 <= len(ids) <= MOST:
            words = _("Select the films that are one and the same: two at least, %(most)d at most.")
            self.message_user(request, words % {"most": MOST}, messages.WARNING)
            return None
        address = reverse("admin:catalog_movie_merge")
        return HttpResponseRedirect(f"{address}?{urlencode({'ids': ids}, doseq=True)}")

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Merging changes one film and deletes the others."""
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description=_("Publish selected films"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        """Let visitors see the films."""
        count = self._set_published(request, queryset, published=True)
        words = ngettext("%(count)d film is published now.", "%(count)d films are published now.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Unpublish selected films"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        """Hide the films from visitors."""
        count = self._set_published(request, queryset, published=False)
        words = ngettext("%(count)d film is hidden now.", "%(count)d films are hidden now.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    def _set_published(self, request: HttpRequest, queryset: QuerySet[Movie], *, published: bool) -> int:
        """Publish or hide the films that are not yet, and write it into their histories."""
        changed = [{"changed": {"fields": ["Published" if published else "Unpublished"]}}]
        with transaction.atomic():
            ids = list(queryset.exclude(is_published=published).order_by().values_list("pk", flat=True))
            ids = sorted(hold(ids))
            for start in range(0, len(ids), _AT_ONCE):
                films = Movie.objects.filter(pk__in=ids[start : start + _AT_ONCE])
                LogEntry.objects.log_actions(request.user.pk or 0, films, CHANGE, change_message=changed)
                films.update(is_published=published, updated_at=timezone.now())
            announce_changes(ids)
        return len(ids)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        announce_changes([form.instance.pk])

    def delete_model(self, request: HttpRequest, obj: Movie) -> None:
        pk = obj.pk
        hold([pk], to_delete=True)
        super().delete_model(request, obj)
        announce_changes([pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        with transaction.atomic():
            ids = sorted(hold(queryset.order_by().values_list("pk", flat=True), to_delete=True))
            super().delete_queryset(request, Movie.objects.filter(pk__in=ids))
            announce_changes(ids)
