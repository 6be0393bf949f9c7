"""One training run: the model, its optimiser, the split, and the work of one epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from . import vae
from .batches import Likes, mass, thinned, visits
from .config import TrainConfig
from .history import Losses
from .sparse import Ints, SparseRows
from .sparse_torch import Bag

_MOST_FILMS_AT_ONCE = 8_192  # a larger catalogue is sampled anew in each step
_WARM_UP = 0.2  # of all steps
_LONGEST_GRADIENT = 5.0
_VALIDATION = 0  # in place of an epoch's number: the same draws after every epoch


class Stopped(Exception):
    """Somebody asked to stop in the middle of an epoch."""


@dataclass(frozen=True)
class Split:
    """What is learned from and what is held out: rows of films, and the films of each visitor with at least two."""

    films: Ints
    held_out_films: Ints
    visitors: list[Ints]
    held_out_visitors: list[Ints]

    @classmethod
    def of(cls, films: Ints, likes: Likes, config: TrainConfig) -> Split:
        """A random share of the films and of the visitors is held out, but never the last one."""
        rng = np.random.default_rng([config.seed, _VALIDATION])
        mixed = rng.permutation(films)
        visitors = [liked for liked in likes.by_visitor() if len(liked) > 1]
        order = rng.permutation(len(visitors)).tolist()
        n_films, n_visitors = (_held_out(len(part), config.validation_share) for part in (films, order))
        return cls(
            np.sort(mixed[n_films:]),
            np.sort(mixed[:n_films]),
            [visitors[i] for i in order[n_visitors:]],
            [visitors[i] for i in order[:n_visitors]],
        )


def _held_out(total: int, share: float) -> int:
    return max(0, min(math.ceil(total * share), total - 1))


class Run:
    """What an epoch changes: weights and optimiser state. Every epoch seeds its own generators."""

    def __init__(self, rows: SparseRows, likes: Likes, model: vae.VAEConfig, config: TrainConfig) -> None:
        self.config, self.rows = config, rows
        self.liked = np.unique(likes.films)
        self.split = Split.of(np.flatnonzero(rows.lengths()), likes, config)
        self.device = _device(config.device)
        self.model = vae.FilmVAE(model, torch.Generator().manual_seed(config.seed)).to(self.device)
        self.optimiser = _optimiser(self.model, config)

    def train(self, epoch: int, should_stop: Callable[[], bool]) -> Losses:
        """The steps of one epoch, numbered from 1, and their mean losses. Raises Stopped when asked to."""
        draws = _Draws.of(self.config.seed, epoch)
        per_epoch, total = self.config.steps_per_epoch, self.config.epochs * self.config.steps_per_epoch
        seen = []
        for number in range((epoch - 1) * per_epoch, epoch * per_epoch):
            if should_stop():
                raise Stopped
            for group in self.optimiser.param_groups:
                group["lr"] = self.config.learning_rate * one_cycle((number + 1) / (total + 1))
            seen.append(self._step(draws))
        return _mean(seen)

    @torch.no_grad()
    def validate(self) -> Losses | None:
        """The losses on films and visitors that were held out, without dropout; None when nothing was."""
        asked, visitors = self.split.held_out_films, self.split.held_out_visitors
        if not len(asked):
            return None
        draws = _Draws.of(self.config.seed, _VALIDATION)
        films = np.union1d(self._sampled(draws.numpy), asked)
        terms = self._terms(films, asked[: self.config.subset_batch], visitors, draws, learning=False)
        return _measured(terms, self._total(terms))

    def _step(self, draws: _Draws) -> Losses:
        films = self._sampled(draws.numpy)
        own = draws.numpy.permutation(np.intersect1d(films, self.split.films))
        order = draws.numpy.permutation(len(self.split.visitors))[: self.config.visitor_batch]
        visitors = [self.split.visitors[i] for i in order]
        terms = self._terms(films, own[: self.config.subset_batch], visitors, draws, learning=True)
        loss = self._total(terms)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LONGEST_GRADIENT)
        self.optimiser.step()
        return _measured(terms, loss)

    def _terms(self, films: Ints, asked: Ints, visitors: list[Ints], draws: _Draws, *, learning: bool) -> Terms:
        """The four losses: all of `films` compete, `asked` of them are decoded and looked for, visitors choose."""
        model, rows = self.model, self.rows.take(films)
        if learning:
            rows = thinned(rows, 1 - model.config.feature_dropout, draws.numpy)
        encoded = model.encode(self._bag(rows), draws.torch if learning else None)
        vectors = model.vectors(encoded.mean, self._liked_among(films, draws.torch if learning else None))
        at = torch.from_numpy(np.searchsorted(films, asked)).to(self.device)
        decoded = at[: self.config.film_batch]
        bound = self._elbo(vae.Encoded(encoded.mean[decoded], encoded.logvar[decoded]), asked, draws)
        likes = self._likes(vectors, films, visitors, draws)
        return Terms(bound.reconstruction, bound.kl, likes, self._subset(vectors, at, asked, draws, learning))

    def _elbo(self, encoded: vae.Encoded, asked: Ints, draws: _Draws) -> vae.Elbo:
        counts = torch.from_numpy(mass(self.rows.take(asked[: self.config.film_batch]))).to(self.device)
        return vae.elbo(self.model.decode(vae.sample(encoded, draws.torch)), counts, encoded)

    def _likes(self, vectors: Tensor, films: Ints, visitors: list[Ints], draws: _Draws) -> Tensor:
        """Zero where nobody has liked two of the films."""
        places = [_places(films, liked) for liked in visitors]
        shown = visits([own for own in places if len(own) > 1], len(films), self.config.hidden_share, draws.numpy)
        if not len(shown.seen):
            return torch.zeros((), device=self.device)
        seen, hidden = (torch.from_numpy(part).to(self.device) for part in (shown.seen, shown.hidden))
        return vae.likes_loss(vectors, seen, hidden, self.model.like_temperature.exp())

    def _subset(self, vectors: Tensor, at: Tensor, asked: Ints, draws: _Draws, learning: bool) -> Tensor:
        keep = draws.numpy.uniform(*self.config.subset_share, size=len(asked)).astype(np.float32)
        some = self._bag(thinned(self.rows.take(asked), keep, draws.numpy))
        mean = self.model.encode(some, draws.torch if learning else None).mean
        return vae.subset_loss(mean, vectors, at, self.model.subset_temperature.exp())

    def _total(self, terms: Terms) -> Tensor:
        config = self.config
        bound = terms.reconstruction + config.beta * terms.kl
        return config.elbo_weight * bound + config.likes_weight * terms.likes + config.subset_weight * terms.subset

    def _sampled(self, rng: np.random.Generator) -> Ints:
        """The films that compete in a step, ascending: all, or a fresh sample of a large catalogue."""
        if len(self.rows) <= _MOST_FILMS_AT_ONCE:
            return np.arange(len(self.rows))
        return np.sort(rng.choice(len(self.rows), _MOST_FILMS_AT_ONCE, replace=False))

    def _liked_among(self, films: Ints, generator: torch.Generator | None) -> vae.Liked:
        """Those of the films that have a residual; with a generator, some of them lose it for this step."""
        slots = np.flatnonzero(np.isin(self.liked, films, assume_unique=True))
        places = np.searchsorted(films, self.liked[slots])
        keep = torch.ones(len(slots), 1)
        if generator is not None:
            keep = (torch.rand(keep.shape, generator=generator) >= self.model.config.residual_dropout).float()
        return vae.Liked(*(part.to(self.device) for part in (torch.from_numpy(places), torch.from_numpy(slots), keep)))

    def _bag(self, rows: SparseRows) -> Bag:
        return Bag.of(rows, self.device)


@dataclass(frozen=True)
class _Draws:
    """The random numbers of one epoch; the global generators are left alone."""

    numpy: np.random.Generator
    torch: torch.Generator

    @classmethod
    def of(cls, seed: int, epoch: int) -> _Draws:
        rng = np.random.default_rng([seed, epoch])
        return cls(rng, torch.Generator().manual_seed(int(rng.integers(2**62))))


class Terms(NamedTuple):
    """The four losses of a step, each a scalar tensor."""

    reconstruction: Tensor
    kl: Tensor
    likes: Tensor
    subset: Tensor


def one_cycle(done: float) -> float:
    """The learning rate's factor after a share of all steps: up in a line, then down along a cosine."""
    if done < _WARM_UP:
        return done / _WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (done - _WARM_UP) / (1 - _WARM_UP)))


def _measured(terms: Terms, total: Tensor) -> Losses:
    return Losses(terms.reconstruction.item(), terms.kl.item(), terms.likes.item(), terms.subset.item(), total.item())


def _mean(several: list[Losses]) -> Losses:
    return Losses(**{name: float(np.mean([getattr(one, name) for one in several])) for name in vars(several[0])})


def _places(films: Ints, liked: Ints) -> Ints:
    """Where the liked films stand among the ascending films; those that are not there are left out."""
    at: Ints = np.searchsorted(films, liked)
    there: Ints = at[films[np.minimum(at, len(films) - 1)] == liked]
    return there


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _optimiser(model: vae.FilmVAE, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019); only matrices decay, and the residual is free to hold what likes say."""
    decaying = [p for name, p in model.named_parameters() if p.ndim == 2 and name != "residual"]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or name == "residual"]
    groups = [{"params": decaying, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), fused=True)
