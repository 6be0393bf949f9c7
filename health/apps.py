"""What monitoring sees of the site: is it alive, is it ready, how much and how fast; and the lines of its log."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    """Looks at all rooms; none of them knows it."""

    name = "health"
    verbose_name = _("Health")

    def ready(self) -> None:
        if settings.METRICS_TOKEN:
            from health import metrics

            metrics.listen()
