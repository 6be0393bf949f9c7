"""The recommender as a Django app: it listens to the catalogue and checks its own health."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    """What to watch next."""

    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from recommender import checks  # noqa: F401  (registering is their import)
        import importlib.util
        if importlib.util.find_spec('recommender.ml.encoder') and importlib.util.find_spec('recommender.ml.artifacts'):
            from recommender import receivers  # noqa: F401
