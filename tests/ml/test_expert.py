"""The like expert in closed form, and how it joins with content."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recommender.ml.batches import visits
from recommender.ml.expert import LikeExpert, _folding, _principal
from recommender.ml.join import LONGEST, expected_part, joined, taste_weights
from recommender.ml.sparse import SparseRows
from recommender.ml.sparse_torch import Bag, cosines

LIKED = [np.array(films) for films in ([0, 1, 2], [0, 1], [1, 2, 0], [3, 4], [3, 4, 5], [4, 5])] * 8
ROWS = SparseRows.of([{2 + film: 0.5, film % 2: 0.4} for film in range(7)], 9).unit()


OWN = SparseRows.of([{film: 1.0} for film in range(7)], 9)  # no film shares a word with another


def expert(size: int = 3, liked: list[np.ndarray] = LIKED, rows: SparseRows = ROWS) -> LikeExpert:
    return LikeExpert.of(liked, rows, size, np.random.default_rng(0))


def test_films_that_the_same_people_like_lie_together() -> None:
    found = expert(rows=OWN)
    assert found.films.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.likes.tolist() == [24, 24, 16, 16, 24, 16]
    likeness, one = found.parts @ found.parts.T, np.arange(6) < 3
    together = likeness[one[:, None] == one]
    apart = likeness[one[:, None] != one]
    assert together.min() > apart.max()
    assert np.linalg.norm(found.parts, axis=1).max() == pytest.approx(LONGEST)


def test_a_film_with_fewer_likes_is_trusted_less() -> None:
    found = expert(liked=[*LIKED, np.array([4, 6])], rows=OWN)
    lengths = np.linalg.norm(found.parts, axis=1)
    assert lengths[6] < lengths[:6].min()


def test_the_expert_is_the_same_for_the_same_draws_and_empty_without_likes() -> None:
    np.testing.assert_array_equal(expert().parts, expert().parts)
    nothing = expert(liked=[])
    assert nothing.parts.shape == (0, 3)
    assert not nothing.expected(np.zeros((0, 4), np.float32)).any()


def test_there_may_be_fewer_films_than_dimensions() -> None:
    found = expert(size=10)
    assert found.parts.shape == (6, 10)
    assert not found.parts[:, 6:].any()


def test_the_sum_of_the_folded_rows_is_a_visitors_ridge_regression() -> None:
    factors = np.random.default_rng(1).standard_normal((20, 4)) * 3
    rows = _folding(factors)
    hat = factors @ np.linalg.inv(factors.T @ factors + 10 * np.eye(4)) @ factors.T
    found = rows @ rows.T
    np.testing.assert_allclose(found / found[0, 0], hat / hat[0, 0], atol=1e-9)


def test_the_axes_are_those_of_likes_and_words_together() -> None:
    factors = np.random.default_rng(2).standard_normal((7, 2)).astype(np.float32)
    whole = factors @ factors.T + 0.55 * ROWS.to_dense() @ ROWS.to_dense().T
    values, vectors = np.linalg.eigh(whole)
    wanted = vectors[:, -3:] * values[-3:] @ vectors[:, -3:].T
    bag = Bag.of(ROWS, torch.device("cpu"))
    axes = _principal(torch.from_numpy(factors), bag, 3, np.random.default_rng(3))
    np.testing.assert_allclose(axes @ axes.T, wanted, atol=1e-4)


def test_content_lets_expect_what_likes_would_say() -> None:
    found = expert()
    content = np.eye(6, dtype=np.float32)
    matrix = found.expected(content)
    shrunk = 0.5 * found.likes / (found.likes + 1000.0)
    np.testing.assert_allclose(matrix, shrunk[:, None] * found.parts, rtol=1e-4)


def test_joined_vectors_are_unit_and_keep_both_parts() -> None:
    likes, content = np.array([[0.6, 0.0], [0.0, 0.0]], np.float32), np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
    np.testing.assert_allclose(joined(likes, content), [[0.6, 0, 0, 0.8], [0, 0, 1, 0]], atol=1e-6)
    alone = joined(likes, np.zeros((2, 2), np.float32))
    np.testing.assert_allclose(alone, [[1, 0, 0, 0], [0, 0, 0, 0]], atol=1e-6)


def test_an_expected_part_is_never_longer_than_a_known_one() -> None:
    parts = expected_part(np.eye(2, dtype=np.float32), np.array([[5.0, 0], [0.1, 0]], np.float32))
    np.testing.assert_allclose(parts, [[LONGEST, 0], [0.1, 0]], atol=1e-6)


def test_likes_say_more_in_a_taste_than_content() -> None:
    weights = taste_weights(5, 2)
    assert weights[:2].tolist() == [1, 1]
    assert 0 < weights[2:].max() < 0.1
    assert taste_weights(5, 0).tolist() == [1] * 5


def test_cosines_of_sparse_rows() -> None:
    dense = ROWS.to_dense()
    np.testing.assert_allclose(cosines(ROWS.take(np.array([1, 3])), ROWS), dense[[1, 3]] @ dense.T, atol=1e-6)


def test_a_visit_hides_one_film_and_shows_one_at_least() -> None:
    found = visits(LIKED, (0.01, 0.99), np.random.default_rng(2))
    for films, seen, hidden in zip(LIKED, found.seen, found.hidden, strict=True):
        assert len(seen) >= 1 <= len(hidden)
        assert sorted([*seen, *hidden]) == sorted(films)
