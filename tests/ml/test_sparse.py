"""Sparse rows against dense arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.sparse import SparseRows
from recommender.ml.sparse_torch import Bag

WIDTH = 7
row = st.dictionaries(st.integers(0, WIDTH - 1), st.floats(-3, 3, width=32))
matrices = st.lists(row, min_size=1, max_size=6).map(lambda rows: SparseRows.of(rows, WIDTH))


@given(matrices)
def test_products_equal_those_of_the_dense_matrix(rows: SparseRows) -> None:
    weight = np.arange(WIDTH * 2, dtype=np.float32).reshape(WIDTH, 2)
    np.testing.assert_allclose(rows.dot(weight), rows.to_dense() @ weight, atol=1e-4)
    learned = torch.from_numpy(weight).requires_grad_()
    product = Bag.of(rows, torch.device("cpu")) @ learned
    product.square().sum().backward()
    np.testing.assert_allclose(product.detach().numpy(), rows.dot(weight), atol=1e-4)
    np.testing.assert_allclose(learned.grad, 2 * rows.to_dense().T @ rows.dot(weight), rtol=1e-4, atol=1e-2)


@given(matrices, st.data())
def test_rows_are_taken_in_the_order_asked_for(rows: SparseRows, data: st.DataObject) -> None:
    wanted = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1))), np.int64)
    np.testing.assert_array_equal(rows.take(wanted).to_dense(), rows.to_dense()[wanted])


def test_unit_rows_have_length_one_and_empty_rows_stay_empty() -> None:
    dense = SparseRows.of([{0: 3.0, 2: 4.0}, {}], 3).unit().to_dense()
    np.testing.assert_allclose(dense, [[0.6, 0, 0.8], [0, 0, 0]], atol=1e-7)
    assert len(SparseRows.of([], 3)) == 0


def test_row_numbers_of_entries() -> None:
    assert SparseRows.of([{1: 1.0}, {}, {0: 1.0, 2: 1.0}], 3).row_of_entry().tolist() == pytest.approx([0, 2, 2])
