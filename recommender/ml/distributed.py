"""Several processes that train one model together: who does which part, and what they tell each other.

All draw the same random numbers and hold the same weights. Each does its own part of a step's films and visitors;
sums of the parts make the step. So any number of processes does what one would do, but for the order of sums.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor

_CPU = torch.device("cpu")
_PATIENCE = timedelta(minutes=30)  # the first process may measure and write for long while the others wait


class PeerLost(Exception):
    """Another process of the training ended; the message says what to do."""


@dataclass(frozen=True)
class Peers:
    """The place of this process among all that train together; alone by default, and then nothing is said."""

    rank: int = 0
    count: int = 1
    device: torch.device = _CPU

    @property
    def first(self) -> bool:
        """Whether this process is the one that reads and writes files."""
        return self.rank == 0

    def part(self, total: int) -> slice:
        """Which of so many things are ours: parts that differ by one at most."""
        return slice(total * self.rank // self.count, total * (self.rank + 1) // self.count)

    def gathered(self, own: Tensor, total: int) -> Tensor:
        """All rows (total, d), of which each process has its part; gradients flow back to where the rows come from."""
        if self.count == 1:
            return own
        whole: Tensor = _Gathered.apply(self, own, total)  # type: ignore[no-untyped-call]
        return whole

    def gathered_array(self, own: NDArray[Any], total: int) -> NDArray[Any]:
        """The same for rows in NumPy."""
        if self.count == 1:
            return own
        return self.gathered(torch.from_numpy(own).to(self.device), total).cpu().numpy()

    def sum(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its sum over all processes."""
        for tensor in tensors if self.count > 1 else ():
            with _listening():
                dist.all_reduce(tensor)

    def align(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by that of the first process: other processors may round otherwise."""
        for tensor in tensors if self.count > 1 else ():
            with _listening():
                dist.broadcast(tensor.detach(), 0)

    def told(self, words: Any) -> Any:
        """What the first process says, to all."""
        if self.count == 1:
            return words
        told = [words]
        with _listening():
            dist.broadcast_object_list(told, 0, device=self.device)
        return told[0]

    def told_tensors(self, tensors: dict[str, Tensor] | None) -> dict[str, Tensor]:
        """Named tensors of the first process, to all; the others give None."""
        shapes = self.told(tensors and {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()})
        if tensors is None:
            tensors = {name: torch.empty(shape, dtype=kind) for name, (shape, kind) in shapes.items()}
        if self.count == 1:
            return tensors
        there = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        self.align(there.values())
        return {name: tensor.cpu() for name, tensor in there.items()}

    def any(self, wish: bool) -> bool:
        """Whether one process at least wishes so: all must stop at the same step."""
        if self.count == 1:
            return wish
        wishes = torch.tensor([float(wish)], device=self.device)
        self.sum([wishes])
        return bool(wishes.item())


class _Gathered(torch.autograd.Function):
    """Parts as a whole, as a sum with zeros, which is exact and works where parts differ in size."""

    @staticmethod
    def forward(ctx: Any, peers: Peers, own: Tensor, total: int) -> Tensor:
        ctx.peers, ctx.part = peers, peers.part(total)
        whole = own.new_zeros(total, *own.shape[1:])
        whole[ctx.part] = own
        peers.sum([whole])
        return whole

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor, None]:
        gradient = gradients[0].clone()
        ctx.peers.sum([gradient])
        return None, gradient[ctx.part], None


@contextmanager
def peers(device: str = "auto") -> Iterator[Peers]:
    """This process among those that `torchrun` started, or alone: NCCL where each has a GPU of its own, else Gloo."""
    if "RANK" not in os.environ:
        yield Peers(device=device_named(device))
        return
    local = int(os.environ["LOCAL_RANK"])
    own = device_named(device)
    if own.type == "cuda":
        if int(os.environ["LOCAL_WORLD_SIZE"]) > torch.cuda.device_count():
            raise ValueError("There are more processes than GPUs here: start fewer, or train with --device cpu.")
        own = torch.device("cuda", local)
        torch.cuda.set_device(own)
    with _listening():
        dist.init_process_group("nccl" if own.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Peers(dist.get_rank(), dist.get_world_size(), own)
    finally:
        dist.destroy_process_group()


def device_named(name: str) -> torch.device:
    """A Torch device by its name; "auto" is a GPU where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


@contextmanager
def _listening() -> Iterator[None]:
    """Say in a sentence that somebody does not answer any more."""
    try:
        yield
    except (RuntimeError, dist.DistError) as problem:
        raise PeerLost(
            "Another process of this training ended. What was learned until the last epoch is in the checkpoint: "
            "start all processes again with --resume."
        ) from problem
