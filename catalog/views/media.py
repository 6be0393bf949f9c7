"""Serves uploaded pictures, from a folder or another storage; a proxy in front may take the address over."""

from __future__ import annotations

from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog.posters.names import never_changes

# What is shown in place. Whatever else should lie in the folder one day is handed out as bytes to keep, never run.
_PICTURES = {"image/webp", "image/jpeg", "image/png"}
_A_YEAR = "public, max-age=31536000, immutable"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the media folder; one whose name comes from its content is kept by browsers for good."""
    try:
        response = (
            _from_folder(request, path) if isinstance(default_storage, FileSystemStorage) else _from_storage(path)
        )
    except (OSError, ValueError) as problem:  # a name that no file can have
        raise Http404 from problem
    if response.headers.get("Content-Type") not in _PICTURES and response.status_code == 200:
        response["Content-Type"] = "application/octet-stream"
        response["Content-Disposition"] = "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if never_changes(path):
        response["Cache-Control"] = _A_YEAR
    return response


def _from_folder(request: HttpRequest, path: str) -> HttpResponseBase:
    return serve(request, path, document_root=default_storage.path(""))


def _from_storage(path: str) -> HttpResponseBase:
    """A poster from wherever the storage keeps it; nothing else of a bucket that others may use, too."""
    if not never_changes(path):
        raise Http404
    return FileResponse(default_storage.open(path), filename=path, content_type="image/webp")
