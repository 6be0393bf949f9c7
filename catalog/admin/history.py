"""Who changed what, newest first: the history of all that somebody may see, to read and never to write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.admin.lists import FastList


@admin.register(LogEntry)
class HistoryAdmin(FastList):
    """Changes of films, names and accounts, those of actions on many films and of merges, too."""

    list_display = ("action_time", "user", "content_type", "thing", "words")
    list_display_links = None
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag", "action_time")
    search_fields = ("object_repr", "user__username")
    search_help_text = _("names of films, people and accounts, and who changed them")
    ordering = ("-action_time", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        entries = super().get_queryset(request)
        if request.user.is_superuser:
            return entries
        return entries.filter(content_type__in=[kind.pk for kind in _kinds_seen_by(request)])

    @admin.display(description=_("what"), ordering="object_repr")
    def thing(self, entry: LogEntry) -> str | SafeString:
        """A link to what was changed, if it is still there to be opened."""
        address = None if entry.is_deletion() else entry.get_admin_url()
        return format_html('<a href="{}">{}</a>', address, entry.object_repr) if address else entry.object_repr

    @admin.display(description=_("change"))
    def words(self, entry: LogEntry) -> str:
        """What was done, in words."""
        return entry.get_change_message() or str(entry.get_action_flag_display())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _kinds_seen_by(request: HttpRequest) -> list[ContentType]:
    """Kinds of things whose pages somebody may open; what they may not see has no history for them, either."""
    found = ContentType.objects.get_for_models(*(model for model in admin.site._registry)).items()
    return [kind for model, kind in found if admin.site._registry[model].has_view_permission(request)]
