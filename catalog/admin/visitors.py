"""Accounts, demo profiles and what visitors keep, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from catalog import viewing
from catalog.admin.forms import NewVisitorForm, VisitorForm, VisitorPasswordForm
from catalog.admin.lists import FastList, count_of
from catalog.models import Like, Mark, User

_RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _may_touch(request: HttpRequest, account: User | None) -> bool:
    """Accounts of staff are changed by superusers only, or by nobody."""
    if account is None or request.user.is_superuser:
        return True
    return not account.is_staff and not account.is_superuser


@admin.register(User)
class VisitorAdmin(FastList, UserAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """Visitors, staff and demo profiles."""

    form = VisitorForm
    add_form = NewVisitorForm
    change_password_form = VisitorPasswordForm
    list_display = (
        "username",
        "display_name",
        "email",
        "like_count",
        "is_demo",
        "is_staff",
        "is_active",
        "date_joined",
    )
    list_filter = ("is_demo", "is_staff", "is_superuser", "is_active")
    search_fields = ("username", "display_name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "is_demo")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "display_name", "is_demo", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(n_likes=count_of(Like, "user"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.view_as)
        return [path("<int:pk>/view-as/", view, name="catalog_user_view_as"), *super().get_urls()]

    def view_as(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin to look at the site as a visitor."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(viewing.RIGHT):
            raise PermissionDenied
        visitor = get_object_or_404(User, pk=pk)
        if not viewing.may_view_as(request.user, visitor):
            messages.error(request, _("You may look as an active visitor only, never as somebody of the staff."))
            return redirect("admin:catalog_user_change", pk)
        viewing.start(request, visitor)
        return redirect("recommender:home")

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        visitor = kwargs.get("obj")
        context["may_view_as"] = visitor is not None and viewing.may_view_as(request.user, visitor)
        return super().render_change_form(request, context, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only superusers hand out rights; others could hand them to themselves."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *_RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    @admin.display(description=_("likes"), ordering="n_likes")
    def like_count(self, user: Any) -> int:
        """How many films a visitor likes."""
        return int(user.n_likes)


class KeptAdmin(FastList):
    """Films that visitors keep, newest first."""

    autocomplete_fields = ("user", "movie")
    list_select_related = ("user", "movie")
    search_fields = ("user__username", "user__display_name", "movie__title")
    ordering = ("-pk",)


@admin.register(Like)
class LikeAdmin(KeptAdmin):
    """Likes."""

    list_display = ("user", "movie", "created_at")


@admin.register(Mark)
class MarkAdmin(KeptAdmin):
    """Films seen, wanted or not wanted."""

    list_display = ("user", "movie", "kind", "created_at")
    list_filter = ("kind",)
