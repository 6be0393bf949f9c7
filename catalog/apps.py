"""The catalogue as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """What exists and who likes what."""

    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from catalog import leaving, roles, search_entries  # noqa: F401  (registering their receivers is their import)
        from catalog.history import later  # noqa: F401
        from catalog.posters import keeping  # noqa: F401
