"""Training: from films and likes to a model's weights, reproducibly, with progress, and resumable."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .batches import Likes
from .checkpoints import Checkpoint, DamagedCheckpoint
from .config import TrainConfig
from .distributed import Peers, device_named
from .expert import LikeExpert
from .exported import TrainingData
from .features import FeatureConfig, FeatureSpace
from .history import Epoch, Losses, plot_losses
from .records import FilmRecord
from .run import Run, Stopped
from .sparse import Floats
from .vae import FilmVAE, VAEConfig

__all__ = [
    "DamagedCheckpoint",
    "EmptyCorpus",
    "Interrupted",
    "Likes",
    "NoCheckpoint",
    "OtherTraining",
    "Progress",
    "TrainConfig",
    "Trained",
    "learn",
    "plot_losses",
    "restored",
    "train",
]


_EXPERT = 2**31  # in place of an epoch's number: the same draws whenever they are needed


class EmptyCorpus(Exception):
    """There is nothing to learn from; the message names the cure."""


class NoCheckpoint(Exception):
    """There is nothing to resume; the message names the cure."""


class OtherTraining(Exception):
    """The checkpoint belongs to other films, likes or settings; the message names the cure."""


class Interrupted(Exception):
    """Training stopped because it was asked to; the message says how to go on."""


@dataclass(frozen=True)
class Progress:
    """One finished epoch, for whoever waits; `validation` is what early stopping looks at."""

    epoch: int
    epochs: int
    train: Losses
    validation: Losses
    seconds_left: float


@dataclass(frozen=True)
class Trained:
    """A trained model and how it came about; `weights` are float32 arrays by the names of `vae.FilmVAE`."""

    space: FeatureSpace
    model_config: VAEConfig
    train_config: TrainConfig
    weights: dict[str, Floats]
    expert: LikeExpert  # what likes say, of rows of the records
    expected: Floats  # (latent, likes): takes unit content to the like part that it lets expect
    history: tuple[Epoch, ...]
    best_epoch: int
    n_films: int
    n_likes: int

    @property
    def seconds(self) -> float:
        """How long the epochs took, resumed ones included."""
        return sum(epoch.seconds for epoch in self.history)


def train(
    records: Sequence[FilmRecord],
    likes: Likes | None = None,
    *,
    space_config: FeatureConfig | None = None,
    model_config: VAEConfig | None = None,
    train_config: TrainConfig | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Trained:
    """Learn films in memory; `likes` are rows of `records`. Otherwise like `learn`."""
    return learn(
        TrainingData.of(records, likes or Likes.none(), space_config),
        model_config=model_config,
        train_config=train_config,
        checkpoint=checkpoint,
        resume=resume,
        progress=progress,
        should_stop=should_stop,
    )


def learn(
    data: TrainingData,
    *,
    model_config: VAEConfig | None = None,
    train_config: TrainConfig | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    peers: Peers | None = None,
) -> Trained:
    """Learn a catalogue, from content alone when there are no likes; with `peers`, all of them at once.

    The data decide `n_features` of the model. With a `checkpoint` the first process writes the state after every
    epoch; with `resume` the run goes on from there, bit for bit (on a CPU, alone) as if it had never stopped. Raises
    EmptyCorpus, NoCheckpoint, DamagedCheckpoint, OtherTraining, PeerLost, and Interrupted when `should_stop` says so.
    """
    config = train_config or TrainConfig()
    peers = peers or Peers(device=device_named(config.device))
    if not len(data.rows.values):
        raise EmptyCorpus(f"None of the {len(data.rows)} films has text to learn from: import films with descriptions.")
    model = replace(model_config or VAEConfig(), n_features=len(data.space))
    with _threads(config.threads):
        run = Run(data.rows, data.likes, model, config, peers)
        session = _Session(run, config, _identity(data, model, config), checkpoint)
        if resume:
            session.resume()
        session.learn(progress, should_stop)
        rng = np.random.default_rng([config.seed, _EXPERT])
        expert = LikeExpert.of(data.likes.by_visitor(), data.rows, model.likes, rng, peers)
        run.model.load_state_dict(session.best)
        expected = expert.expected(run.content(expert.films))
    weights = {name: tensor.numpy() for name, tensor in session.best.items()}
    return Trained(
        space=data.space,
        model_config=model,
        train_config=config,
        weights=weights,
        expert=expert,
        expected=expected,
        history=tuple(session.history),
        best_epoch=session.best_epoch,
        n_films=len(data.rows),
        n_likes=len(data.likes),
    )


def restored(trained: Trained) -> FilmVAE:
    """The Torch model of a training, on the CPU."""
    model = FilmVAE(trained.model_config, torch.Generator())
    model.load_state_dict({name: torch.from_numpy(array) for name, array in trained.weights.items()})
    return model


class _Session:
    """Epoch after epoch: keeps the best weights, writes checkpoints, and knows when to stop."""

    def __init__(self, run: Run, config: TrainConfig, identity: str, checkpoint: Path | None) -> None:
        self.run, self.config, self.identity, self.checkpoint = run, config, identity, checkpoint
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self.best = _copied(run.model)

    def resume(self) -> None:
        """Go back to the state in the checkpoint, which the first process reads for all."""
        peers = self.run.peers
        state = self._read() if peers.first else None
        self.history, self.best_epoch = peers.told((list(state.history), state.best_epoch) if state else None)
        self.best = peers.told_tensors(state.best if state else None)
        self.run.model.load_state_dict(peers.told_tensors(state.model if state else None))
        _load_optimiser(self.run.optimiser, peers.told_tensors(state.optimiser if state else None))

    def _read(self) -> Checkpoint:
        if self.checkpoint is None or not self.checkpoint.exists():
            raise NoCheckpoint(f"There is no checkpoint to resume ({self.checkpoint}): train without resuming.")
        state = Checkpoint.read(self.checkpoint)
        if state.run != self.identity:
            raise OtherTraining(
                "The checkpoint was made with other films, likes or settings: train without resuming, or restore them."
            )
        return state

    def learn(self, progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> None:
        """Run the epochs that are left, unless the held-out loss has not fallen for `patience` epochs."""
        self._write()
        while len(self.history) < self.config.epochs and not self._tired:
            try:
                epoch = self._epoch(len(self.history) + 1, should_stop)
            except Stopped:
                raise Interrupted(self._words_for_stopping()) from None
            self.history.append(epoch)
            if epoch.validation.total < self._best_loss:
                self.best_epoch, self.best = epoch.number, _copied(self.run.model)
            self._write()
            progress(self._progress(epoch))

    def _epoch(self, number: int, should_stop: Callable[[], bool]) -> Epoch:
        started = time.monotonic()
        train = self.run.train(number, should_stop)
        validation = self.run.validate() or train
        return Epoch(number, train, validation, seconds=time.monotonic() - started)

    @property
    def _best_loss(self) -> float:
        return self.history[self.best_epoch - 1].validation.total if self.best_epoch else math.inf

    @property
    def _tired(self) -> bool:
        return len(self.history) - self.best_epoch >= self.config.patience

    def _progress(self, epoch: Epoch) -> Progress:
        left = 0 if self._tired else self.config.epochs - epoch.number
        usual = sum(past.seconds for past in self.history) / len(self.history)
        return Progress(epoch.number, self.config.epochs, epoch.train, epoch.validation, left * usual)

    def _words_for_stopping(self) -> str:
        cure = "resume to go on from there" if self.checkpoint else "give a checkpoint to be able to resume"
        return f"Training stopped after {len(self.history)} of {self.config.epochs} epochs: {cure}."

    def _write(self) -> None:
        if self.checkpoint is not None and self.run.peers.first:
            state = dict(self.run.model.state_dict()), self.best, _optimiser_state(self.run.optimiser)
            Checkpoint(self.identity, *state, self.best_epoch, tuple(self.history)).write(self.checkpoint)


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let Torch use that many threads for a while."""
    usual = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def _copied(model: torch.nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}


def _optimiser_state(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimiser.state_dict()["state"]
    return {f"{number}.{name}": tensor for number, parts in state.items() for name, tensor in parts.items()}


def _load_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        number, name = key.split(".")
        state.setdefault(int(number), {})[name] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _identity(data: TrainingData, *configs: VAEConfig | TrainConfig) -> str:
    """SHA-256 of everything that decides how a run goes; on how many processes it goes does not."""
    settings = [asdict(config) for config in (data.space.config, *configs)]
    return hashlib.sha256(f"{json.dumps(settings, sort_keys=True)} {data.fingerprint}".encode()).hexdigest()
