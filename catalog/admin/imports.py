"""Imports of films in the admin: upload a file, look at what it would change, apply it, take it back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from catalog.admin import plugs
from catalog.admin.exports import download, export_page
from catalog.admin.import_rows import shown
from catalog.admin.lists import FastList
from catalog.admin.posters import fetch_for_import, fetchable_of
from catalog.importing import FORMATS, steps
from catalog.importing.record import discard, prune_previews
from catalog.models import CatalogueImport, ImportRow
from jobs.work import JobError

LARGEST_FILE = 64 << 20  # bytes; what is longer goes through the command, which needs no upload
_ENVELOPE = 1 << 16  # what a form adds around its file
_PER_PAGE = 50
_NOT_FILMS = {"movielens-ratings"}
_PAGES = "admin/catalog/catalogueimport"


class UploadForm(forms.Form):
    """A file of films, and what it is if its headers do not tell."""

    file = forms.FileField(label=gettext_lazy("File"), max_length=200)
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        choices=[
            ("", gettext_lazy("found from its headers")),
            *((name, name) for name in FORMATS if name not in _NOT_FILMS),
        ],
    )


@admin.register(CatalogueImport)
class CatalogueImportAdmin(FastList):
    """Every file that came, what became of it, and the way back."""

    list_display = ("file_name", "state", "n_new", "n_changed", "n_rejected", "n_kept", "started_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("started_by",)
    search_fields = ("file_name",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return CatalogueImport.objects.seen_by(request.user)  # type: ignore[arg-type]  # nobody anonymous comes here

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(
            ["catalog.add_catalogueimport", "catalog.add_movie", "catalog.change_movie"],
        )

    def has_undo_permission(self, request: HttpRequest) -> bool:
        """Undoing deletes films, so it takes the right to do that."""
        return request.user.has_perms(
            ["catalog.change_catalogueimport", "catalog.change_movie", "catalog.delete_movie"]
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/apply/", view(self.apply), name="catalog_catalogueimport_apply"),
            path("<int:pk>/discard/", view(self.discard), name="catalog_catalogueimport_discard"),
            path("<int:pk>/undo/", view(self.undo), name="catalog_catalogueimport_undo"),
            path("<int:pk>/posters/", view(fetch_for_import), name="catalog_catalogueimport_posters"),
            path("export/", view(export_page), name="catalog_export"),
            path("export/<slug:kind>/", view(download), name="catalog_export_download"),
        ]
        return own + super().get_urls()

    @method_decorator(csrf_exempt)  # looked at below, once the size is known: checking it reads the whole body
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file. One that is too large is refused before it is read."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if _announced_size(request) > LARGEST_FILE + _ENVELOPE:
            _drain(request)
            form = UploadForm()
            form.errors["file"] = form.error_class([_too_large()])
            return self._page(request, "upload.html", _("Import films"), status=413, form=form)
        checked: HttpResponse = csrf_protect(self._upload)(request)
        return checked

    def _upload(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            upload: UploadedFile[Any] = form.cleaned_data["file"]
            if (upload.size or 0) <= LARGEST_FILE:
                return self._checked(request, upload, form.cleaned_data["format"])
            form.add_error("file", _too_large())
        return self._page(request, "upload.html", _("Import films"), form=form)

    def _checked(self, request: HttpRequest, upload: UploadedFile[Any], kind: str) -> HttpResponse:
        prune_previews()
        found = CatalogueImport(file_name=(upload.name or "")[-200:], format_asked=kind, started_by=request.user)  # type: ignore[misc]
        found.file.save(uuid4().hex, upload)
        steps.begin(found, "check", by=request.user)  # type: ignore[arg-type]
        return self._to(found)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One import, row by row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405)
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            raise Http404
        found = self._found(request, int(object_id))
        job = steps.catch_up(found)
        job_runs = job is not None and not job.is_finished
        kind = request.GET.get("kind", "")
        page = _page_of(found, kind, request.GET.get("p", "1"))
        return self._page(
            request,
            "import.html",
            found.file_name,
            found=found,
            job=job if job_runs else None,
            kinds=_kinds(found),
            kind=kind,
            page=page,
            rows=[*map(shown, page)],
            may_apply=self.has_add_permission(request) and found.started_by == request.user and bool(found.file),
            to_fetch=0 if found.is_preview or job_runs else fetchable_of(found).count(),
            may_undo=self.has_undo_permission(request) and found.is_undoable,
        )

    @method_decorator(require_POST)
    def apply(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write what the preview shows; of two presses one does."""
        found = self._own(request, pk)
        try:
            if not found.file or not steps.begin(found, "apply", by=request.user):  # type: ignore[arg-type]
                messages.warning(request, _("This import was applied or changed already."))
        except JobError as problem:
            messages.error(request, str(problem))
        return self._to(found)

    @method_decorator(require_POST)
    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget a preview."""
        found = self._own(request, pk)
        if not found.is_preview:
            messages.warning(request, _("This import was applied or changed already."))
            return self._to(found)
        discard(found)
        messages.success(request, _("The file is discarded. Nothing was changed."))
        return HttpResponseRedirect(reverse("admin:catalog_catalogueimport_changelist"))

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first, then take the whole import back."""
        if not self.has_undo_permission(request):
            raise PermissionDenied
        found = self._found(request, pk)
        if not found.is_undoable:
            messages.warning(request, _("There is nothing to undo."))
            return self._to(found)
        if request.method != "POST":
            return self._page(request, "undo.html", _("Undo this import"), found=found)
        if not steps.begin(found, "undo", by=request.user):  # type: ignore[arg-type]
            messages.warning(request, _("There is nothing to undo."))
        return self._to(found)

    def _found(self, request: HttpRequest, pk: int) -> CatalogueImport:
        found: CatalogueImport = get_object_or_404(self.get_queryset(request), pk=pk)
        return found

    def _own(self, request: HttpRequest, pk: int) -> CatalogueImport:
        """An import to decide about: whoever uploaded it does."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        found = self._found(request, pk)
        if found.started_by != request.user:
            raise PermissionDenied
        return found

    def _to(self, found: CatalogueImport) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:catalog_catalogueimport_change", args=[found.pk]))

    def _page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        known = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "largest": LARGEST_FILE}
        return TemplateResponse(request, f"{_PAGES}/{template}", {**known, **context}, status=status)


def _kinds(found: CatalogueImport) -> list[tuple[str, Any, int]]:
    """The filters above the rows: (name, label, count)."""
    plural = {field.name: field.verbose_name for field in CatalogueImport._meta.fields}  # a kind names one row
    kinds = [(str(kind), plural[f"n_{kind}"], getattr(found, f"n_{kind}")) for kind in ImportRow.Kind]
    kept = [("kept", _("kept when undone"), found.n_kept)] if found.n_kept else []
    return [("", _("all"), found.total), *kinds, *kept]


def _page_of(found: CatalogueImport, kind: str, number: str) -> Page[ImportRow]:
    rows = found.rows.order_by("line").select_related("movie")
    if kind == "kept":
        rows = rows.filter(fate=ImportRow.Fate.KEPT)
    elif kind in ImportRow.Kind.values:
        rows = rows.filter(kind=kind)
    return Paginator(rows, _PER_PAGE).get_page(number)


def _announced_size(request: HttpRequest) -> int:
    """How long the request says it is; the server never reads more than that."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def _drain(request: HttpRequest) -> None:
    """Throw away what is coming, so that the browser shows our answer instead of a broken connection."""
    left = min(_announced_size(request), 4 * LARGEST_FILE)
    while left > 0 and (piece := request.read(min(left, 1 << 16))):
        left -= len(piece)


def _too_large() -> str:
    words = _("The file is too large; %(size)s is the most. Longer ones go through manage.py import_movies.")
    return words % {"size": filesizeformat(LARGEST_FILE)}


plugs.film_tools += [
    plugs.Tool(gettext_lazy("Import"), "admin:catalog_catalogueimport_add", "catalog.add_catalogueimport"),
    plugs.Tool(gettext_lazy("Export"), "admin:catalog_export", keeps_filters=True),
]
