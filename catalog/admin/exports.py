"""Films as a file from the admin: the whole catalogue, or the list as it is filtered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.exporting import FORMATS, export
from catalog.models import CatalogueImport, Movie

_OF_PAGES = ("p", "o", "all")  # what the list adds to its address without narrowing it


@require_safe
def export_page(request: HttpRequest) -> HttpResponse:
    """Which films, and as what; the address carries the filters of the list."""
    films = _films(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Export films"),
        "opts": CatalogueImport._meta,
        "is_filtered": _is_filtered(request),
        "count": films.order_by().count(),
        "query": request.GET.urlencode(),
        "formats": list(FORMATS),
    }
    return TemplateResponse(request, "admin/catalog/catalogueimport/export.html", context)


@require_safe
def download(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The file, sent while it is written, so that a catalogue of any size needs no memory."""
    if kind not in FORMATS:
        raise Http404
    name = f"films-{timezone.localdate():%Y-%m-%d}.{kind}"
    pieces = export(_films(request), kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(pieces, content_type=FORMATS[kind], headers=headers)


def _films(request: HttpRequest) -> QuerySet[Movie]:
    """The films that the list would show with this address."""
    if not request.user.has_perm("catalog.view_movie"):
        raise PermissionDenied
    if not _is_filtered(request):
        return Movie.objects.all()
    films: Any = admin.site.get_model_admin(Movie)
    try:
        found: QuerySet[Movie] = films.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters as problem:
        raise Http404 from problem
    return found


def _is_filtered(request: HttpRequest) -> bool:
    return any(value for name, value in request.GET.items() if name not in _OF_PAGES)
