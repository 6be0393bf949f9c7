"""Take everything that is yours along: as JSON for a MovieRec site, as CSV for Letterboxd."""

from __future__ import annotations

import io
import zipfile

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.history import export_csv
from catalog.history.export import document


@require_safe
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """What can be taken along."""
    return render(request, "registration/export.html")


@require_safe
@login_required
@never_cache
def everything(request: HttpRequest) -> HttpResponseBase:
    """The whole account as one JSON document, sent while it is read."""
    if getattr(request, "viewing_as", None):
        return render(request, "catalog/viewing_refused.html", status=403)
    response = StreamingHttpResponse(document(request.user), content_type="application/json")  # type: ignore[arg-type]
    response["Content-Disposition"] = f'attachment; filename="movierec-{_today()}.json"'
    return response


@require_safe
@login_required
@never_cache
def letterboxd(request: HttpRequest, part: str) -> HttpResponse:
    """Liked and seen films, or the watchlist: one CSV, or a ZIP of several where Letterboxd would refuse one."""
    if part not in export_csv.PARTS:
        raise Http404
    if getattr(request, "viewing_as", None):  # staff may look at the site as somebody, not carry their data away
        return render(request, "catalog/viewing_refused.html", status=403)
    files = export_csv.parts(request.user, part)  # type: ignore[arg-type]
    name = f"movierec-{part}-{_today()}"
    if len(files) == 1:
        response = HttpResponse(files[0], content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(files, 1):
            archive.writestr(f"{name}-{number}.csv", content)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def _today() -> str:
    return timezone.localdate().isoformat()
