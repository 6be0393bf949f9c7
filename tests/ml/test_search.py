"""What cosine search promises to whoever ranks films."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.search import cosines, nearest, top

VECTORS = np.array([[1, 0], [0, 1], [-1, 0], [0.6, 0.8], [0, 0]], np.float32)


def test_one_is_the_same_zero_unrelated_minus_one_opposite() -> None:
    found = nearest(VECTORS, np.array([2, 0], np.float32), 5)
    assert found.rows.tolist() == [0, 3, 1, 4, 2]
    assert found.scores.tolist() == pytest.approx([1, 0.6, 0, 0, -1])


def test_scores_never_leave_their_range() -> None:
    almost = np.array([[1.0000001, 0]], np.float32)
    assert cosines(almost, np.array([1, 0], np.float32)).max() <= 1


def test_it_leaves_out_what_it_is_told_to() -> None:
    found = nearest(VECTORS, VECTORS[0], 10, without=[0, 3])
    assert found.rows.tolist() == [1, 4, 2]
    allowed = np.array([True, False, True, True, False])
    assert nearest(VECTORS, VECTORS[0], 10, allowed=allowed, without=[0]).rows.tolist() == [3, 2]
    assert allowed.tolist() == [True, False, True, True, False]


@pytest.mark.parametrize("k", [0, 1, 3, 5, 1000])
def test_any_k_is_fine(k: int) -> None:
    assert len(nearest(VECTORS, VECTORS[0], k).rows) == min(k, 5)


def test_a_negative_k_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        nearest(VECTORS, VECTORS[0], -1)


def test_no_film_at_all_is_an_empty_answer() -> None:
    assert nearest(VECTORS[:0], VECTORS[0], 3).rows.tolist() == []


def test_a_score_that_is_no_number_is_never_found() -> None:
    scores = np.array([0.1, np.nan, 0.3], np.float32)
    assert top(scores, 5).rows.tolist() == [2, 0]
    assert nearest(VECTORS, np.array([np.nan, 0], np.float32), 3).rows.tolist() == []


def test_a_tie_goes_to_the_larger_value_and_then_to_the_first_row() -> None:
    scores = np.array([0.5, 0.5, 0.9, 0.5], np.float32)
    assert top(scores, 3, ties=np.array([1, 7, 0, 7])).rows.tolist() == [2, 1, 3]


@given(
    st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, float("nan")]), max_size=30),
    st.integers(0, 40),
    st.sets(st.integers(0, 29)),
)
def test_it_equals_a_sort_of_all_scores(values: list[float], k: int, without: set[int]) -> None:
    left_out = [row for row in sorted(without) if row < len(values)]
    rows = [row for row, value in enumerate(values) if row not in left_out and not np.isnan(value)]
    wanted = sorted(rows, key=lambda row: (-values[row], row))[:k]
    assert top(np.array(values, np.float32), k, without=left_out).rows.tolist() == wanted
