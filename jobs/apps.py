"""Background jobs as a Django app: it finds the kinds of jobs that the other rooms offer."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Work that takes longer than a request."""

    name = "jobs"
    verbose_name = _("Background work")

    def ready(self) -> None:
        autodiscover_modules("jobs")  # <app>/jobs.py registers what its room can do
