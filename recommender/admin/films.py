"""What the recommender adds to the films' admin: filters and numbers about vectors, and computing them anew."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import roles
from catalog.admin import plugs
from catalog.admin.health import address_of
from catalog.models import Movie
from jobs.work import start
from recommender.jobs import REFRESH
from recommender.ml.artifacts import ArtifactError
from recommender.models import Embedding, ModelVersion
from recommender.pgvector import table
from recommender.vectors import embed, encoder_of

AT_ONCE = 500  # films encoded while the curator waits: a second or two
_MOST = 100_000


class VectorFilter(admin.SimpleListFilter):
    """Films by the state of their vector under the active model."""

    title = gettext_lazy("vector")
    parameter_name = "vector"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            ("missing", gettext_lazy("none")),
            ("stale", gettext_lazy("stale")),
            ("fresh", gettext_lazy("up to date")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = conditions(ModelVersion.objects.active()).get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


def conditions(version: ModelVersion | None) -> dict[str, Any]:
    """What the states mean. Stale: the film was changed after its vector was computed, or computing it failed."""
    vectors = Embedding.objects.filter(version=version, movie=OuterRef("pk"))
    stale = Exists(vectors.filter(Q(updated_at__lt=OuterRef("updated_at")) | Q(fingerprint="")))
    return {"missing": ~Exists(vectors), "stale": stale, "fresh": Exists(vectors) & ~stale}


@admin.action(description=gettext_lazy("Compute vectors anew"), permissions=["change"])
def compute_vectors(
    modeladmin: admin.ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Movie]
) -> HttpResponse | None:
    """Encode a few films at once; for many, mark their vectors as stale and let a job compute them."""
    version = ModelVersion.objects.active()
    if version is None:
        modeladmin.message_user(request, _("No model is active. Train one first."), messages.ERROR)
        return None
    ids = list(queryset.order_by().values_list("pk", flat=True)[:_MOST])
    if len(ids) > AT_ONCE:
        return _as_a_job(request, version, ids)
    try:
        embed(ids, version)
        table.follow(version)
    except ArtifactError as problem:
        modeladmin.message_user(request, str(problem), messages.ERROR)
        return None
    changed = [{"changed": {"fields": ["Vector"]}}]
    LogEntry.objects.log_actions(request.user.pk or 0, Movie.objects.filter(pk__in=ids), CHANGE, change_message=changed)
    words = ngettext("%(count)d vector is computed anew.", "%(count)d vectors are computed anew.", len(ids))
    modeladmin.message_user(request, words % {"count": len(ids)}, messages.SUCCESS)
    return None


def _as_a_job(request: HttpRequest, version: ModelVersion, ids: list[int]) -> HttpResponse:
    for at in range(0, len(ids), AT_ONCE):
        Embedding.objects.of(version).filter(movie__in=ids[at : at + AT_ONCE]).update(fingerprint="")
    job = start(REFRESH, by=request.user)  # type: ignore[arg-type]  # the admin lets nobody else in
    return HttpResponseRedirect(reverse("jobs:job", args=[job.pk]))


def vectors_in_numbers() -> plugs.Section:
    """The part of the health page about vectors."""
    version = ModelVersion.objects.active()
    if version is None:
        return plugs.Section(_("Vectors"), [], _("No model is active, so films are ranked by likes alone."))
    asked = conditions(version)
    labels = {"missing": _("films without a vector"), "stale": _("films with a stale vector")}
    figures = [
        plugs.Figure(label, Movie.objects.filter(asked[state]).count(), address_of("movie", vector=state))
        for state, label in labels.items()
    ]
    words = _("Under the active model %(version)s.") % {"version": version}
    try:
        encoder_of(version)
    except ArtifactError as problem:
        words = _(
            "The active model's files are damaged, so typed requests are answered by their words alone. %(problem)s"
        )
        words = words % {"problem": problem}
    return plugs.Section(_("Vectors"), figures, words)


plugs.film_filters.append(VectorFilter)
plugs.film_actions.append(compute_vectors)
plugs.health_sections.append(vectors_in_numbers)
roles.RIGHTS["recommender"] = {"embedding": ("change",)}  # whoever may let vectors be computed may start that job again
