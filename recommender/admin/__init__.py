"""The recommender in the admin: what it tells about films."""

from recommender.admin import films, panel

__all__ = ["films", "panel"]
