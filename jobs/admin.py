"""Jobs in the admin: what runs, what ran, who started it, and the buttons to stop it or start it again."""

from __future__ import annotations

from typing import Any

import django_tasks_db.admin  # noqa: F401  (registers its list, for the next lines to take away)
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from jobs.kinds import kinds
from jobs.models import Job, Worker
from jobs.work import may_retry

# Every task is a job, whose page says more.
admin.site.unregister(DBTaskResult)


class KindFilter(admin.SimpleListFilter):
    """Jobs of one kind, under the name that people know."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(kind.name, kind.title) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """Nothing here is typed in: jobs are started elsewhere, watched, stopped and started again."""

    list_display = ("title", "progress", "started_by", "created_at", "took")
    list_filter = ("state", KindFilter)
    list_select_related = ("started_by",)
    search_fields = ("title", "started_by__username")
    actions = None
    actions_on_bottom = True  # without any, Django would write a style into the page, which the policy forbids
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_finished)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("log", "result", "arguments")

    @admin.display(description=_("state"), ordering="state")
    def progress(self, job: Job) -> str:
        """Its state in words."""
        return job.words

    @admin.display(description=_("took"))
    def took(self, job: Job) -> str:
        """How long it ran, or runs by now."""
        if job.started_at is None:
            return ""
        return timesince(job.started_at, job.finished_at or timezone.now())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), **workers_context()})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        more = {**(extra_context or {}), **workers_context()}
        if job is not None:
            user: Any = request.user
            mine = job.started_by_id == user.pk or user.has_perm("jobs.change_job")
            again = mine and job.can_be_retried and may_retry(job, user)
            more |= {"job": job, "watching_only": not mine, "may_retry": again}
        return super().change_view(request, object_id, form_url, more)


def workers_context() -> dict[str, Any]:
    """Whether somebody is there to run jobs."""
    return {"no_worker": not Worker.objects.alive().exists()}


def address_of(job: Job, request: HttpRequest) -> str:
    """The page where somebody watches a job: in the admin, or their own."""
    if request.user.has_perm("jobs.view_job"):
        return reverse("admin:jobs_job_change", args=[job.pk])
    return reverse("jobs:job", args=[job.pk])
