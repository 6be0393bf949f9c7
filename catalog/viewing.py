"""Looking at the site as a visitor sees it: for staff with the right to, with their own eyes only, and read-only.

Whom one looks as stands in the staff member's own session. While it lasts, `request.user` is the visitor, the admin
is closed, every request that could write is refused, and so is every write to the database underneath.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.middleware import get_user  # remembers what it read
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from catalog.models import User

RIGHT = "catalog.view_as_visitor"
LONGEST = 3600  # seconds; a forgotten view ends by itself
_KEY = "viewing_as"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_HOUSEKEEPING = ("django_session", "catalog_searchentry", "catalog_requestcount")  # nothing of the visitor's


@dataclass(frozen=True)
class Viewing:
    """Who looks, and as whom."""

    staff: User
    visitor: User


class ViewAsMiddleware:
    """Shows the site as the visitor sees it, and lets nothing be written meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self._get_response(request)
        # All lazy: a poster or a picture must not read the session for this.
        request.viewing_as = SimpleLazyObject(lambda: viewing(request))  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: _whoever_looks(request))  # type: ignore[assignment]
        if request.path.startswith(reverse("admin:index")) and viewing(request):
            messages.warning(request, _("End the view first: the admin is closed while you look as a visitor."))
            return HttpResponseRedirect(reverse(settings.LOGIN_REDIRECT_URL))
        if request.method not in _SAFE and request.path != reverse("catalog:stop_viewing") and viewing(request):
            return render(request, "catalog/viewing_refused.html", status=403)
        with connection.execute_wrapper(_guard(request)):
            return self._get_response(request)


def may_view_as(staff: Any, visitor: User) -> bool:
    """Staff with the right may look as an active visitor, never as other staff."""
    return bool(_has_right(staff)) and visitor.is_active and not visitor.is_staff and not visitor.is_superuser


def start(request: HttpRequest, visitor: User) -> None:
    """Look as this visitor from now on; it is written into the visitor's history."""
    request.session[_KEY] = {"by": request.user.pk, "who": visitor.pk, "until": time.time() + LONGEST}
    _log(request.user, visitor, _("Began to look at the site as this visitor."))


def stop(request: HttpRequest) -> User | None:
    """Be oneself again; give back the visitor one looked as, if there was one."""
    now = viewing(request)
    if now is None:
        return None
    _forget(request)
    _log(now.staff, now.visitor, _("Stopped looking at the site as this visitor."))
    return now.visitor


def viewing(request: HttpRequest) -> Viewing | None:
    """As whom somebody looks, found out once per request; a view that must not go on ends here."""
    if not hasattr(request, "_viewing"):
        request._viewing = None  # type: ignore[attr-defined]  # what is written from here on is allowed
        request._viewing = _find(request)  # type: ignore[attr-defined]
    found: Viewing | None = request._viewing  # type: ignore[attr-defined]
    return found


def _find(request: HttpRequest) -> Viewing | None:
    kept = request.session.get(_KEY)
    if not kept:
        return None
    staff: Any = get_user(request)
    visitor = User.objects.filter(pk=kept["who"]).first()
    if staff.pk == kept["by"] and visitor is not None and may_view_as(staff, visitor) and time.time() < kept["until"]:
        return Viewing(staff, visitor)
    _forget(request)
    if staff.pk == kept["by"] and visitor is not None:
        _log(staff, visitor, _("The view as this visitor ended by itself."))
    return None


def _forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
    request._viewing = None  # type: ignore[attr-defined]


def _whoever_looks(request: HttpRequest) -> Any:
    now = viewing(request)
    return now.visitor if now else get_user(request)


def _has_right(staff: Any) -> bool:
    return bool(staff.is_authenticated and staff.is_active and staff.is_staff and staff.has_perm(RIGHT))


def _guard(request: HttpRequest) -> Callable[..., Any]:
    """Refuses writes underneath: no page changes anything of a visitor because somebody looked at it."""

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        is_write = sql.lstrip().upper().startswith(_WRITES) and not any(table in sql for table in _HOUSEKEEPING)
        if is_write and viewing(request):
            raise PermissionDenied("A page tried to write while somebody looks as a visitor.")
        return run(sql, params, many, context)

    return execute


def _log(staff: Any, visitor: User, words: str) -> None:
    LogEntry.objects.create(
        user_id=staff.pk,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(visitor.pk),
        object_repr=str(visitor)[:200],
        action_flag=CHANGE,
        change_message=words,
    )
