"""System checks: what an operator should know before visitors find out."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from recommender.models import ModelVersion


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
