"""Too often is too often: counts requests of one visitor and of one network address, and locks guessed passwords out.

Counts go by windows of fixed length. On PostgreSQL they stand in the database, so that all hosts count together. On
SQLite they stand in the cache "limits": each worker has its own unless CACHE_URL names a shared one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from catalog.models import RequestCount
from catalog.network import address_of

SWEEP_EVERY = 60.0  # seconds in which one worker leaves counts that are over in the database

_sweep_at = 0.0

GetResponse = Callable[[HttpRequest], HttpResponse]


class LimitMiddleware:
    """Refuses what settings.RATE_LIMITS calls too often, before the view does any work."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Count the request where its address and method have a limit."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        limit = settings.RATE_LIMITS.get(name)
        method = "GET" if request.method == "HEAD" else request.method
        if limit is None or limit[0] != method:
            return None
        _method, of_visitor, of_address, seconds = limit
        wait = 0
        for most, who in ((of_address, address_of(request)), (of_visitor, _browser(request))):
            if who and _count(f"{name} {method} {who}", seconds) > most:
                wait = max(1, math.ceil(seconds - time.time() % seconds))
        return too_often(request, wait) if wait else None


def _browser(request: HttpRequest) -> str:
    """The session, unreadable; whoever makes up new ones is still counted by address."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return sha256(session.encode()).hexdigest() if session else ""


def _count(what: str, seconds: int) -> int:
    """How often this happened in the present window, this time included."""
    window = int(time.time() // seconds)
    if settings.LIMITS_IN_DATABASE:
        return _count_for_all_hosts(_unreadable(what), (window + 1) * seconds)
    cache = caches["limits"]
    key = _unreadable(f"{what} {window}")
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out in between
        return 1


def _count_for_all_hosts(key: str, until: int) -> int:
    global _sweep_at
    if time.monotonic() > _sweep_at:
        _sweep_at = time.monotonic() + SWEEP_EVERY
        RequestCount.objects.sweep(time.time())
    return RequestCount.objects.once_more(key, until=until)


def _unreadable(what: str) -> str:
    """With the site's secret in it: there are few enough network addresses to try them all."""
    return salted_hmac("catalog.limits", what, algorithm="sha256").hexdigest()


def too_often(request: HttpRequest, wait: int) -> HttpResponse:
    """Says that it was too often, and how long to wait."""
    return _refuse(request, wait)


def locked_out(request: HttpRequest, *_rest: Any) -> HttpResponse:
    """For django-axes: too many wrong passwords for one name from one address."""
    return _refuse(request, int(settings.AXES_COOLOFF_TIME.total_seconds()), guessed=True)


def _refuse(request: HttpRequest, wait: int, *, guessed: bool = False) -> HttpResponse:
    context = {"minutes": math.ceil(wait / 60), "guessed": guessed}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"], response["Cache-Control"] = str(wait), "no-store"
    return response


def guessed_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """For django-axes: the name as it is compared, so that capitals do not make more guesses."""
    name = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(name).replace("\x00", "").strip().lower()[:150]


def somebody(*_who: Any) -> str:
    """For django-axes: nobody's name or address goes to the log."""
    return "somebody"
