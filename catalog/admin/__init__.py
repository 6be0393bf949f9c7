"""The curators' workplace: films, names, visitors and what they keep, in Django's own admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.admin import films, history, imports, names, posters, visitors

__all__ = ["films", "history", "imports", "names", "posters", "visitors"]

admin.site.site_header = "MovieRec"
admin.site.site_title = "MovieRec"
admin.site.index_title = _("What would you like to look after?")
