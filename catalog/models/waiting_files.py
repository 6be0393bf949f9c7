"""Files that were handed in and wait for their work, in the database: a worker on any host can read them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilePiece(models.Model):
    """A piece of a file, by the name that `catalog.private_files` gave it."""

    SIZE = 2 << 20  # bytes; whoever reads many pieces takes few at a time

    name = models.CharField(_("file"), max_length=100)
    number = models.PositiveIntegerField(_("piece"))
    content = models.BinaryField(_("content"))
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        ordering = ["name", "number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="file_piece_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
