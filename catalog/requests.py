"""What a request is on this site: Django's, with what htmx says about it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that went through the htmx middleware."""

    htmx: HtmxDetails
