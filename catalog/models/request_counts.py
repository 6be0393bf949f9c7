"""How often something was asked for, counted for all hosts together."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestCount(models.Model):
    """One visitor's or address's requests for one page in the present window; see `catalog.limits`."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)  # a SHA-256: nobody's name or address
    until = models.PositiveBigIntegerField(_("until"), db_index=True)  # seconds since 1970
    times = models.PositiveBigIntegerField(_("times"))

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.times}"
