"""What the recommender stores: trained versions and the film vectors of each."""

from recommender.models.versions import Embedding, EmbeddingQuerySet, ModelVersion, ModelVersionQuerySet

__all__ = ["Embedding", "EmbeddingQuerySet", "ModelVersion", "ModelVersionQuerySet"]
