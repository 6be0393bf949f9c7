"""Training a model: what it learns, and that it can be repeated, stopped and resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from recommender.ml import artifacts
from recommender.ml.encoder import Encoder
from recommender.ml.records import FilmRecord
from recommender.ml.training import (
    DamagedCheckpoint,
    EmptyCorpus,
    Interrupted,
    Likes,
    NoCheckpoint,
    OtherTraining,
    Progress,
    TrainConfig,
    Trained,
    plot_losses,
    train,
)

from .films import QUICK, SMALL, likes_by_group, same_group_share, two_groups

FILMS, GROUP = two_groups(words=2)
LIKES = likes_by_group(GROUP)


def quick(likes: Likes | None = None, **options: object) -> Trained:
    return train(FILMS, likes, **{"model_config": SMALL, "train_config": QUICK, **options})


def vectors(trained: Trained) -> np.ndarray:
    films = list(range(trained.n_films))
    return Encoder(artifacts.unpublished(trained, films)).encode(FILMS, films)


def assert_same(one: Trained, other: Trained) -> None:
    assert one.weights.keys() == other.weights.keys()
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, other.weights[name])
    np.testing.assert_array_equal(one.expert.parts, other.expert.parts)
    np.testing.assert_array_equal(one.expected, other.expected)
    assert [(e.train, e.validation) for e in one.history] == [(e.train, e.validation) for e in other.history]


def untrained(likes: Likes | None = None) -> Trained:
    """The control: one step at almost no learning rate."""
    return quick(likes, train_config=replace(QUICK, epochs=1, steps_per_epoch=1, learning_rate=1e-9))


@pytest.mark.parametrize("likes", [None, LIKES], ids=["content", "content and likes"])
def test_learning_beats_an_untrained_control_on_sparse_rows(likes: Likes | None) -> None:
    before = same_group_share(vectors(untrained(likes)), GROUP)
    after = same_group_share(vectors(quick(likes, train_config=replace(QUICK, epochs=8, steps_per_epoch=10))), GROUP)
    assert after > before + 0.1


def test_likes_bring_films_together_that_share_no_words() -> None:
    films = [FilmRecord(f"alpha{row % 2} beta{row % 2}", description="same words here") for row in range(40)]
    taste = np.arange(40) % 4 // 2  # crosses the words
    likes = likes_by_group(taste)
    config = replace(QUICK, epochs=10, steps_per_epoch=10)
    trained = train(films, likes, model_config=SMALL, train_config=config)
    ids = list(range(40))
    encoder = Encoder(artifacts.unpublished(trained, ids))
    assert same_group_share(encoder.encode(films, ids), taste) > 0.9
    assert same_group_share(encoder.encode(films, [None] * 40), taste) < 0.7  # content alone cannot know


def test_the_same_seed_gives_the_same_bits_and_leaves_the_global_generators_alone() -> None:
    torch.manual_seed(1)
    np.random.seed(1)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    assert_same(quick(LIKES), quick(LIKES))
    assert torch.equal(before, torch.get_rng_state())
    np.testing.assert_array_equal(numpy_before, np.random.get_state()[1])


def test_another_seed_gives_other_weights() -> None:
    other = quick(LIKES, train_config=replace(QUICK, seed=7))
    assert not np.array_equal(other.weights["embedding"], quick(LIKES).weights["embedding"])


@pytest.mark.parametrize("steps_before_stop", [0, 3, 6])
def test_a_resumed_run_ends_bit_equal_to_an_undisturbed_one(tmp_path: Path, steps_before_stop: int) -> None:
    path, asked = tmp_path / "run.safetensors", iter(range(100))
    with pytest.raises(Interrupted, match="resume to go on"):
        quick(LIKES, checkpoint=path, should_stop=lambda: next(asked) >= steps_before_stop)
    resumed = quick(LIKES, checkpoint=path, resume=True)
    assert_same(resumed, quick(LIKES))


def test_a_finished_run_resumes_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    assert_same(quick(checkpoint=path), quick(checkpoint=path, resume=True))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_checkpoint_of_other_films_or_settings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    quick(checkpoint=path)
    with pytest.raises(OtherTraining, match="without resuming"):
        quick(LIKES, checkpoint=path, resume=True)
    with pytest.raises(OtherTraining):
        quick(checkpoint=path, resume=True, train_config=replace(QUICK, seed=2))


def test_a_missing_or_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    with pytest.raises(NoCheckpoint, match="without resuming"):
        quick(checkpoint=path, resume=True)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(DamagedCheckpoint, match="without resuming"):
        quick(checkpoint=path, resume=True)


def test_progress_names_both_losses_and_the_time_left() -> None:
    seen: list[Progress] = []
    trained = quick(LIKES, progress=seen.append)
    assert [(one.epoch, one.epochs) for one in seen] == [(1, 3), (2, 3), (3, 3)]
    assert seen[0].seconds_left > 0 == seen[-1].seconds_left
    assert all(np.isfinite(list(vars(part).values())).all() for one in seen for part in (one.train, one.validation))
    assert seen[-1].validation == trained.history[-1].validation


def test_training_stops_early_and_keeps_the_best_weights() -> None:
    config = replace(QUICK, epochs=40, steps_per_epoch=10, patience=2, learning_rate=0.05)
    trained = quick(LIKES, train_config=config)
    losses = [epoch.validation.total for epoch in trained.history]
    assert len(losses) < 40
    assert trained.best_epoch == int(np.argmin(losses)) + 1 == len(losses) - 2


def test_without_likes_the_like_expert_says_nothing() -> None:
    trained = quick()
    assert len(trained.expert.films) == 0
    assert not trained.expected.any()
    assert trained.history[0].train.likes == 0.0


@pytest.mark.parametrize("films", [[], [FilmRecord("")], [FilmRecord("七人", description="🎬")]])
def test_an_empty_corpus_is_refused_with_the_cure(films: list[FilmRecord]) -> None:
    with pytest.raises(EmptyCorpus, match="import films"):
        train(films, model_config=SMALL, train_config=QUICK)


@pytest.mark.parametrize("n_films", [1, 2, 3])
def test_a_tiny_catalogue_trains(n_films: int) -> None:
    trained = train(FILMS[:n_films], Likes(np.array([0]), np.array([0])), model_config=SMALL, train_config=QUICK)
    assert np.isfinite(trained.weights["embedding"]).all()


def test_likes_of_films_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="film row 80"):
        quick(Likes(np.array([0]), np.array([80])))
    with pytest.raises(ValueError, match="below 0"):
        Likes(np.array([0]), np.array([-1]))
    with pytest.raises(ValueError, match="pairs"):
        Likes(np.array([0, 1]), np.array([1]))


def test_a_repeated_like_counts_once() -> None:
    assert len(Likes(np.array([1, 1, 2]), np.array([3, 3, 3]))) == 2


def test_the_loss_plot_is_an_image() -> None:
    picture = ElementTree.fromstring(plot_losses(quick(LIKES).history))  # noqa: S314 - our own text
    assert picture.tag.endswith("svg")
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 12
    assert plot_losses([]).startswith("<svg")


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 0},
        {"learning_rate": 0.0},
        {"beta": -1.0},
        {"likes_weight": -0.1},
        {"validation_share": 0.9},
        {"seed": -1},
        {"subset_share": (0.5, 0.1)},
    ],
)
def test_nonsense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|goes from|rises from"):
        replace(TrainConfig(), **change)
