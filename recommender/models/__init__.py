"""What the recommender stores: trained versions with the film vectors of each, and how often films were shown."""

from recommender.models.nights import Night, NightGuest, NightQuerySet, NightVeto
from recommender.models.pieces import ModelPiece
from recommender.models.places import FilmMap
from recommender.models.shown import Shown, ShownQuerySet
from recommender.models.versions import Embedding, EmbeddingQuerySet, ModelVersion, ModelVersionQuerySet

__all__ = [
    "Embedding",
    "EmbeddingQuerySet",
    "FilmMap",
    "ModelPiece",
    "ModelVersion",
    "ModelVersionQuerySet",
    "Night",
    "NightGuest",
    "NightQuerySet",
    "NightVeto",
    "Shown",
    "ShownQuerySet",
]
