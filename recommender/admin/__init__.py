"""The recommender in the admin: what it tells about films, and its model versions."""

from recommender.admin import films, panel, versions

__all__ = ["films", "panel", "versions"]
