"""The closed-form models that teach the vectors."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.ml.batches import visits
from recommender.ml.sparse import SparseRows
from recommender.ml.teacher import Ease, Factors, lessons

LIKED = [np.array(films) for films in ([0, 1, 2], [0, 1], [1, 2, 0], [3, 4], [3, 4, 5], [4, 5])]
ROWS = SparseRows.of([{film // 3: 1.0, 2 + film: 0.5} for film in range(7)], 9).unit()


def test_ease_is_its_closed_form() -> None:
    likes = np.zeros((6, 7))
    for row, films in enumerate(LIKED):
        likes[row, films] = 1
    dense = ROWS.to_dense()
    inverse = np.linalg.inv(likes.T @ likes + 3.0 * dense @ dense.T + 2.0 * np.eye(7))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    found = Ease(LIKED, ROWS, ridge=2.0, content=3.0).scores([np.array([0, 4])])
    np.testing.assert_allclose(found[0], weights[0] + weights[4], atol=1e-5)


@pytest.mark.parametrize("model", ["ease", "factors"])
def test_films_that_the_same_people_like_come_first(model: str) -> None:
    rng = np.random.default_rng(0)
    fitted = Ease(LIKED, ROWS, ridge=1.0) if model == "ease" else Factors(LIKED, 7, rng, size=3, ridge=0.1)
    scores = fitted.scores([np.array([0])])[0]
    assert min(scores[1], scores[2]) > max(scores[3:6])


def test_a_lesson_gives_chances_to_films_that_were_not_seen() -> None:
    found = lessons(LIKED, ROWS, (0.2, 0.6), np.random.default_rng(1))
    assert found is not None
    assert found.chances.shape == (8 * len(LIKED), 7)
    np.testing.assert_allclose(found.chances.sum(axis=1, dtype=np.float32), 1, atol=1e-2)
    for chances, seen in zip(found.chances, found.visits.seen, strict=True):
        assert not chances[seen].any()


def test_without_likes_there_is_no_teacher() -> None:
    assert lessons([], ROWS, (0.2, 0.6), np.random.default_rng(1)) is None


def test_a_visit_hides_one_film_and_shows_one_at_least() -> None:
    found = visits(LIKED, (0.01, 0.99), np.random.default_rng(2))
    for films, seen, hidden in zip(LIKED, found.seen, found.hidden, strict=True):
        assert len(seen) >= 1 <= len(hidden)
        assert sorted([*seen, *hidden]) == sorted(films)
