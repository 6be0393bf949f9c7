"""The second way to search: PostgreSQL finds the nearest films with pgvector, and workers hold no vectors.

`server` says what the database needs, `table` keeps the vectors, `films` asks for a part of them at a time.
"""

from __future__ import annotations

from django.conf import settings

MEMORY, PGVECTOR = "memory", "pgvector"
CANDIDATES = 300  # films that are ranked exactly, of those that the database says are nearest


def is_chosen() -> bool:
    """Whether the operator wants the database to search."""
    return bool(settings.VECTOR_SEARCH == PGVECTOR)
