"""Keeps the vectors in step with the catalogue: a saved film is recommendable at once."""

import logging
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from catalog.merging_rows import joins
from catalog.models import Movie
from catalog.signals import films_merged, movies_changed
from jobs import pieces
from recommender.ml.artifacts import ArtifactError
from recommender.models import Embedding, ModelVersion, Shown
from recommender.pgvector import table
from recommender.vectors import keep_up, next_revision

CHANGED = "changed films"  # the kind of a piece

log = logging.getLogger(__name__)


@receiver(movies_changed)
def embed_changed_films(movie_ids: list[int], **kwargs: Any) -> None:
    """Encode films as soon as they are saved, when a model is active; what a job saves, the other workers encode."""
    if not ModelVersion.objects.active():
        return
    if pieces.are_shared():
        pieces.hand_out(CHANGED, [(len(movie_ids), {"movie_ids": movie_ids})])
    else:
        embed_now(movie_ids)


@pieces.piece_kind(CHANGED)
@transaction.atomic
def embed_for_others(taken: pieces.Taken, *, movie_ids: list[int]) -> None:
    """Encode what another worker saved."""
    embed_now(movie_ids)
    taken.done()


def embed_now(movie_ids: list[int]) -> None:
    """Encode films with the active model."""
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
    table.follow(version)


@receiver(films_merged)
def carry_vectors_over(stays: int, **kwargs: Any) -> None:
    """A vector that came from a merged film is new to the workers."""
    for version in ModelVersion.objects.select_for_update().order_by("pk"):
        Embedding.objects.of(version).filter(movie=stays).update(revision=next_revision(version))
        table.follow(version)


@receiver(post_delete, sender=ModelVersion)
def drop_its_table(instance: ModelVersion, **kwargs: Any) -> None:
    """Nobody searches for a version that is gone."""
    table.drop(table.name_of(instance))


def add_up(kept: Shown, gone: Shown) -> None:
    """Both films were shown on one day: the film that stays was shown as often as both."""
    Shown.objects.filter(pk=kept.pk).update(count=kept.count + gone.count)


@receiver(post_delete, sender=Movie)
def forget_deleted_film(instance: Movie, **kwargs: Any) -> None:
    """Let the web workers know that a film has left."""
    if version := ModelVersion.objects.active():
        next_revision(version)
        table.leave_out(instance.pk, version)


joins[Shown] = add_up
