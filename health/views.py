"""The addresses for monitoring: alive, ready, metrics."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from health import readiness


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything that recommendations need is there, else 503 with the reasons."""
    reasons = readiness.reasons()
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for whoever knows the token; without METRICS_TOKEN there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(given, settings.METRICS_TOKEN):
        words = _("Send the header: Authorization: Bearer METRICS_TOKEN")
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    from health.metrics import CONTENT_TYPE, as_text

    return HttpResponse(as_text(), content_type=CONTENT_TYPE)
