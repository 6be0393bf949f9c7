"""Bring films from elsewhere: upload, look at what will happen, bring in, choose, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.history import bringing, steps, writing
from catalog.history.forms import ChoiceForm, RuleForm, UploadForm
from catalog.history.rule import Rule
from catalog.history.shelves import plan_of
from catalog.history.shown import outcomes_of, rows_to_show, shelf_rows, skipped_of, written_of
from catalog.history.unpack import too_large
from catalog.history.uploads import Limit, path_of
from catalog.importing.encoding import Unreadable
from catalog.models import HistoryImport, Movie
from catalog.requests import HtmxRequest

PER_PAGE = 50
DOUBTS_PER_PAGE = 10
_MOST_IMPORTS = 50  # of one visitor, shown in the list
_LISTS = ("matched", "waiting")
State = HistoryImport.State


@csrf_exempt  # reading the token would read the whole upload; `_imports` checks it once the limit is set
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Where a file is handed in, and what was brought before."""
    if isinstance(request.user, AnonymousUser):
        return HttpResponseRedirect(f"{reverse('catalog:sign_up')}?{urlencode({'next': request.path})}")
    limit = Limit(request)
    if request.method == "POST":
        request.upload_handlers.insert(0, limit)
    response: HttpResponse = _imports(request, limit)
    return response


@csrf_protect
def _imports(request: HttpRequest, limit: Limit) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and limit.too_large:
        form.errors.clear()  # the file was passed over, but it is not missing
        form.add_error("file", too_large())
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            with path_of(file) as path:
                history = bringing.take_in(path, file.name, request.user)  # type: ignore[arg-type]
        except Unreadable as problem:
            form.add_error("file", str(problem))
        else:
            if history.state == State.MATCHING:
                steps.run(history)
            return redirect("catalog:history", history.pk)
    past = HistoryImport.objects.filter(user=request.user)[:_MOST_IMPORTS]  # type: ignore[misc]
    return render(request, "catalog/history_imports.html", {"form": form, "imports": past})


def _mine(request: HttpRequest, pk: int) -> HistoryImport:
    """An import of whoever asks; those of others do not exist."""
    if isinstance(request.user, AnonymousUser):
        raise Http404
    return get_object_or_404(HistoryImport.objects.select_related("user"), pk=pk, user=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def history(request: HtmxRequest, pk: int) -> HttpResponse:
    """One import: what it will do or has done. Sending the form changes the rule, and perhaps brings the films in."""
    found = _mine(request, pk)
    has_ratings = found.rows.filter(rating__isnull=False).exists()
    form = RuleForm(found, request.POST or None, has_ratings=has_ratings)
    if request.method == "POST":
        if found.state != State.PREVIEW:
            messages.info(request, _("This import is past its preview."))
            return redirect("catalog:history", found.pk)
        if form.is_valid():
            HistoryImport.objects.filter(pk=found.pk, state=State.PREVIEW).update(rule=form.rule().stored())
            if "apply" in request.POST:
                return _apply(request, found)
            if not request.htmx:
                return redirect("catalog:history", found.pk)
            found.refresh_from_db(fields=["rule"])
    template = "catalog/_history_plan.html" if request.htmx else "catalog/history.html"
    return render(request, template, _context(found, form))


def _apply(request: HttpRequest, found: HistoryImport) -> HttpResponse:
    if bringing.begin(found):
        found.refresh_from_db()
        steps.run(found)
        if found.state == State.APPLIED:
            messages.success(request, _("Your films are brought in."))
    else:
        messages.info(request, _("These films are brought in already."))
    return redirect("catalog:history", found.pk)


def _context(found: HistoryImport, form: RuleForm) -> dict[str, Any]:
    context: dict[str, Any] = {
        "history": found,
        "job": steps.job_of(found),
        "is_busy": steps.is_busy(found),
        "outcomes": outcomes_of(found),
        "skipped": skipped_of(found),
    }
    if found.state == State.PREVIEW:
        rule = form.rule() if form.is_bound and form.is_valid() else None
        plan = plan_of(found, rule or Rule.read(found.rule))
        context |= {"form": form, "plan": plan, "shelves": shelf_rows(plan)}
    elif found.state in (State.APPLIED, State.APPLYING):
        context["written"] = written_of(found)
    return context


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Films that could be meant by a row, to choose from; rows without a choice stay for later."""
    found = _mine(request, pk)
    if found.state not in (State.PREVIEW, State.APPLIED):
        return redirect("catalog:history", found.pk)
    rows = found.rows.to_review().order_by("position")
    page = Paginator(rows, DOUBTS_PER_PAGE).get_page(request.GET.get("page"))
    doubts = [(row, ChoiceForm(row, request.POST or None)) for row in page.object_list]
    if request.method == "POST":
        chosen = [(row, form.film) for row, form in doubts if form.is_valid() and form.said]
        films = Movie.objects.listed().in_bulk([pk for _row, pk in chosen if pk])
        bringing.settle(found, [(row, pk) for row, pk in chosen if pk is None or pk in films])
        messages.success(
            request, ngettext("%(count)d choice kept.", "%(count)d choices kept.", len(chosen)) % {"count": len(chosen)}
        )
        left = found.rows.to_review().exists()
        return redirect("catalog:history_review" if left else "catalog:history", found.pk)
    context = _pages(page) | {"history": found, "doubts": rows_to_show(found, [row for row, _form in doubts])}
    return render(request, "catalog/history_review.html", context | {"left": page.paginator.count})


@require_safe
def films(request: HttpRequest, pk: int) -> HttpResponse:
    """The films of an import that were found, or those that wait for the catalogue."""
    found = _mine(request, pk)
    which = request.GET.get("which", "matched")
    if which not in _LISTS:
        return redirect("catalog:history_films", found.pk)
    rows: Any = found.rows.matched() if which == "matched" else found.rows.waiting()
    rows = rows.select_related("movie").prefetch_related("movie__texts").order_by("position")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = _pages(page, which=which) | {
        "history": found,
        "which": which,
        "tabs": [(name, getattr(outcomes_of(found), name)) for name in _LISTS],
        "rows": rows_to_show(found, list(page.object_list)),
    }
    return render(request, "catalog/history_films.html", context)


def _pages(page: Any, **state: str) -> dict[str, Any]:
    def address(number: int) -> str:
        return f"?{urlencode(state | {'page': str(number)})}"

    return {
        "page": page.number,
        "before": address(page.number - 1) if page.has_previous() else "",
        "after": address(page.number + 1) if page.has_next() else "",
    }


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take exactly that away which this import added."""
    found = _mine(request, pk)
    if steps.is_busy(found):
        messages.info(request, _("This import is still running. Cancel it first, or wait until it is done."))
        return redirect("catalog:history", found.pk)
    taken = writing.undo(found)
    if taken is None:
        messages.info(request, _("There is nothing to undo: this import is not brought in."))
    else:
        messages.success(request, _("The import is undone. What you kept before, or changed since, is still there."))
    return redirect("catalog:history", found.pk)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a long import whose job was cancelled or failed."""
    found = _mine(request, pk)
    if found.state in (State.MATCHING, State.APPLYING) and not steps.is_busy(found):
        steps.run(found)
    return redirect("catalog:history", found.pk)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an import with its rows; films that it brought stay, so undo it first to be rid of them."""
    found = _mine(request, pk)
    if steps.is_busy(found):
        messages.info(request, _("This import is still running. Cancel it first, or wait until it is done."))
        return redirect("catalog:history", found.pk)
    with transaction.atomic():
        HistoryImport.objects.select_for_update().filter(pk=found.pk).first()  # before its rows, as whoever writes them
        found.delete()
    messages.success(request, _("The import is forgotten."))
    return redirect("catalog:history_imports")
