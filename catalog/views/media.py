"""Serves uploaded pictures: one small machine does it itself; a proxy in front may take the address over."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog.posters.names import never_changes

_A_YEAR = "public, max-age=31536000, immutable"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the media folder; one whose name comes from its content is kept by browsers for good."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    if never_changes(path):
        response["Cache-Control"] = _A_YEAR
    return response
