"""Metrics, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recommender.ml.metrics import (
    NothingToFind,
    coverage,
    intra_list_similarity,
    mean_and_error,
    mean_popularity,
    ndcg_at,
    recall_at,
)


@pytest.mark.parametrize(
    ("k", "relevant", "value"),
    [(3, {1}, 1.0), (1, {2}, 0.0), (2, {1, 2, 9}, 1.0), (3, {3, 9}, 0.5), (10, {1, 2, 3, 4}, 0.75)],
)
def test_recall_is_the_share_of_what_fits(k: int, relevant: set[int], value: float) -> None:
    assert recall_at(k, [1, 2, 3], relevant) == value


def test_ndcg_discounts_late_places() -> None:
    assert ndcg_at(3, [1, 2, 3], {1}) == 1.0
    assert ndcg_at(3, [1, 2, 3], {3}) == pytest.approx(0.5)
    assert ndcg_at(2, [1, 2, 3], {3}) == 0.0
    assert ndcg_at(3, [9, 1, 2], {1, 2}) == pytest.approx((1 / math.log2(3) + 0.5) / (1 + 1 / math.log2(3)))


@pytest.mark.parametrize("metric", [recall_at, ndcg_at])
def test_nothing_to_find_is_an_error_not_a_number(metric) -> None:
    with pytest.raises(NothingToFind, match="without a relevant film"):
        metric(5, [1, 2], set())
    with pytest.raises(ValueError, match="k must be at least 1"):
        metric(0, [1, 2], {1})


def test_coverage_counts_films_that_anybody_sees() -> None:
    assert coverage([[1, 2], [2, 3]], 6) == 0.5
    assert coverage([], 6) == 0.0
    with pytest.raises(NothingToFind):
        coverage([], 0)


def test_intra_list_similarity_is_the_mean_cosine_of_pairs() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    assert intra_list_similarity(vectors, [0, 2]) == pytest.approx(1)
    assert intra_list_similarity(vectors, [0, 1, 2]) == pytest.approx(1 / 3)
    assert intra_list_similarity(vectors, [1]) == 0.0


def test_mean_popularity_counts_every_place() -> None:
    assert mean_popularity([[0, 1], [1]], np.array([6, 3])) == 4.0
    assert mean_popularity([], np.array([6, 3])) == 0.0


def test_the_standard_error_is_that_of_the_mean() -> None:
    assert mean_and_error([1.0, 3.0]) == {"mean": 2.0, "se": pytest.approx(1.0)}
    assert mean_and_error([0.4]) == {"mean": 0.4, "se": 0.0}
    with pytest.raises(NothingToFind):
        mean_and_error([])
