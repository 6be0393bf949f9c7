"""Sparse rows in NumPy alone: just enough of the CSR format for films and requests."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SparseRows:
    """A matrix of (len, width) as CSR: row i holds `values[indptr[i]:indptr[i + 1]]` at `indices[...]`."""

    indptr: Ints
    indices: Ints
    values: Floats
    width: int

    @classmethod
    def of(cls, rows: Iterable[Mapping[int, float]], width: int, scale: Floats | None = None) -> SparseRows:
        """Rows from one mapping of column to value each; columns are sorted, and each is multiplied by its `scale`."""
        lengths = [0]
        columns, values = array("q"), array("d")
        for row in rows:
            columns.extend(row)
            values.extend(row.values())
            lengths.append(len(row))
        indptr = np.cumsum(lengths, dtype=np.int64)
        indices, numbers = np.asarray(columns, np.int64), np.asarray(values, np.float64)
        order = np.argsort(np.repeat(np.arange(len(lengths) - 1), lengths[1:]) * width + indices)
        indices, numbers = indices[order], numbers[order]
        if scale is not None:
            numbers = numbers * scale[indices]
        return cls(indptr, indices, numbers.astype(np.float32), width)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def lengths(self) -> Ints:
        """How many columns each row fills."""
        return np.diff(self.indptr)

    def row_of_entry(self) -> Ints:
        """The row number of every stored value."""
        return np.repeat(np.arange(len(self)), self.lengths())

    def take(self, rows: NDArray[np.integer]) -> SparseRows:
        """The given rows, in the given order."""
        lengths = self.lengths()[rows]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        inside = np.arange(indptr[-1]) - np.repeat(indptr[:-1], lengths)
        at = np.repeat(self.indptr[rows], lengths) + inside
        return SparseRows(indptr, self.indices[at], self.values[at], self.width)

    def unit(self) -> SparseRows:
        """Every row at Euclidean length 1; an empty row stays empty."""
        squares = np.bincount(self.row_of_entry(), self.values.astype(np.float64) ** 2, minlength=len(self))
        scale = 1 / np.sqrt(np.where(squares > 0, squares, 1))
        values = (self.values * scale[self.row_of_entry()]).astype(np.float32)
        return SparseRows(self.indptr, self.indices, values, self.width)

    def dot(self, matrix: Floats) -> Floats:
        """The product with a dense (width, d) matrix, (len, d), row by row without a large copy."""
        product = np.zeros((len(self), matrix.shape[1]), np.float32)
        for row in range(len(self)):
            at = slice(self.indptr[row], self.indptr[row + 1])
            product[row] = self.values[at] @ matrix[self.indices[at]]
        return product

    def to_dense(self) -> Floats:
        """The same as a dense (len, width) array; for tests and small matrices."""
        dense = np.zeros((len(self), self.width), np.float32)
        dense[self.row_of_entry(), self.indices] = self.values
        return dense
