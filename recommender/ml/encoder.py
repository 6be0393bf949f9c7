"""The trained encoder's forward pass in NumPy: films and requests to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from . import artifacts
from .artifacts import Artifact
from .features import FeatureSpace
from .join import expected_part, joined, taste_weights, unit
from .records import FilmRecord
from .sparse import Floats, Ints, SparseRows

if TYPE_CHECKING:
    from .expert import LikeExpert

_AT_ONCE = 8192  # films


class Encoder:
    """What a published model says about a film; its content equals that of `vae.FilmVAE` to 1e-5."""

    def __init__(self, artifact: Artifact) -> None:
        self.manifest: dict[str, Any] = artifact.manifest
        self.space: FeatureSpace = artifact.space
        self._arrays = artifact.arrays
        self._slot = {int(film): slot for slot, film in enumerate(artifact.film_ids)}

    @classmethod
    def load(cls, folder: Path, checksum: str = "") -> Self:
        """The encoder in a published folder. Raises NoArtifact, DamagedArtifact, UnknownFormat."""
        return cls(artifacts.load(folder, checksum))

    def with_expert(self, expert: LikeExpert, rows: SparseRows, film_ids: Sequence[int] | Ints) -> Encoder:
        """The same content with another like expert, whose films are among the rows."""
        content = self._content(rows.take(expert.films))
        arrays = self._arrays | {"like_parts": expert.parts, "expected": expert.expected(content)}
        return Encoder(Artifact(self.manifest, self.space, arrays, np.asarray(film_ids, np.int64)[expert.films]))

    @property
    def of_likes(self) -> int:
        """How many of a vector's dimensions, the first ones, say what likes say."""
        return int(self._arrays["expected"].shape[1])

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self.of_likes + int(self._arrays["mean_bias"].shape[0])

    @property
    def taste_weights(self) -> Floats:
        """How much each of a liked film's dimensions counts in a visitor's taste, (dimension,)."""
        return taste_weights(self.dimension, self.of_likes)

    def encode(self, records: Sequence[FilmRecord], film_ids: Sequence[int | None]) -> Floats:
        """Unit rows (n, dimension), float32; a zero row where there is nothing to go by.

        `film_ids` are catalogue ids: a film that had likes in training gets what they say, any other film what its
        content lets expect.
        """
        if len(records) != len(film_ids):
            raise ValueError(f"{len(records)} films but {len(film_ids)} ids")
        return self.encode_films(self.space.rows(records), film_ids)

    def encode_films(self, rows: SparseRows, film_ids: Sequence[int | None] | Ints) -> Floats:
        """The same of films whose features are known."""
        content = self._content(rows)
        likes = expected_part(content, self._arrays["expected"])
        for row, film in enumerate(film_ids):
            if film is not None and (slot := self._slot.get(int(film))) is not None:
                likes[row] = self._arrays["like_parts"][slot]
        return joined(likes, content)

    def encode_request(self, text: str, genres: Sequence[str] = ()) -> Floats:
        """The unit vector (dimension,), float32, of typed words and chosen genres; zeros if none of it is known."""
        row: Floats = self.encode_rows(self.space.request_row(text, genres))[0]
        return row

    def encode_rows(self, rows: SparseRows) -> Floats:
        """Unit rows (n, dimension) of features alone, as if nobody had liked anything like it."""
        content = self._content(rows)
        return joined(expected_part(content, self._arrays["expected"]), content)

    def _content(self, rows: SparseRows) -> Floats:
        """The Gaussians' means (n, latent) at length 1; zeros for rows without a feature."""
        if len(rows) > _AT_ONCE:  # the hidden units of all films would take a kilobyte each, several times
            parts = (np.arange(start, min(start + _AT_ONCE, len(rows))) for start in range(0, len(rows), _AT_ONCE))
            return np.concatenate([self._content(rows.take(part)) for part in parts])
        hidden = gelu(rows.dot(self._arrays["embedding"]) + self._arrays["embedding_bias"])
        means: Floats = hidden @ self._arrays["mean_weight"] + self._arrays["mean_bias"]
        means[rows.lengths() == 0] = 0
        return unit(means)


def gelu(values: Floats) -> Floats:
    """The tanh form of the Gaussian error linear unit (Hendrycks and Gimpel 2016)."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (values + np.float32(0.044715) * values**3)
    return np.asarray(0.5 * values * (1 + np.tanh(inner)), np.float32)
