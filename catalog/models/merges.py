"""What became of films that were the same as another one."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie


class MergedFilm(models.Model):
    """The number of a film that went into another, so that old addresses and what sessions keep can follow it."""

    former_id = models.PositiveBigIntegerField(_("former number"), primary_key=True)
    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="merged")
    merged_at = models.DateTimeField(_("merged"), default=timezone.now)

    class Meta:
        verbose_name = _("merged film")
        verbose_name_plural = _("merged films")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.former_id} → {self.movie}"
