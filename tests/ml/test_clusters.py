"""What falling likes apart into interests promises."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.ml.clusters import groups, silhouette
from tests.ml.test_layout import clouds, unit


@pytest.mark.parametrize("interests", [2, 3, 5])
def test_clear_interests_are_found(interests: int) -> None:
    found = groups(clouds(interests, 30, spread=0.1))
    assert sorted(sorted(group.rows.tolist()) for group in found) == [
        list(range(at * 30, at * 30 + 30)) for at in range(interests)
    ]


def test_films_without_anything_in_common_are_one_interest() -> None:
    assert len(groups(unit(np.random.default_rng(2).standard_normal((40, 64))))) == 1


@pytest.mark.parametrize("films", [0, 1, 2, 5])
def test_few_films_are_never_torn_apart(films: int) -> None:
    found = groups(clouds(5, 1)[:films])
    assert [len(group.rows) for group in found] == ([films] if films else [])


def test_the_most_typical_film_comes_first_and_the_largest_interest_too() -> None:
    vectors = np.concatenate([clouds(1, 5, seed=1), clouds(1, 9, seed=2)])
    first, second = groups(vectors)
    assert (len(first.rows), len(second.rows)) == (9, 5)
    closeness = vectors[first.rows] @ first.centre
    assert (np.diff(closeness) <= 1e-6).all()
    np.testing.assert_allclose(np.linalg.norm(first.centre), 1, rtol=1e-5)


def test_the_same_likes_fall_apart_the_same_way() -> None:
    vectors = clouds(3, 9, spread=0.4)
    assert [g.rows.tolist() for g in groups(vectors)] == [g.rows.tolist() for g in groups(vectors.copy())]


def test_silhouette_by_hand() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    assert silhouette(vectors, np.array([0, 0, 1, 1])) == pytest.approx(1)
    assert silhouette(vectors, np.array([0, 1, 0, 1])) == pytest.approx(-0.5)
