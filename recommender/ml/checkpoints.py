"""A training run's state after an epoch, in one safetensors file that is replaced as a whole."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, uint8

from .files import whole_file
from .history import Epoch


class DamagedCheckpoint(Exception):
    """The checkpoint cannot be read; the message names the cure."""


@dataclass(frozen=True)
class Checkpoint:
    """What a run needs to go on as if it had never stopped. Randomness needs no state: each epoch seeds its own."""

    run: str  # fingerprint of the configs and the data
    model: dict[str, Tensor]
    best: dict[str, Tensor]
    optimiser: dict[str, Tensor]  # "<parameter number>.<name>"
    best_epoch: int
    history: tuple[Epoch, ...]

    def write(self, path: Path) -> None:
        """Replace the file with this state."""
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = {**_named("model", self.model), **_named("best", self.best), **_named("optimiser", self.optimiser)}
        about = {
            "run": self.run,
            "best_epoch": self.best_epoch,
            "history": [epoch.to_json() for epoch in self.history],
        }
        words = json.dumps(about)
        # Straight from the tensors: as bytes they would be in memory twice more.
        with whole_file(path) as draft:
            try:
                save_file(tensors, draft, metadata={"about": words, "checksum": _checksum(words, tensors)})
            except SafetensorError as problem:
                raise _disk_error(problem, path) from problem

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        """The state in the file. Raises DamagedCheckpoint."""
        try:
            with safe_open(path, framework="pt") as file:
                words, checksum = file.metadata()["about"], file.metadata()["checksum"]
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            if _checksum(words, tensors) != checksum:
                raise ValueError("its checksum does not agree")
            about = json.loads(words)
            groups = {group: _group(tensors, group) for group in ("model", "best", "optimiser")}
            history = tuple(Epoch.from_json(epoch) for epoch in about["history"])
            return cls(about["run"], best_epoch=about["best_epoch"], history=history, **groups)
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as problem:
            raise DamagedCheckpoint(f"{path} cannot be read ({problem}): train without resuming.") from problem


def _disk_error(problem: SafetensorError, path: Path) -> OSError:
    """What the operating system said, which safetensors tells in words only: callers ask for the number."""
    found = re.search(r"os error (\d+)", str(problem))
    number = int(found[1]) if found else errno.EIO
    return OSError(number, os.strerror(number), str(path))


def _checksum(words: str, tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of everything that a run goes on from."""
    digest = hashlib.sha256(words.encode())
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].reshape(-1).view(uint8).numpy().data)
    return digest.hexdigest()


def _named(group: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{group}/{name}": tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _group(tensors: Mapping[str, Tensor], group: str) -> dict[str, Tensor]:
    return {name.removeprefix(f"{group}/"): tensor for name, tensor in tensors.items() if name.startswith(f"{group}/")}
