"""One training run: the model, its optimiser, the split, and the work of one epoch.

Several processes share each step (`distributed.py`): every one draws the whole step, encodes its part of the films, and
takes its part of the visitors and of the films that are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from . import vae
from .batches import Likes, Visits, marked, mass, thinned, visits
from .config import TrainConfig
from .distributed import Peers, device_named
from .history import Losses
from .join import unit
from .sparse import Floats, Ints, SparseRows
from .sparse_torch import Bag, cosines
from .split import VALIDATION, Split

_MOST_FILMS_AT_ONCE = 8_192  # a larger catalogue is sampled anew in each step
_WARM_UP = 0.2  # of all steps
_LONGEST_GRADIENT = 5.0


class Stopped(Exception):
    """Somebody asked to stop in the middle of an epoch."""


class Run:
    """What an epoch changes: weights and optimiser state. Every epoch seeds its own generators."""

    def __init__(
        self, rows: SparseRows, likes: Likes, model: vae.VAEConfig, config: TrainConfig, peers: Peers | None = None
    ) -> None:
        self.config, self.rows = config, rows
        self.peers = peers or Peers(device=device_named(config.device))
        self.liked = np.unique(likes.films)
        self.split = Split.of(np.flatnonzero(rows.lengths()), likes, config)
        self._all_cosines = self._teacher() if len(rows) <= _MOST_FILMS_AT_ONCE and config.nearness_weight else None
        self.device = self.peers.device
        self.model = vae.FilmVAE(model, torch.Generator().manual_seed(config.seed)).to(self.device)
        self.optimiser = _optimiser(self.model, config)

    def train(self, epoch: int, should_stop: Callable[[], bool]) -> Losses:
        """The steps of one epoch, numbered from 1, and their mean losses. Raises Stopped when asked to."""
        self.peers.align(self.model.parameters())
        draws = _Draws.of(self.config.seed, epoch)
        per_epoch, total = self.config.steps_per_epoch, self.config.epochs * self.config.steps_per_epoch
        seen = []
        for number in range((epoch - 1) * per_epoch, epoch * per_epoch):
            if self.peers.any(should_stop()):
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
        encoded = self._encoded(self.rows.take(films), None)
        some = self.split.held_out_visitors[: self.config.visitor_batch]
        shown = visits(some, self.config.hidden_share, draws.numpy)
        return self._measured(self._terms(encoded, films, asked[: self.config.subset_batch], shown, draws, False))

    @torch.no_grad()
    def content(self, films: Ints) -> Floats:
        """The films' unit contents, (n, latent)."""
        parts = [films[at : at + _MOST_FILMS_AT_ONCE] for at in range(0, len(films), _MOST_FILMS_AT_ONCE)]
        means = [self.model.encode(self._bag(self.rows.take(part))).mean.cpu().numpy() for part in parts]
        return unit(np.concatenate([np.zeros((0, self.model.config.latent), np.float32), *means]))

    def _step(self, draws: _Draws) -> Losses:
        """Learn from one draw: all of its films compete, some of them are decoded and looked for."""
        films = self._sampled(draws.numpy)
        asked = draws.numpy.permutation(np.intersect1d(films, self.split.films))[: self.config.subset_batch]
        rows = thinned(self.rows.take(films), 1 - self.model.config.feature_dropout, draws.numpy)
        encoded = self._encoded(rows, draws.torch)
        order = draws.numpy.permutation(len(self.split.visitors))[: self.config.visitor_batch]
        shown = visits([self.split.visitors[i] for i in order], self.config.hidden_share, draws.numpy)
        terms = self._terms(encoded, films, asked, shown, draws, True)
        self._find_gradients(self._total(terms), encoded)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LONGEST_GRADIENT)
        self.optimiser.step()
        return self._measured(terms)

    def _find_gradients(self, loss: Tensor, encoded: vae.Encoded) -> None:
        """Those of the whole step, the same in all processes."""
        self.optimiser.zero_grad()
        if self.peers.count == 1:
            loss.backward()  # type: ignore[no-untyped-call]
            return
        # A process without a part still has to answer when the others ask for gradients of its films.
        (loss + 0 * encoded.mean.sum()).backward()  # type: ignore[no-untyped-call]
        for parameter in self.model.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        self.peers.sum(p.grad for p in self.model.parameters() if p.grad is not None)

    def _encoded(self, rows: SparseRows, generator: torch.Generator | None) -> vae.Encoded:
        """The Gaussians of all rows, each process's part computed there; with a generator, as in training."""
        part, latent = self.peers.part(len(rows)), self.model.config.latent
        own = self._encoded_part(rows, part, generator)
        if self.peers.count == 1:
            return own
        both = self.peers.gathered(torch.cat([own.mean, own.logvar], dim=1), len(rows))
        return vae.Encoded(both[:, :latent], both[:, latent:])

    def _encoded_part(self, rows: SparseRows, part: slice, generator: torch.Generator | None) -> vae.Encoded:
        kept = None
        if generator is not None:  # drawn for all rows, so that the draws of all processes go on alike
            shape, share = (len(rows), self.model.config.hidden), self.model.config.hidden_dropout
            kept = vae.kept(shape, share, generator)[part].to(self.device)
        return self.model.encode(self._bag(rows.take(np.arange(len(rows))[part])), kept)

    def _terms(
        self, encoded: vae.Encoded, films: Ints, asked: Ints, shown: Visits, draws: _Draws, training: bool
    ) -> Terms:
        """Our part of the losses: the parts of all processes add up to those of the step."""
        vectors = F.normalize(encoded.mean, dim=1)
        return Terms(
            *self._elbo(encoded, films, asked[: self.config.film_batch], draws.torch),
            self._likes(shown, films, vectors, handicap=self.config.handicap if training else 0.0),
            self._subset(vectors, films, asked, draws, training),
            self._nearness(vectors, films, asked),
        )

    def _elbo(
        self, encoded: vae.Encoded, films: Ints, asked: Ints, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        at, part = self._at(films, asked), self.peers.part(len(asked))
        of_asked = vae.Encoded(encoded.mean[at], encoded.logvar[at])
        codes = vae.sample(of_asked, generator)[part]
        counts = torch.from_numpy(mass(self.rows.take(asked[part]))).to(self.device)
        own = vae.Encoded(of_asked.mean[part], of_asked.logvar[part])
        terms = vae.elbo(self.model.decode(codes), counts, own)
        return self._share(terms.reconstruction, part, asked), self._share(terms.kl, part, asked)

    def _likes(self, shown: Visits, films: Ints, vectors: Tensor, handicap: float) -> Tensor:
        """Zero where nobody has liked two films."""
        part = self.peers.part(len(shown))
        own = shown.take(np.arange(len(shown))[part])
        seen, hidden = (self._marked(lists, films) for lists in (own.seen, own.hidden))
        unliked = torch.from_numpy(~np.isin(films, self.liked)).to(self.device)
        tastes = F.normalize(seen @ vectors, dim=1)
        warmth = self.model.like_temperature.exp()
        loss = vae.likes_loss(tastes, vectors, seen, hidden, warmth, handicap * unliked)
        return self._share(loss, part, shown)

    def _subset(self, vectors: Tensor, films: Ints, asked: Ints, draws: _Draws, training: bool) -> Tensor:
        part = self.peers.part(len(asked))
        keep = draws.numpy.uniform(*self.config.subset_share, size=len(asked)).astype(np.float32)
        some = thinned(self.rows.take(asked), keep, draws.numpy)
        mean = self._encoded_part(some, part, draws.torch if training else None).mean
        warmth = self.model.subset_temperature.exp()
        return self._share(vae.subset_loss(mean, vectors, self._at(films, asked[part]), warmth), part, asked)

    def _nearness(self, vectors: Tensor, films: Ints, asked: Ints) -> Tensor:
        part = self.peers.part(len(asked))
        own = asked[part]
        warmth = self.model.nearness_temperature.exp()
        loss = vae.nearness_loss(
            vectors, self._at(films, own), self._cosines(films, own), self.config.sharpness, warmth
        )
        return self._share(loss, part, asked)

    def _share(self, mean: Tensor, part: slice, whole: Sized) -> Tensor:
        """What the mean over our part adds to the mean over the whole."""
        ours = part.stop - part.start
        return mean * (ours / len(whole)) if ours else torch.zeros((), device=self.device)

    def _teacher(self) -> NDArray[np.float16]:
        """The cosines of all rows of a small catalogue."""
        part = self.rows.take(np.arange(len(self.rows))[self.peers.part(len(self.rows))])
        return self.peers.gathered_array(cosines(part, self.rows, np.float16), len(self.rows))

    def _cosines(self, films: Ints, asked: Ints) -> Tensor:
        """Cosines of the rows of the asked films with those of all, (asked, films); kept for a small catalogue."""
        if self._all_cosines is None:
            return torch.from_numpy(cosines(self.rows.take(asked), self.rows.take(films))).to(self.device)
        return torch.from_numpy(self._all_cosines[asked].astype(np.float32)).to(self.device)

    def _total(self, terms: Terms) -> Tensor:
        config = self.config
        return (
            config.elbo_weight * (terms.reconstruction + config.beta * terms.kl)
            + config.likes_weight * terms.likes
            + config.subset_weight * terms.subset
            + config.nearness_weight * terms.nearness
        )

    def _measured(self, terms: Terms) -> Losses:
        """The losses of all parts together."""
        summed = torch.stack([term.detach() for term in terms])
        self.peers.sum([summed])
        whole = Terms(*summed)
        return Losses(**{name: term.item() for name, term in whole._asdict().items()}, total=self._total(whole).item())

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


def _mean(several: list[Losses]) -> Losses:
    return Losses(**{name: float(np.mean([getattr(one, name) for one in several])) for name in vars(several[0])})


def _optimiser(model: vae.FilmVAE, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019); only matrices decay."""
    decaying = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim != 2]
    groups = [{"params": decaying, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), fused=True)
