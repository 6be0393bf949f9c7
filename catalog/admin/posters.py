"""Posters in the films' admin: upload with checks, a panel with the picture, fetching from the film's address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from catalog.admin import plugs
from catalog.models import CatalogueImport, Movie
from catalog.posters.keeping import keep, let_go
from catalog.posters.pictures import LARGEST_BYTES, NoPoster, Poster, read_poster
from catalog.posters.rounds import start_fetching
from jobs.work import Job

_FETCHABLE = Q(poster="") & ~Q(poster_url="")


class PosterFile(ContentFile[bytes]):
    """An uploaded picture that was checked and is not kept yet."""

    def __init__(self, poster: Poster) -> None:
        super().__init__(poster.files[poster.width], name=f"{poster.key}.webp")
        self.poster = poster


class PosterField(forms.FileField):
    """A picture, known by its content and not by its name."""

    widget = AdminFileWidget(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Decode the picture; what cannot become a poster is refused with the reason."""
        upload = super().clean(data, initial)
        if not upload or upload is initial:
            return upload
        try:
            # One byte more than allowed tells that there is more, however much it is.
            return PosterFile(read_poster(upload.read(LARGEST_BYTES + 1)))
        except NoPoster as problem:
            raise ValidationError(str(problem), "poster") from problem


class PosterTools(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """What the films' admin does with uploaded posters."""

    class Media:
        css = {"all": ("css/desk.css",)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep an uploaded poster in every size, and let the former one go."""
        upload = form.cleaned_data.get("poster")
        if isinstance(upload, PosterFile):
            obj.poster = keep(upload.poster)
        if change and "poster" in form.changed_data:
            former = Movie.objects.values_list("poster", flat=True).get(pk=obj.pk)
            if former != obj.poster.name:
                let_go(former)
        super().save_model(request, obj, form, change)


class PosterFilter(admin.SimpleListFilter):
    """Films by what they have for a picture."""

    title = gettext_lazy("picture")
    parameter_name = "picture"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            ("own", gettext_lazy("has one")),
            ("fetch", gettext_lazy("has an address to fetch it from")),
            ("none", gettext_lazy("has neither")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"own": ~Q(poster=""), "fetch": _FETCHABLE, "none": Q(poster="", poster_url="")}.get(
            self.value() or ""
        )
        return queryset.filter(wanted) if wanted is not None else queryset


@require_POST
def fetch_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Fetch one film's poster from its address, also in place of the one it has."""
    _refuse_others(request)
    movie = get_object_or_404(Movie, pk=pk)
    if movie.poster_url:
        _tell(request, start_fetching([movie.pk], by=request.user, again=True))
    else:
        messages.warning(request, _("The film has no poster address. Write one into the form and save it first."))
    return HttpResponseRedirect(reverse("admin:catalog_movie_change", args=[pk]))


@require_POST
def fetch_for_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Fetch the posters of all films that an import named."""
    _refuse_others(request)
    found = get_object_or_404(CatalogueImport.objects.seen_by(request.user), pk=pk)  # type: ignore[arg-type]
    _fetch(request, fetchable_of(found))
    return HttpResponseRedirect(reverse("admin:catalog_catalogueimport_change", args=[pk]))


def fetchable_of(found: CatalogueImport) -> QuerySet[Movie]:
    """Films of an import that have a poster address and no picture."""
    return Movie.objects.filter(_FETCHABLE, pk__in=found.rows.filter(is_written=True).values("movie"))


@admin.action(description=gettext_lazy("Fetch posters of selected films"), permissions=["change"])
def fetch_posters(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
    """Fetch the posters that are missing."""
    _fetch(request, Movie.objects.filter(_FETCHABLE, pk__in=queryset.order_by().values("pk")))


def _fetch(request: HttpRequest, films: QuerySet[Movie]) -> None:
    ids = list(films.order_by("pk").values_list("pk", flat=True))
    if ids:
        _tell(request, start_fetching(ids, by=request.user))
    else:
        messages.info(request, _("None of these films lacks a picture and has an address to fetch it from."))


def _tell(request: HttpRequest, job: Job) -> None:
    if job.state == Job.State.DONE and job.result:
        fetched, failed = job.result["fetched"], job.result["failed"]
        words = ngettext("%(count)d poster fetched.", "%(count)d posters fetched.", fetched) % {"count": fetched}
        messages.success(request, words) if fetched else None
        messages.warning(request, job.log.strip()) if failed else None
        return
    words = _("The posters are being fetched in the background: %(address)s")
    messages.info(request, words % {"address": reverse("jobs:job", args=[job.pk])})


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm("catalog.change_movie"):
        raise PermissionDenied


def poster_panel(request: HttpRequest, movie: Movie) -> SafeString:
    """The picture as pages show it, and where it can be fetched from."""
    context = {
        "movie": movie,
        "sizes": sorted(movie.poster_sizes),
        "may_fetch": request.user.has_perm("catalog.change_movie"),
    }
    return render_to_string("admin/catalog/posters/panel.html", context, request)


plugs.film_panels.insert(0, poster_panel)
plugs.film_actions.append(fetch_posters)
plugs.film_filters.append(PosterFilter)
