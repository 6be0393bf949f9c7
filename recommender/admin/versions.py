"""Model versions in the admin: what each learned from and how well, which one serves, and going forward or back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from jobs.admin import address_of, workers_context
from jobs.models import Job
from jobs.work import start
from recommender.admin.figures import curves_of, quality_of, settings_of
from recommender.jobs import ACTIVATE, REFRESH, TRAIN
from recommender.models import ModelVersion
from recommender.pipeline import what_is_worse

TEMPLATES = "admin/recommender/modelversion"


class TrainForm(forms.Form):
    """How a training should go; empty fields leave it to the model."""

    epochs = forms.IntegerField(
        label=gettext_lazy("Epochs"), min_value=1, max_value=1000, required=False, help_text=gettext_lazy("at most")
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"),
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text=gettext_lazy("start of the random numbers; the same data and seed give the same model"),
    )
    activate = forms.BooleanField(
        label=gettext_lazy("Let it serve the site afterwards, unless it is worse"), required=False, initial=True
    )


class ActivateForm(forms.Form):
    """Confirms a switch; one for the worse has to be wanted."""

    force = forms.BooleanField(label=gettext_lazy("Activate it all the same"), required=False)

    def __init__(self, *args: Any, worse: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.worse = worse
        if not worse:
            del self.fields["force"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.worse and not self.cleaned_data.get("force"):
            raise forms.ValidationError(_("It is not activated, because it would make the site worse."))
        return cleaned


@admin.register(ModelVersion)
class ModelVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """Versions are made by training and removed by `manage.py prune`; here they are looked at and chosen."""

    list_display = ("name", "is_active", "created_at", "films", "likes", "minutes", "ours", "popularity")
    search_fields = ("name",)
    actions = None
    actions_on_bottom = True  # without any, Django would write a style into the page, which the policy forbids

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("minutes"), ordering="seconds")
    def minutes(self, version: ModelVersion) -> str:
        """How long its training took."""
        return f"{version.seconds / 60:.1f}"

    @admin.display(description=gettext_lazy("NDCG@100"))
    def ours(self, version: ModelVersion) -> str:
        """How well it ranks for visitors it never saw."""
        return _figure(version, "vae")

    @admin.display(description=gettext_lazy("popularity’s"))
    def popularity(self, version: ModelVersion) -> str:
        """How well popularity alone does that."""
        return _figure(version, "popularity")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        ours = [
            path("train/", guard(self.train_view), name="recommender_modelversion_train"),
            path("refresh/", guard(require_POST(self.refresh_view)), name="recommender_modelversion_refresh"),
            path("<int:pk>/activate/", guard(self.activate_view), name="recommender_modelversion_activate"),
        ]
        return [*ours, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {**(extra_context or {}), **_rights(request), "running": list(_unfinished()), **workers_context()}
        return super().changelist_view(request, more)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        more = {**(extra_context or {}), **_rights(request)}
        if version is not None:
            more |= {
                "version": version,
                "quality": quality_of(version),
                "curves": curves_of(version),
                "settings": settings_of(version),
            }
        return super().change_view(request, object_id, form_url, more)

    def train_view(self, request: HttpRequest) -> HttpResponse:
        """Start a training, unless one is on its way."""
        if not request.user.has_perm("recommender.add_modelversion"):
            raise PermissionDenied
        if (job := _unfinished().filter(kind=TRAIN).first()) is not None:
            messages.info(request, _("A training is on its way already."))
            return HttpResponseRedirect(address_of(job, request))
        form = TrainForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._started(request, TRAIN, **form.cleaned_data)
        return self._page(request, "train.html", _("Train a model"), {"form": form, **workers_context()})

    def refresh_view(self, request: HttpRequest) -> HttpResponse:
        """Compute the vectors that are missing or stale under the active version."""
        if not request.user.has_perm("recommender.change_embedding"):
            raise PermissionDenied
        return self._started(request, REFRESH)

    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask whether this version should serve, with the reason why it should not; then let it."""
        if not request.user.has_perm("recommender.change_modelversion"):
            raise PermissionDenied
        version = get_object_or_404(ModelVersion, pk=pk)
        active = ModelVersion.objects.active()
        if version == active:
            messages.info(request, _("%(version)s serves the site already.") % {"version": version})
            return HttpResponseRedirect(reverse("admin:recommender_modelversion_change", args=[pk]))
        form = ActivateForm(request.POST if request.method == "POST" else None, worse=what_is_worse(version, active))
        if form.is_valid():
            self.log_change(request, version, [{"changed": {"fields": [str(_("active"))]}}])
            title = _("Activating %(version)s") % {"version": version}
            force = form.cleaned_data.get("force", False)
            return self._started(request, ACTIVATE, title=title, version=version.name, force=force)
        is_back = active is not None and version.created_at < active.created_at
        title = _("Go back to %(version)s") if is_back else _("Activate %(version)s")
        context = {"form": form, "version": version, "active": active, **workers_context()}
        return self._page(request, "activate.html", title % {"version": version}, context)

    def _started(self, request: HttpRequest, kind: str, **arguments: Any) -> HttpResponse:
        job = start(kind, by=request.user, **arguments)  # type: ignore[arg-type]  # the admin lets nobody else in
        return HttpResponseRedirect(address_of(job, request))

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"{TEMPLATES}/{template}", {**shared, **context})


def _figure(version: ModelVersion, system: str) -> str:
    found = version.quality("warm", system)
    return f"{found['mean']:.3f}" if found else "–"


def _unfinished() -> Any:
    return Job.objects.unfinished().filter(kind__in=[TRAIN, REFRESH, ACTIVATE])


def _rights(request: HttpRequest) -> dict[str, bool]:
    user = request.user
    return {
        "may_train": user.has_perm("recommender.add_modelversion"),
        "may_activate": user.has_perm("recommender.change_modelversion"),
        "may_refresh": user.has_perm("recommender.change_embedding"),
    }
