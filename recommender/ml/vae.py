"""The content expert: a film autoencoder's architecture, sampling and losses, and nothing else.

A film is a sparse row x of weighted token features. The encoder gives q(z|x) = N(mean, diag(exp(logvar))), the decoder
a multinomial over the features (Liang et al. 2018, "Variational Autoencoders for Collaborative Filtering"). The unit
mean is the content of a film; `join.py` puts what likes say beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .sparse_torch import Bag

_NEVER = -1e4  # a logit that leaves no chance


@dataclass(frozen=True)
class VAEConfig:
    """What the model is; saved with the weights. A film's vector has `likes` and `latent` dimensions, in this order."""

    n_features: int = 1
    hidden: int = 256
    latent: int = 80
    likes: int = 48
    feature_dropout: float = 0.6
    hidden_dropout: float = 0.5
    temperature: float = 12.0

    def __post_init__(self) -> None:
        if min(self.n_features, self.hidden, self.latent) < 1 or self.likes < 0:
            raise ValueError(f"every size must be positive: {self}")
        if not all(0 <= share < 1 for share in (self.feature_dropout, self.hidden_dropout)):
            raise ValueError(f"a dropout is a share from 0 to below 1: {self}")
        if self.temperature <= 0:
            raise ValueError(f"the temperature must be positive: {self}")

    @property
    def dimension(self) -> int:
        """Length of a film's vector."""
        return self.likes + self.latent


@dataclass(frozen=True)
class Encoded:
    """The Gaussian of each film, both (n, latent)."""

    mean: Tensor
    logvar: Tensor


@dataclass(frozen=True)
class Elbo:
    """Reconstruction error and KL divergence to N(0, I), each in nats per film."""

    reconstruction: Tensor
    kl: Tensor


class FilmVAE(nn.Module):
    """Encoder, decoder, and the warmth of each softmax over cosines."""

    def __init__(self, config: VAEConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        features, hidden, latent = config.n_features, config.hidden, config.latent

        def normal(*shape: int, scale: float) -> nn.Parameter:
            return nn.Parameter(torch.randn(shape, generator=generator) * scale)

        self.embedding = normal(features, hidden, scale=0.05)
        self.embedding_bias = nn.Parameter(torch.zeros(hidden))
        self.mean_weight = normal(hidden, latent, scale=hidden**-0.5)
        self.mean_bias = nn.Parameter(torch.zeros(latent))
        self.logvar_weight = nn.Parameter(torch.zeros(hidden, latent))
        self.logvar_bias = nn.Parameter(torch.full((latent,), -2.0))
        self.decoder_weight = normal(latent, features, scale=0.01)
        self.decoder_bias = nn.Parameter(torch.zeros(features))
        self.like_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))
        self.subset_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))
        self.nearness_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))

    def encode(self, rows: Bag, kept: Tensor | None = None) -> Encoded:
        """q(z|x) of (n, n_features) rows; in training, with the hidden units (n, hidden) that are not dropped."""
        hidden = F.gelu(rows @ self.embedding + self.embedding_bias, approximate="tanh")
        if kept is not None:
            hidden = hidden * kept / (1 - self.config.hidden_dropout)
        mean = hidden @ self.mean_weight + self.mean_bias
        return Encoded(mean, hidden @ self.logvar_weight + self.logvar_bias)

    def decode(self, codes: Tensor) -> Tensor:
        """Logits over the features, (n, n_features), of codes (n, latent)."""
        return codes @ self.decoder_weight + self.decoder_bias


def sample(encoded: Encoded, generator: torch.Generator) -> Tensor:
    """One code per film, mean + sigma * noise with noise of unit variance (Kingma and Welling 2014)."""
    noise = torch.randn(encoded.mean.shape, generator=generator).to(encoded.mean.device)
    return encoded.mean + noise * torch.exp(0.5 * encoded.logvar)


def kept(shape: tuple[int, ...], dropout: float, generator: torch.Generator) -> Tensor:
    """Which values stay when each is dropped with the probability `dropout`."""
    return torch.rand(shape, generator=generator) >= dropout


def nats(logits: Tensor, counts: Tensor, encoded: Encoded) -> tuple[Tensor, Tensor]:
    """Reconstruction error and KL divergence of each film, (n,). `counts` (n, n_features) sum to a film's features."""
    reconstruction = counts.sum(dim=1) * logits.logsumexp(dim=1) - (logits * counts).sum(dim=1)  # -sum x log p
    kl = 0.5 * (encoded.mean**2 + encoded.logvar.exp() - 1 - encoded.logvar).sum(dim=1)
    return reconstruction, kl


def elbo(logits: Tensor, counts: Tensor, encoded: Encoded) -> Elbo:
    """Both terms as means over the films, so neither depends on the batch size."""
    reconstruction, kl = nats(logits, counts, encoded)
    return Elbo(reconstruction.mean(), kl.mean())


def likes_loss(
    tastes: Tensor, vectors: Tensor, seen: Tensor, hidden: Tensor, temperature: Tensor, handicap: Tensor | float = 0.0
) -> Tensor:
    """Nats per hidden like: among all films not seen, a visitor's taste must point at those hidden.

    `tastes` (visitors, latent) and `vectors` (films, latent) are unit; `seen` and `hidden` (visitors, films) hold 0
    or 1. `handicap` (films,) is added to the logits: a film that nobody has liked yet was hardly on offer.
    """
    logits = temperature * (tastes @ vectors.T) + handicap
    chances = F.log_softmax(logits.masked_fill(seen > 0, _NEVER), dim=1)
    per_visitor = -(chances * hidden).sum(dim=1) / hidden.sum(dim=1).clamp(min=1)
    return per_visitor.mean()


def subset_loss(asked: Tensor, vectors: Tensor, films: Tensor, temperature: Tensor) -> Tensor:
    """Nats per request: the vector of some of a film's features, (n, latent), must find that film among all."""
    logits = temperature * (F.normalize(asked, dim=1) @ vectors.T)
    return F.cross_entropy(logits, films)


def nearness_loss(vectors: Tensor, films: Tensor, cosines: Tensor, sharpness: float, temperature: Tensor) -> Tensor:
    """Nats per film: the vectors' neighbours must be the neighbours by words (Hinton and Roweis 2002).

    `vectors` (n, latent) are unit; `cosines` (k, n) are those of the rows of `films` (k,) with all n films. A film is
    no neighbour of its own.
    """
    own = (torch.arange(len(films), device=films.device), films)
    never = torch.tensor(_NEVER, device=films.device)
    wanted = (sharpness * cosines).index_put(own, never)
    logits = (temperature * (vectors[films] @ vectors.T)).index_put(own, never)
    return -(wanted.softmax(dim=1) * F.log_softmax(logits, dim=1)).sum(dim=1).mean()
