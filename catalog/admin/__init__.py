"""The curators' workplace: films, names, visitors and what they keep, in Django's own admin."""

from catalog.admin import films, history, imports, names, posters, visitors

__all__ = ["films", "history", "imports", "names", "posters", "visitors"]
