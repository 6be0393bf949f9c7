"""Where the films stand on the map, one row for each model version."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommender.models.versions import ModelVersion


class FilmMap(models.Model):
    """All places of a version in one row, so that the map is replaced at once or not at all."""

    version = models.OneToOneField(ModelVersion, models.CASCADE, verbose_name=_("version"), related_name="film_map")
    # Little endian, one after the other in ascending order of the film ids: int64 ids, float32 pairs x and y inside
    # the unit circle, uint32 sums of the vectors that the places were computed from (another one now means stale).
    films = models.BinaryField(_("films"))
    places = models.BinaryField(_("places"))
    sums = models.BinaryField(_("sums of the vectors"))
    settled = models.PositiveIntegerField(_("films placed since the last whole layout"), default=0)
    drawn_at = models.DateTimeField(_("drawn"), default=timezone.now)

    class Meta:
        verbose_name = _("film map")
        verbose_name_plural = _("film maps")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.version)
