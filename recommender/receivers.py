"""Keeps the vectors in step with the catalogue: a saved film is recommendable at once."""

import logging
from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from catalog.merging_rows import joins
from catalog.models import Movie
from catalog.signals import films_merged, movies_changed
from recommender.ml.artifacts import ArtifactError
from recommender.models import Embedding, ModelVersion, Shown
from recommender.vectors import keep_up, next_revision

log = logging.getLogger(__name__)


@receiver(movies_changed)
def embed_changed_films(movie_ids: list[int], **kwargs: Any) -> None:
    """Encode films as soon as they are saved, when a model is active."""
    version = ModelVersion.objects.active()
    if version is None:
        return
    try:
        keep_up(movie_ids, version)
    except ArtifactError as problem:
        # The film is saved all the same; a refresh computes its vector once the model is back.
        log.error("Films %s have no fresh vector: %s", movie_ids, problem)
        rows = Embedding.objects.of(version).filter(movie__in=movie_ids)
        rows.update(fingerprint="", revision=next_revision(version))  # a stale vector, but fresh facts


@receiver(films_merged)
def carry_vectors_over(stays: int, **kwargs: Any) -> None:
    """A vector that came from a merged film is new to the workers."""
    for version in ModelVersion.objects.select_for_update().order_by("pk"):
        Embedding.objects.of(version).filter(movie=stays).update(revision=next_revision(version))


def add_up(kept: Shown, gone: Shown) -> None:
    """Both films were shown on one day: the film that stays was shown as often as both."""
    Shown.objects.filter(pk=kept.pk).update(count=kept.count + gone.count)


@receiver(post_delete, sender=Movie)
def forget_deleted_film(**kwargs: Any) -> None:
    """Let the web workers know that a film has left."""
    if version := ModelVersion.objects.active():
        next_revision(version)


joins[Shown] = add_up
