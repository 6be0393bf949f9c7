"""The trained encoder's forward pass in NumPy: films and requests to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from . import artifacts
from .artifacts import Artifact
from .features import FeatureSpace
from .records import FilmRecord
from .sparse import Floats, SparseRows


class Encoder:
    """What a published model says about a film; equal to `vae.FilmVAE` to 1e-5."""

    def __init__(self, artifact: Artifact) -> None:
        self.manifest: dict[str, Any] = artifact.manifest
        self.space: FeatureSpace = artifact.space
        self._arrays = artifact.arrays
        self._slot = {int(film): slot for slot, film in enumerate(artifact.film_ids)}

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The encoder in a published folder. Raises NoArtifact, DamagedArtifact, UnknownFormat."""
        return cls(artifacts.load(folder))

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._arrays["mean_bias"].shape[0])

    def encode(self, records: Sequence[FilmRecord], film_ids: Sequence[int | None]) -> Floats:
        """Unit rows (n, dimension), float32; a zero row where there is nothing to go by.

        `film_ids` are catalogue ids: a film that had likes in training gets what they add, any other film its
        content alone.
        """
        if len(records) != len(film_ids):
            raise ValueError(f"{len(records)} films but {len(film_ids)} ids")
        rows = self.space.rows(records)
        vectors = self._means(rows)
        vectors[rows.lengths() > 0] += self._arrays["unliked"]
        for row, film in enumerate(film_ids):
            if film is not None and (slot := self._slot.get(film)) is not None:
                vectors[row] += self._arrays["surplus"][slot]
        return unit(vectors)

    def encode_request(self, text: str, genres: Sequence[str] = ()) -> Floats:
        """The unit vector (dimension,), float32, of typed words and chosen genres; zeros if none of it is known."""
        row: Floats = unit(self._means(self.space.request_row(text, genres)))[0]
        return row

    def _means(self, rows: SparseRows) -> Floats:
        """The Gaussians' means (n, dimension); zeros for rows without a feature."""
        hidden = gelu(rows.dot(self._arrays["embedding"]) + self._arrays["embedding_bias"])
        means: Floats = hidden @ self._arrays["mean_weight"] + self._arrays["mean_bias"]
        means[rows.lengths() == 0] = 0
        return means


def gelu(values: Floats) -> Floats:
    """The tanh form of the Gaussian error linear unit (Hendrycks and Gimpel 2016)."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (values + np.float32(0.044715) * values**3)
    return np.asarray(0.5 * values * (1 + np.tanh(inner)), np.float32)


def unit(vectors: Floats) -> Floats:
    """Rows at Euclidean length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
