"""What the layout of the film map promises: alike films lie together, and the same vectors give the same places."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.ml.layout import Graph, kept_neighbours, layout, principal, push_by_grid, push_exactly
from recommender.ml.near import nearest_rows
from recommender.ml.settling import aligned, median_place, settled

Floats = NDArray[np.float32]


def unit(rows: NDArray[np.floating]) -> Floats:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def clouds(groups: int, each: int, spread: float = 0.12, seed: int = 3) -> Floats:
    """Unit vectors in 20 dimensions around so many centres; the rows of a group stand together."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(unit(rng.standard_normal((groups, 20))), each, axis=0)
    return unit(centres + rng.standard_normal(centres.shape) * spread)


def kept(vectors: Floats, places: Floats) -> float:
    return kept_neighbours(vectors, places, near=5, close=15)


def test_near_films_lie_closer_together_than_principal_components_put_them() -> None:
    vectors = clouds(12, 20)
    places = layout(vectors)
    assert kept(vectors, places) > 0.7
    assert kept(vectors, places) > kept(vectors, principal(vectors)) + 0.2


def test_kept_neighbours_by_hand() -> None:
    vectors = unit(np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]]))
    together = np.array([[0, 0], [0, 1], [9, 0], [9, 1]], np.float32)
    assert kept_neighbours(vectors, together, near=1, close=1) == 1
    assert kept_neighbours(vectors, together[[0, 2, 1, 3]], near=1, close=1) == 0
    assert kept_neighbours(vectors[:0], together[:0]) == 0


def test_the_same_vectors_give_the_very_same_places() -> None:
    vectors = clouds(4, 15)
    np.testing.assert_array_equal(layout(vectors), layout(vectors.copy()))


@pytest.mark.parametrize("films", [0, 1, 2, 4, 5, 11])
def test_any_number_of_films_has_places_inside_the_circle(films: int) -> None:
    places = layout(clouds(1, 11)[:films])
    assert places.shape == (films, 2)
    assert np.isfinite(places).all()
    assert (np.linalg.norm(places, axis=1) <= 1 + 1e-6).all()


def test_films_that_say_the_same_do_not_break_it() -> None:
    assert np.isfinite(layout(np.repeat(clouds(2, 1), 20, axis=0))).all()


def test_repulsion_on_the_grid_is_that_of_every_pair() -> None:
    places = (np.random.default_rng(5).standard_normal((600, 2)) * 12).astype(np.float32)
    exact = push_exactly(places)
    assert np.linalg.norm(push_by_grid(places) - exact) < 0.05 * np.linalg.norm(exact)


def test_repulsion_of_two_points_by_hand() -> None:
    # The kernel is 1 / (1 + 2²) both ways: (1 / 5)² · 2 / (2 / 5).
    assert push_exactly(np.array([[0, 0], [2, 0]], np.float32)).tolist() == [
        [pytest.approx(-0.2), 0],
        [pytest.approx(0.2), 0],
    ]


def test_pulls_go_to_the_neighbours_and_cancel_out() -> None:
    places = np.array([[0, 0], [1, 0], [5, 5]], np.float32)
    pull = Graph.of(np.array([[1], [0], [1]])).pull(places)
    assert pull[0, 0] > 0
    assert pull[2, 0] < 0
    assert np.abs(pull.sum(axis=0)).max() < 1e-6


def test_former_places_are_kept_in_the_large() -> None:
    vectors = clouds(8, 20)
    former = layout(vectors)
    again = unit(vectors + np.random.default_rng(9).standard_normal(vectors.shape) * 0.02)
    moved = np.linalg.norm(aligned(layout(again, former), former, former) - former, axis=1)
    fresh = aligned(layout(again), former, former)
    assert np.median(moved) < 0.25
    assert np.median(moved) <= np.median(np.linalg.norm(fresh - former, axis=1))


def test_a_turned_and_mirrored_layout_turns_back() -> None:
    former = layout(clouds(3, 10))
    turn = np.array([[0.6, 0.8], [0.8, -0.6]], np.float32)
    back = aligned(former @ turn + 0.3, (former @ turn + 0.3)[:12], former[:12])
    np.testing.assert_allclose(back, former, atol=1e-5)


def test_a_newcomer_joins_one_group_and_not_the_void_between() -> None:
    vectors = clouds(2, 10)
    places = np.repeat(np.array([[-0.8, 0], [0.8, 0]], np.float32), 10, axis=0)
    newcomer = unit((vectors[:10].mean(axis=0) * 1.1 + vectors[10:].mean(axis=0))[None])
    x, _y = settled(newcomer, vectors, places)[0]
    assert x < -0.7
    assert settled(newcomer, vectors[:0], places[:0]).tolist() == [[0, 0]]


def test_the_middle_of_places_ignores_one_far_away() -> None:
    places = np.array([[0, 0], [0.1, 0], [0, 0.1], [9, 9]], np.float32)
    assert np.linalg.norm(median_place(places, np.ones(4, np.float32))) < 0.2


def test_searching_by_cells_finds_nearly_all_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clouds(40, 50, spread=0.3)
    exact = nearest_rows(vectors, 10)
    monkeypatch.setattr("recommender.ml.near.EXACT", 100)
    found = nearest_rows(vectors, 10)
    assert np.mean([np.isin(row, others).mean() for row, others in zip(exact, found, strict=True)]) > 0.9
    assert not (found == np.arange(len(vectors))[:, None]).any()
    assert all(len(set(row)) == 10 for row in found.tolist())
