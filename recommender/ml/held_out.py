"""An honest figure for the encoder itself: films that training never saw, found by a random half of their features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from . import artifacts, vae
from .batches import Likes, mass
from .encoder import Encoder
from .metrics import mean_and_error
from .protocols import TooLittleData
from .records import FilmRecord
from .search import nearest
from .sparse import Floats, Ints, SparseRows
from .sparse_torch import Bag
from .training import Trained, restored

_CPU = torch.device("cpu")
_CHUNK = 256  # films that are decoded at once
_DRAWS = 5  # halves of each film


@dataclass(frozen=True)
class HeldOut:
    """What an encoder makes of n films it never saw, one value (n,) for each: found first, both terms in nats."""

    found: Floats  # in how many of the draws, 0 to 1
    reconstruction: Floats
    kl: Floats

    def summary(self) -> dict[str, dict[str, float]]:
        """The means over the films with their standard errors."""
        values = {"held_out_found": self.found, "reconstruction": self.reconstruction, "kl": self.kl}
        return {name: mean_and_error(several.tolist()) for name, several in values.items()}


def held_out_found(
    records: Sequence[FilmRecord],
    likes: Likes,
    train_fn: Callable[[Sequence[FilmRecord], Likes], Trained],
    *,
    share: float = 0.1,
    seed: int = 0,
) -> HeldOut:
    """Train without a share of the films, then find each of them among all films by half of its features, five times.

    Pass a `train_fn` that does not train for the control. Raises TooLittleData.
    """
    mixed = np.random.default_rng(seed).permutation(len(records))
    n_held_out = round(share * len(records))
    if not 0 < n_held_out < len(records):
        raise TooLittleData(f"{share:.0%} of {len(records)} films cannot be held out: import films.")
    held_out, learned = np.sort(mixed[:n_held_out]), np.sort(mixed[n_held_out:])
    trained = train_fn([records[row] for row in learned], _among(likes, learned))
    return _measured(trained, records, held_out, learned, np.random.default_rng([seed, 1]))


def halved(rows: SparseRows, rng: np.random.Generator) -> SparseRows:
    """A random half of each row's features (the larger half of an odd number), at unit length."""
    owner = rows.row_of_entry()
    order = np.lexsort((rng.random(len(owner)), owner))
    place = np.empty(len(owner), np.int64)
    place[order] = np.arange(len(owner)) - np.repeat(rows.indptr[:-1], rows.lengths())
    kept = place < (np.repeat(rows.lengths(), rows.lengths()) + 1) // 2
    before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return SparseRows(before[rows.indptr], rows.indices[kept], rows.values[kept], rows.width).unit()


def _measured(
    trained: Trained, records: Sequence[FilmRecord], held_out: Ints, learned: Ints, rng: np.random.Generator
) -> HeldOut:
    encoder = Encoder(artifacts.unpublished(trained, learned.tolist()))
    vectors = encoder.encode(records, range(len(records)))
    rows = trained.space.rows([records[row] for row in held_out])
    described = np.flatnonzero(rows.lengths() > 0)
    rows, films = rows.take(described), held_out[described]
    hits = np.zeros(len(films), np.float32)
    for _ in range(_DRAWS):
        asked = encoder.encode_rows(halved(rows, rng))
        hits += [nearest(vectors, query, 1).rows[0] == film for query, film in zip(asked, films, strict=True)]
    return HeldOut(hits / np.float32(_DRAWS), *_elbo(restored(trained), rows, rng))


@torch.no_grad()
def _elbo(model: vae.FilmVAE, rows: SparseRows, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Reconstruction error and KL divergence of each film, (n,)."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    found = []
    for start in range(0, len(rows), _CHUNK):
        part = rows.take(np.arange(start, min(start + _CHUNK, len(rows))))
        encoded = model.encode(Bag.of(part, _CPU))
        logits = model.decode(vae.sample(encoded, generator))
        found.append(torch.stack(vae.nats(logits, torch.from_numpy(mass(part)), encoded)).numpy())
    reconstruction, kl = np.concatenate(found, axis=1)
    return reconstruction, kl


def _among(likes: Likes, learned: Ints) -> Likes:
    """The likes of the films that are learned from, as rows of those."""
    kept = likes.where(np.isin(likes.films, learned))
    return Likes(kept.visitors, np.searchsorted(learned, kept.films))
