"""Sparse rows times a dense weight matrix in Torch, with the gradient of the weights."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .sparse import SparseRows

_AT_ONCE = 128


@dataclass(frozen=True)
class Bag:
    """Sparse rows on a device, (n, width), beside their transpose, which the gradient needs."""

    matrix: Tensor
    transposed: Tensor

    @classmethod
    def of(cls, rows: SparseRows, device: torch.device) -> Bag:
        """The same rows on the device."""
        order = np.argsort(rows.indices, kind="stable")
        columns = np.concatenate([[0], np.cumsum(np.bincount(rows.indices, minlength=rows.width))])
        straight = _csr(rows.indptr, rows.indices, rows.values, (len(rows), rows.width), device)
        turned = _csr(columns, rows.row_of_entry()[order], rows.values[order], (rows.width, len(rows)), device)
        return cls(straight, turned)

    def __matmul__(self, weight: Tensor) -> Tensor:
        """(n, width) times (width, d) gives (n, d); differentiable in the weight."""
        product: Tensor = _Product.apply(self, weight)  # type: ignore[no-untyped-call]
        return product


def cosines(some: SparseRows, rows: SparseRows, kind: type[np.floating[Any]] = np.float32) -> NDArray[Any]:
    """The products of some unit rows with all of `rows`, dense (some, rows)."""
    matrix = _csr(rows.indptr, rows.indices, rows.values, (len(rows), rows.width), torch.device("cpu"))
    found = np.empty((len(some), len(rows)), kind)
    for start in range(0, len(some), _AT_ONCE):
        part = some.take(np.arange(start, min(start + _AT_ONCE, len(some))))
        # A dense side takes a third of the time of two sparse ones, and a fraction of the memory.
        dense = torch.zeros(part.width, len(part))
        dense[torch.from_numpy(part.indices), torch.from_numpy(part.row_of_entry())] = torch.from_numpy(part.values)
        found[start : start + len(part)] = (matrix @ dense).T.numpy()
    return found


class _Product(torch.autograd.Function):
    """Torch has no gradient for a CSR product in which only the dense side learns, so it is written out."""

    @staticmethod
    def forward(ctx: Any, bag: Bag, weight: Tensor) -> Tensor:
        ctx.bag = bag
        return bag.matrix @ weight

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor]:
        return None, ctx.bag.transposed @ gradients[0].contiguous()


def _csr(
    indptr: np.ndarray[Any, Any],
    indices: np.ndarray[Any, Any],
    values: np.ndarray[Any, Any],
    shape: tuple[int, int],
    device: torch.device,
) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        return torch.sparse_csr_tensor(
            torch.from_numpy(np.ascontiguousarray(indptr, np.int64)),
            torch.from_numpy(np.ascontiguousarray(indices, np.int64)),
            torch.from_numpy(np.ascontiguousarray(values, np.float32)),
            size=shape,
            check_invariants=False,
        ).to(device)
