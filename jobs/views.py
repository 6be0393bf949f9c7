"""Watch a job, cancel it, start it again: for whoever started it, and for staff who may see jobs."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobs import work
from jobs.models import Job


@require_safe
@login_required
@never_cache
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: how far it is, what it says, what came of it."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return render(request, "jobs/job.html", {"job": found, "watching_only": not _may_act(request, found)})


@require_safe
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes while a job runs; once there is no more to watch, the page around it is loaded anew."""
    if not request.user.is_authenticated:
        return HttpResponse(headers={"HX-Refresh": "true"})
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    page = request.htmx.current_url_abs_path or reverse("jobs:job", args=[pk])  # type: ignore[attr-defined]
    context = {"job": found, "page": page, "watching_only": not _may_act(request, found)}
    response = render(request, "jobs/_progress.html", context)
    if found.is_finished:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job."""
    found = _job_to_act_on(request, pk)
    if not work.cancel(found):
        messages.info(request, _("It is finished already."))
    elif found.is_finished:
        messages.success(request, _("“%(job)s” is cancelled.") % {"job": found})
    else:
        messages.success(request, _("“%(job)s” stops in a moment.") % {"job": found})
    return _back(request, found)


@require_POST
@login_required
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a job again that failed or was cancelled."""
    found = _job_to_act_on(request, pk)
    if not work.may_retry(found, request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    if not work.retry(found):
        messages.info(request, _("Only a job that failed or was cancelled can run again."))
    return _back(request, found)


def _may_act(request: HttpRequest, job: Job) -> bool:
    user = request.user
    return job.started_by_id == user.pk or (user.is_staff and user.has_perm("jobs.change_job"))


def _job_to_act_on(request: HttpRequest, pk: int) -> Job:
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if not _may_act(request, found):
        raise PermissionDenied
    return found


def _back(request: HttpRequest, job: Job) -> HttpResponse:
    """To the page that the button was on."""
    page = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(page if known else reverse("jobs:job", args=[job.pk]))
