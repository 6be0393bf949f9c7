"""Whether this process can serve what the site is for, and if not, why."""

from __future__ import annotations

import logging

from django.db import Error
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender import vectors
from recommender.ml.artifacts import ArtifactError
from recommender.models import Embedding, ModelVersion
from recommender.operations import databases

log = logging.getLogger(__name__)

ENOUGH = 0.9  # share of the published films that must have a vector

_is_migrated = False  # migrations are never taken back while a process runs, so once is enough


def reasons() -> list[str]:
    """Why the site is not ready, in plain words without addresses, names or secrets; empty when it is."""
    try:
        if reason := _tables():
            return [reason]
        version = ModelVersion.objects.active()
        if version is None:
            return [_("No trained model is active. Run: manage.py train_vae")]
        return [*_model(version), *_vectors(version)]
    except Error as problem:
        log.error("The database does not answer: %s", str(problem).strip().partition("\n")[0])
        return [_("The database does not answer.")]


def _tables() -> str:
    """What is wrong with the database's tables, asked until they were right once."""
    global _is_migrated
    if _is_migrated:
        return ""
    if databases.waiting_migrations():
        return _("The database waits for migrations. Run: manage.py migrate")
    if databases.unknown_migrations():
        return _("The database is newer than this code.")
    _is_migrated = True
    return ""


def _model(version: ModelVersion) -> list[str]:
    try:
        vectors.encoder_of(version)
    except ArtifactError as problem:
        log.error("The active model cannot be loaded: %s", problem)
        return [
            _("The files of the active model are missing or damaged. Bring them back, or activate another version.")
        ]
    return []


def _vectors(version: ModelVersion) -> list[str]:
    films = Movie.objects.listed().count()
    known = Embedding.objects.of(version).filter(movie__is_published=True).count()
    if known < ENOUGH * films:
        words = _("Only %(known)d of %(films)d films have a vector. Run: manage.py refresh_embeddings")
        return [words % {"known": known, "films": films}]
    return []
