"""How often films were shown to visitors."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie


class ShownQuerySet(models.QuerySet["Shown"]):
    """The named questions about what was shown."""

    def since(self, day: date) -> Self:
        return self.filter(day__gte=day)

    def before(self, day: date) -> Self:
        """Days long past, which may be pruned."""
        return self.filter(day__lt=day)


class Shown(models.Model):
    """How many times a film stood among the suggestions on one day, whoever looked."""

    movie = models.ForeignKey(Movie, models.CASCADE, verbose_name=_("film"), related_name="shown")
    day = models.DateField(_("day"), db_index=True)
    count = models.PositiveIntegerField(_("times"), default=0)

    objects = ShownQuerySet.as_manager()

    class Meta:
        verbose_name = _("times shown")
        verbose_name_plural = _("times shown")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["movie", "day"], name="shown_once_per_movie_and_day")]

    def __str__(self) -> str:
        return f"{self.movie}, {self.day}: {self.count}"
