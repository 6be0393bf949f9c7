"""Gives each request an id, a line in the log and a place in the metrics."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from health.logs import request_id, route_of

log = logging.getLogger("movierec.requests")

_SANE = re.compile(r"[A-Za-z0-9._-]{4,64}")
_UNSEEN = {"healthz", "readyz", "metrics"}  # asked for every few seconds

GetResponse = Callable[[HttpRequest], HttpResponse]


def watch_requests(get_response: GetResponse) -> GetResponse:
    """Middleware around all others."""
    count: Callable[[str, int], None] | None = None
    if settings.METRICS_TOKEN:
        from health.metrics import count_request as count

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if _SANE.fullmatch(given) else uuid4().hex
        token = request_id.set(name)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = name
            if count is not None:
                count(request.method or "", response.status_code)
            _write(request, response, time.perf_counter() - started)
            return response
        finally:
            request_id.reset(token)

    return middleware


def _write(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """One line: what was asked for, not by whom, nor with which words."""
    match = request.resolver_match
    is_dull = (match is None and response.status_code < 400) or (match is not None and match.url_name in _UNSEEN)
    level = logging.DEBUG if is_dull else logging.INFO
    facts = {
        "method": request.method,
        "route": route_of(request),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    log.log(level, "%(method)s %(route)s %(status)s in %(milliseconds)s ms", facts, extra=facts)
