"""One training run: the model, its optimiser, the split, and the work of one epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import vae
from .batches import Likes, Visits, marked, mass, thinned, visits
from .config import TrainConfig
from .expert import LikeExpert
from .history import Losses
from .join import unit
from .sparse import Floats, Ints, SparseRows
from .sparse_torch import Bag, cosines
from .split import VALIDATION, Split

_MOST_FILMS_AT_ONCE = 8_192  # a larger catalogue is sampled anew in each step
_WARM_UP = 0.2  # of all steps
_LONGEST_GRADIENT = 5.0
_EXPERT = 2**31  # in place of an epoch's number: the same draws whenever they are needed


class Stopped(Exception):
    """Somebody asked to stop in the middle of an epoch."""


class Run:
    """What an epoch changes: weights and optimiser state. Every epoch seeds its own generators."""

    def __init__(self, rows: SparseRows, likes: Likes, model: vae.VAEConfig, config: TrainConfig) -> None:
        self.config, self.rows = config, rows
        self.liked = np.unique(likes.films)
        self.split = Split.of(np.flatnonzero(rows.lengths()), likes, config)
        rng = np.random.default_rng([config.seed, _EXPERT])
        self.expert = LikeExpert.of(likes.by_visitor(), rows, model.likes, rng)
        few = len(rows) <= _MOST_FILMS_AT_ONCE
        self._all_cosines = cosines(rows, rows, np.float16) if few and config.nearness_weight else None
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
        asked = self.split.held_out_films
        if not len(asked):
            return None
        draws = _Draws.of(self.config.seed, VALIDATION)
        films = np.union1d(self._sampled(draws.numpy), asked)
        asked = asked[: self.config.subset_batch]
        encoded = self.model.encode(self._bag(self.rows.take(films)))
        vectors = F.normalize(encoded.mean, dim=1)
        shown = visits(self.split.held_out_visitors, self.config.hidden_share, draws.numpy)
        terms = Terms(
            *self._elbo(encoded, films, asked, draws),
            self._likes(shown, films, vectors, handicap=0.0),
            self._subset(vectors, films, asked, draws.numpy, None),
            self._nearness(vectors, films, asked),
        )
        return _measured(terms, self._total(terms))

    @torch.no_grad()
    def expected(self) -> Floats:
        """The matrix (latent, likes) from a film's content to the like part that it lets expect."""
        films = self.expert.films
        parts = [films[at : at + _MOST_FILMS_AT_ONCE] for at in range(0, len(films), _MOST_FILMS_AT_ONCE)]
        means = [self.model.encode(self._bag(self.rows.take(part))).mean.cpu().numpy() for part in parts]
        content = np.concatenate([np.zeros((0, self.model.config.latent), np.float32), *means])
        return self.expert.expected(unit(content))

    def _step(self, draws: _Draws) -> Losses:
        films = self._sampled(draws.numpy)
        asked = draws.numpy.permutation(np.intersect1d(films, self.split.films))[: self.config.subset_batch]
        terms = self._terms(films, asked, draws)
        loss = self._total(terms)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LONGEST_GRADIENT)
        self.optimiser.step()
        return _measured(terms, loss)

    def _terms(self, films: Ints, asked: Ints, draws: _Draws) -> Terms:
        """The losses of one step: all of `films` compete, `asked` of them are decoded and looked for."""
        model, generator = self.model, draws.torch
        rows = thinned(self.rows.take(films), 1 - model.config.feature_dropout, draws.numpy)
        encoded = model.encode(self._bag(rows), generator)
        vectors = F.normalize(encoded.mean, dim=1)
        order = draws.numpy.permutation(len(self.split.visitors))[: self.config.visitor_batch]
        shown = visits([self.split.visitors[i] for i in order], self.config.hidden_share, draws.numpy)
        return Terms(
            *self._elbo(encoded, films, asked, draws),
            self._likes(shown, films, vectors, handicap=self.config.handicap),
            self._subset(vectors, films, asked, draws.numpy, generator),
            self._nearness(vectors, films, asked),
        )

    def _elbo(self, encoded: vae.Encoded, films: Ints, asked: Ints, draws: _Draws) -> tuple[Tensor, Tensor]:
        """Both terms for the first of the asked films."""
        asked = asked[: self.config.film_batch]
        at = self._at(films, asked)
        part = vae.Encoded(encoded.mean[at], encoded.logvar[at])
        counts = torch.from_numpy(mass(self.rows.take(asked))).to(self.device)
        terms = vae.elbo(self.model.decode(vae.sample(part, draws.torch)), counts, part)
        return terms.reconstruction, terms.kl

    def _likes(self, shown: Visits, films: Ints, vectors: Tensor, handicap: float) -> Tensor:
        """Zero where nobody has liked two films."""
        if not len(shown):
            return torch.zeros((), device=self.device)
        seen, hidden = (self._marked(lists, films) for lists in (shown.seen, shown.hidden))
        unliked = torch.from_numpy(~np.isin(films, self.liked)).to(self.device)
        tastes = F.normalize(seen @ vectors, dim=1)
        warmth = self.model.like_temperature.exp()
        return vae.likes_loss(tastes, vectors, seen, hidden, warmth, handicap * unliked)

    def _nearness(self, vectors: Tensor, films: Ints, asked: Ints) -> Tensor:
        warmth = self.model.nearness_temperature.exp()
        cosines = self._cosines(films, asked)
        return vae.nearness_loss(vectors, self._at(films, asked), cosines, self.config.sharpness, warmth)

    def _cosines(self, films: Ints, asked: Ints) -> Tensor:
        """Cosines of the rows of the asked films with those of all, (asked, films); kept for a small catalogue."""
        if self._all_cosines is None:
            return torch.from_numpy(cosines(self.rows.take(asked), self.rows.take(films))).to(self.device)
        return torch.from_numpy(self._all_cosines[asked].astype(np.float32)).to(self.device)

    def _subset(
        self, vectors: Tensor, films: Ints, asked: Ints, rng: np.random.Generator, generator: torch.Generator | None
    ) -> Tensor:
        keep = rng.uniform(*self.config.subset_share, size=len(asked)).astype(np.float32)
        some = self._bag(thinned(self.rows.take(asked), keep, rng))
        mean = self.model.encode(some, generator).mean
        return vae.subset_loss(mean, vectors, self._at(films, asked), self.model.subset_temperature.exp())

    def _total(self, terms: Terms) -> Tensor:
        config = self.config
        return (
            config.elbo_weight * (terms.reconstruction + config.beta * terms.kl)
            + config.likes_weight * terms.likes
            + config.subset_weight * terms.subset
            + config.nearness_weight * terms.nearness
        )

    def _sampled(self, rng: np.random.Generator) -> Ints:
        """The films that compete in a step, ascending: all, or a fresh sample of a large catalogue."""
        if len(self.rows) <= _MOST_FILMS_AT_ONCE:
            return np.arange(len(self.rows))
        return np.sort(rng.choice(len(self.rows), _MOST_FILMS_AT_ONCE, replace=False))

    def _at(self, films: Ints, asked: Ints) -> Tensor:
        return torch.from_numpy(np.searchsorted(films, asked)).to(self.device)

    def _marked(self, lists: list[Ints], films: Ints) -> Tensor:
        return torch.from_numpy(marked(lists, films)).to(self.device)

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
    """The losses of a step, each a scalar tensor."""

    reconstruction: Tensor
    kl: Tensor
    likes: Tensor
    subset: Tensor
    nearness: Tensor


def one_cycle(done: float) -> float:
    """The learning rate's factor after a share of all steps: up in a line, then down along a cosine."""
    if done < _WARM_UP:
        return done / _WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (done - _WARM_UP) / (1 - _WARM_UP)))


def _measured(terms: Terms, total: Tensor) -> Losses:
    return Losses(**{name: term.item() for name, term in terms._asdict().items()}, total=total.item())


def _mean(several: list[Losses]) -> Losses:
    return Losses(**{name: float(np.mean([getattr(one, name) for one in several])) for name in vars(several[0])})


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _optimiser(model: vae.FilmVAE, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019); only matrices decay."""
    decaying = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim != 2]
    groups = [{"params": decaying, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), fused=True)
