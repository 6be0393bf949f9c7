"""Trained model versions and the film vectors that each of them computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie

if TYPE_CHECKING:
    from pathlib import Path


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """The named questions about model versions."""

    def active(self) -> ModelVersion | None:
        """The version that serves the site, or None before the first training."""
        return self.filter(is_active=True).first()


class ModelVersion(models.Model):
    """One trained VAE: where its artifact lies, what it was trained on and how good it is."""

    name = models.CharField(_("version"), max_length=80, unique=True)
    created_at = models.DateTimeField(_("trained"), default=timezone.now)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=False)
    dimension = models.PositiveSmallIntegerField(_("dimension"))
    films = models.PositiveIntegerField(_("films"))
    likes = models.PositiveIntegerField(_("likes"))
    seconds = models.FloatField(_("training time"), help_text=_("in seconds"))
    # SHA-256 of all films and likes that it was trained on; the same data and settings give the same model.
    data_fingerprint = models.CharField(_("fingerprint of the data"), max_length=64, blank=True)
    config = models.JSONField(_("settings"), default=dict)
    metrics = models.JSONField(_("quality"), default=dict)
    # SHA-256 of the manifest, which has those of all other files: the same model on every host, or none.
    checksum = models.CharField(_("checksum"), max_length=64, blank=True)
    # Counts every change of this version's vectors, so that web workers notice with one cheap query.
    revision = models.PositiveBigIntegerField(_("revision"), default=0)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="model_one_active_version"),
            models.CheckConstraint(condition=Q(dimension__gt=0), name="model_dimension_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    def quality(self, protocol: str, system: str, metric: str = "ndcg@100") -> dict[str, float] | None:
        """Mean and standard error of a stored figure, or None where it was not measured."""
        found: dict[str, float] | None = self.metrics.get(protocol, {}).get(system, {}).get(metric)
        return found

    @property
    def folder(self) -> Path:
        """Where the trained model lies on disk."""
        from django.conf import settings

        return settings.MODELS_DIR / self.name


class EmbeddingQuerySet(models.QuerySet["Embedding"]):
    """The named questions about film vectors."""

    def of(self, version: ModelVersion) -> Self:
        return self.filter(version=version)


class Embedding(models.Model):
    """A film's unit vector under one model version: float32 values, little endian, as a blob."""

    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="embeddings")
    version = models.ForeignKey(ModelVersion, models.CASCADE, verbose_name=_("version"), related_name="embeddings")
    vector = models.BinaryField(_("vector"))
    # SHA-256 of the film's record when it was encoded; another one now means that the vector is stale.
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    revision = models.PositiveBigIntegerField(_("revision"), default=0)
    updated_at = models.DateTimeField(_("computed"), auto_now=True)

    objects = EmbeddingQuerySet.as_manager()

    class Meta:
        verbose_name = _("film vector")
        verbose_name_plural = _("film vectors")
        constraints = [
            models.UniqueConstraint(fields=["movie", "version"], name="embedding_once_per_movie_and_version")
        ]
        indexes = [models.Index(fields=["version", "revision"], name="embedding_newer_than")]

    def __str__(self) -> str:
        return f"{self.movie} in {self.version}"
