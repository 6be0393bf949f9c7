"""The files of trained models in the database, from which hosts that lack them write their folders."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from recommender.models.versions import ModelVersion


class ModelPiece(models.Model):
    """A piece of one file of a model; the manifest among the files has the checksums of the others."""

    SIZE = 2 << 20  # bytes; whoever reads many pieces takes few at a time

    version = models.ForeignKey(ModelVersion, models.CASCADE, verbose_name=_("version"), related_name="pieces")
    file = models.CharField(_("file"), max_length=80)
    number = models.PositiveIntegerField(_("piece"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("piece of a model")
        verbose_name_plural = _("pieces of models")
        ordering = ["version", "file", "number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["version", "file", "number"], name="model_piece_once")]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.file} {self.number}"
