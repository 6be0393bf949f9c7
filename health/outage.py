"""What visitors see while the database or the disk is away: one quiet page, whatever failed and wherever."""

from __future__ import annotations

import logging
import sys
import time

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from recommender.operations.diagnosis import explained

log = logging.getLogger(__name__)

AGAIN = 10  # seconds after which asking again is worth it
_SAY_AGAIN = 30.0  # seconds between two lines of the log about the same trouble

_said: dict[str, float] = {}


def failed(request: HttpRequest) -> HttpResponse:
    """The handler of every exception that nothing else caught: an outage is 503, a mistake of ours stays 500."""
    problem = sys.exc_info()[1]
    if problem is None or not _is_outage(problem):
        return server_error(request)
    return _unavailable(request)


def _is_outage(problem: BaseException) -> bool:
    """Whether what failed is the database or the disk; the log then says so, once in a while."""
    words = explained(problem)
    # DatabaseError itself is what SQLite raises for a damaged file.
    away = isinstance(problem, OperationalError | InterfaceError) or type(problem) is DatabaseError
    if words is not None:
        _say(words)
    elif away:
        log.error("The database failed for an unknown reason", exc_info=problem)
    return away or words is not None


def _say(words: str) -> None:
    """Hundreds of visitors may see the same trouble; the log needs it once."""
    now = time.monotonic()
    if now - _said.get(words, -_SAY_AGAIN) >= _SAY_AGAIN:
        _said[words] = now
        log.error("%s", words)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """A page for people, one sentence for a script that swaps a part of one, JSON for programs."""
    if request.method in {"GET", "HEAD"}:
        words = _("The site cannot look anything up at the moment. Nothing is lost; try again in a moment.")
    else:
        words = _(
            "The site cannot save anything at the moment. What you just did was not saved; try again in a moment."
        )
    if request.headers.get("HX-Request"):
        response = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    elif not request.accepts("text/html"):
        response = JsonResponse({"error": words}, status=503)
    else:
        response = HttpResponse(loader.render_to_string("503.html", {"words": words}), status=503)
    response["Retry-After"], response["Cache-Control"] = str(AGAIN), "no-store"
    return response
