"""The film autoencoder: architecture, sampling and losses, and nothing else.

A film is a sparse row x of weighted token features. The encoder gives q(z|x) = N(mean, diag(exp(logvar))), the decoder
a multinomial over the features (Liang et al. 2018, "Variational Autoencoders for Collaborative Filtering"). Beside this
content expert stands a like expert: a learned residual per liked film, trusted the more the more likes n it has, and
one vector for "nobody has liked this yet":

    vector = unit(mean + t * residual + (1 - t) * unliked),    t = n / (n + doubt)

which is the posterior mean of a Gaussian whose prior mean is `unliked` and which n likes have observed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .sparse_torch import Bag


@dataclass(frozen=True)
class VAEConfig:
    """What the model is; saved with the weights. `n_films` is the number of residuals, 0 for content alone."""

    n_features: int = 1
    hidden: int = 256
    latent: int = 128
    n_films: int = 0
    feature_dropout: float = 0.6
    hidden_dropout: float = 0.5
    residual_dropout: float = 0.6
    doubt: float = 3.0
    temperature: float = 12.0

    def __post_init__(self) -> None:
        if min(self.n_features, self.hidden, self.latent) < 1 or self.n_films < 0:
            raise ValueError(f"every size must be positive: {self}")
        if not all(0 <= share < 1 for share in (self.feature_dropout, self.hidden_dropout, self.residual_dropout)):
            raise ValueError(f"a dropout is a share from 0 to below 1: {self}")
        if self.temperature <= 0 or self.doubt < 0:
            raise ValueError(f"the temperature must be positive and the doubt at least 0: {self}")


@dataclass(frozen=True)
class Encoded:
    """The Gaussian of each film, both (n, latent)."""

    mean: Tensor
    logvar: Tensor


@dataclass(frozen=True)
class Liked:
    """Which of n films have likes: their `places` among the n, `slots` in the residual, both (m,), `trust` t (m, 1)."""

    places: Tensor
    slots: Tensor
    trust: Tensor


@dataclass(frozen=True)
class Elbo:
    """Reconstruction error and KL divergence to N(0, I), each in nats per film."""

    reconstruction: Tensor
    kl: Tensor


class FilmVAE(nn.Module):
    """Encoder, decoder, and one residual per film for what its likes add to its content."""

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
        self.residual = normal(config.n_films, latent, scale=0.01)
        self.unliked = nn.Parameter(torch.zeros(latent))
        self.like_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))
        self.subset_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))

    def encode(self, rows: Bag, generator: torch.Generator | None = None) -> Encoded:
        """q(z|x) of (n, n_features) rows; with a generator, hidden units are dropped as in training."""
        hidden = F.gelu(rows @ self.embedding + self.embedding_bias, approximate="tanh")
        if generator is not None:
            hidden = dropped(hidden, self.config.hidden_dropout, generator)
        mean = hidden @ self.mean_weight + self.mean_bias
        return Encoded(mean, hidden @ self.logvar_weight + self.logvar_bias)

    def decode(self, codes: Tensor) -> Tensor:
        """Logits over the features, (n, n_features), of codes (n, latent)."""
        return codes @ self.decoder_weight + self.decoder_bias

    def vectors(self, mean: Tensor, liked: Liked) -> Tensor:
        """Unit film vectors (n, latent) of both experts."""
        surplus = liked.trust * (self.residual[liked.slots] - self.unliked)
        return F.normalize((mean + self.unliked).index_add(0, liked.places, surplus), dim=1)

    def targets(self, mean: Tensor, liked: Liked, keep: Tensor) -> Tensor:
        """Unit vectors (n, latent) of the content, with the residual only where `keep` (m, 1) is 1, else 0.

        Most residuals are dropped, so that the content learns to say what likes would have said.
        """
        added = keep * liked.trust * self.residual[liked.slots]
        return F.normalize(mean.index_add(0, liked.places, added), dim=1)


def sample(encoded: Encoded, generator: torch.Generator) -> Tensor:
    """One code per film, mean + sigma * noise with noise of unit variance (Kingma and Welling 2014)."""
    noise = torch.randn(encoded.mean.shape, generator=generator).to(encoded.mean.device)
    return encoded.mean + noise * torch.exp(0.5 * encoded.logvar)


def dropped(values: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Each value zeroed with probability `share`, the others scaled so that the expectation stays."""
    keep = torch.rand(values.shape, generator=generator).to(values.device) >= share
    return values * keep / (1 - share)


def elbo(logits: Tensor, counts: Tensor, encoded: Encoded) -> Elbo:
    """Both terms per film, so neither depends on the batch size. `counts` (n, n_features) sum to a film's features."""
    reconstruction = counts.sum(dim=1) * logits.logsumexp(dim=1) - (logits * counts).sum(dim=1)  # -sum x log p
    kl = 0.5 * (encoded.mean**2 + encoded.logvar.exp() - 1 - encoded.logvar).sum(dim=1)
    return Elbo(reconstruction.mean(), kl.mean())


def likes_loss(
    tastes: Tensor, vectors: Tensor, seen: Tensor, hidden: Tensor, temperature: Tensor, handicap: Tensor | float = 0.0
) -> Tensor:
    """Nats per hidden like: among all films not seen, a visitor's taste must point at those hidden.

    `tastes` (visitors, latent) and `vectors` (films, latent) are unit; `seen` and `hidden` (visitors, films) hold 0
    or 1. `handicap` (films,) is added to the logits: a film that nobody has liked yet was hardly on offer.
    """
    chances = _log_chances(tastes, vectors, seen, temperature, handicap)
    per_visitor = -(chances * hidden).sum(dim=1) / hidden.sum(dim=1).clamp(min=1)
    return per_visitor.mean()


def teacher_loss(tastes: Tensor, vectors: Tensor, seen: Tensor, taught: Tensor, temperature: Tensor) -> Tensor:
    """Cross entropy, in nats per visitor, with the chances (visitors, films) a teacher gives to the films not seen."""
    return -(taught * _log_chances(tastes, vectors, seen, temperature, 0.0)).sum(dim=1).mean()


def _log_chances(
    tastes: Tensor, vectors: Tensor, seen: Tensor, temperature: Tensor, handicap: Tensor | float
) -> Tensor:
    logits = temperature * (tastes @ vectors.T) + handicap
    return F.log_softmax(logits.masked_fill(seen > 0, -1e4), dim=1)


def subset_loss(asked: Tensor, vectors: Tensor, films: Tensor, temperature: Tensor) -> Tensor:
    """Nats per request: the vector of some of a film's features, (n, latent), must find that film among all."""
    logits = temperature * (F.normalize(asked, dim=1) @ vectors.T)
    return F.cross_entropy(logits, films)
