"""System checks: what an operator should know before visitors find out."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from recommender import pgvector
from recommender.models import ModelVersion
from recommender.pgvector import server, table


@register(Tags.database)
def a_model_is_active(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """No model is a normal state of a new site; pages then rank by popularity."""
    if not databases:
        return []
    try:
        version = ModelVersion.objects.active()
    except DatabaseError:
        return []  # not migrated yet: Django says so itself
    if version is None:
        return [
            Warning(
                "No trained model is active, so films are ranked by popularity.",
                hint="Run: manage.py train_vae",
                id="recommender.W001",
            )
        ]
    if not version.folder.is_dir() and not version.pieces.exists():
        return [
            Warning(
                f"The files of the active model {version.name} are not in {settings.MODELS_DIR.name}/.",
                hint="Put the folder back, activate another version (manage.py models), or run: manage.py train_vae",
                id="recommender.W002",
            )
        ]
    return []


@register()
def the_search_fits_the_database(**kwargs: Any) -> list[CheckMessage]:
    """VECTOR_SEARCH=pgvector asks for PostgreSQL and for the Python package."""
    return _errors(server.without_asking()) if pgvector.is_chosen() else []


@register(Tags.database)
def the_database_can_search(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """It asks for the extension as well, and the active version's vectors have to be in their table."""
    if not databases or not pgvector.is_chosen() or server.without_asking():
        return []
    try:
        if found := _errors(server.of_database()):
            return found
        version = ModelVersion.objects.active()
        if version is None or table.is_there(table.name_of(version)):
            return []
    except DatabaseError:
        return []
    return [
        Warning(
            f"The vectors of {version.name} are not in the database's index, so films are searched in memory.",
            hint="Run: manage.py refresh_embeddings",
            id="recommender.W003",
        )
    ]


def _errors(problem: server.Problem | None) -> list[CheckMessage]:
    return [Error(problem.words, hint=problem.cure, id=problem.code)] if problem else []
