"""The curators' workplace: films, names, visitors and what they keep, in Django's own admin."""

from catalog.admin import films, history, names, visitors

__all__ = ["films", "history", "names", "visitors"]
