"""The admin site: Django's own, which refuses one nonsense more."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class Site(admin.AdminSite):
    """Django refuses unknown fields in the address; over a field without a name it breaks."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        early = getattr(view, "csrf_exempt", False)  # it looks at the size before anybody may read the body

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "" in (request.GET.get(TO_FIELD_VAR), None if early else request.POST.get(TO_FIELD_VAR)):
                raise BadRequest("The field has no name.")
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        return super().admin_view(guarded, cacheable)


class Config(AdminConfig):
    """Puts this site in the place of Django's."""

    default_site = "movierec_site.admin_site.Site"
