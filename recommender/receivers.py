"""Keeps the vectors in step with the catalogue: a saved film is recommendable at once."""

import logging
from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from catalog.models import Movie
from catalog.signals import movies_changed
from recommender.ml.artifacts import ArtifactError
from recommender.models import ModelVersion
from recommender.vectors import embed, next_revision

log = logging.getLogger(__name__)


@receiver(movies_changed)
def embed_changed_films(movie_ids: list[int], **kwargs: Any) -> None:
    """Encode films as soon as they are saved, when a model is active."""
    version = ModelVersion.objects.active()
    if version is None:
        return
    try:
        embed(movie_ids, version)
    except ArtifactError as problem:
        # The film is saved all the same; a refresh computes its vector once the model is back.
        log.error("Films %s have no fresh vector: %s", movie_ids, problem)


@receiver(post_delete, sender=Movie)
def forget_deleted_film(**kwargs: Any) -> None:
    """Let the web workers know that a film has left."""
    if version := ModelVersion.objects.active():
        next_revision(version)
