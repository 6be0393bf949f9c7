"""How often something was asked for, counted for all hosts together."""

from __future__ import annotations

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

_AT_ONCE = 10_000
_COUNT = """
    INSERT INTO catalog_requestcount AS known (key, until, times) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET
        times = CASE WHEN known.until < excluded.until THEN 1 ELSE known.times + 1 END,
        until = CASE WHEN known.until < excluded.until THEN excluded.until ELSE known.until END
    RETURNING times
"""  # a host whose clock is late counts in the newer window


class RequestCountQuerySet(models.QuerySet["RequestCount"]):
    """What is done with counts."""

    def once_more(self, key: str, *, until: int) -> int:
        """Count one more in the window that lasts until then, and give the count: one statement, so none is lost."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [key, until])
            return int(cursor.fetchone()[0])

    def sweep(self, now: float) -> None:
        """Forget windows that are over, but wait for nobody who begins a new one."""
        with transaction.atomic():
            over = self.select_for_update(skip_locked=True).filter(until__lt=now).values_list("pk", flat=True)
            self.filter(pk__in=list(over[:_AT_ONCE])).delete()


class RequestCount(models.Model):
    """One visitor's or address's requests for one page in the present window; see `catalog.limits`."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)  # a SHA-256: nobody's name or address
    until = models.PositiveBigIntegerField(_("until"), db_index=True)  # seconds since 1970
    times = models.PositiveBigIntegerField(_("times"))

    objects = RequestCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.times}"
