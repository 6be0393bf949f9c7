"""Stop looking as a visitor."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog import viewing


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """One press, and one is oneself again."""
    visitor = viewing.stop(request) if hasattr(request, "viewing_as") else None
    if visitor is None:
        return redirect("recommender:home")
    messages.success(request, _("You look with your own eyes again."))
    return redirect("admin:catalog_user_change", visitor.pk)
