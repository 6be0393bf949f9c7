"""Accounts, demo profiles and what visitors keep, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.forms import NewVisitorForm, VisitorForm, VisitorPasswordForm
from catalog.admin.lists import FastList, count_of
from catalog.models import Like, Mark, User


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
