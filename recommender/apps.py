"""The recommender as a Django app: it listens to the catalogue and checks its own health."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    """What to watch next."""

    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from recommender import checks, receivers  # noqa: F401  (registering is their import)
