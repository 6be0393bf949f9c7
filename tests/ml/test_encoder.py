"""The trained encoder in NumPy equals the one in Torch, and needs no Torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from recommender.ml import artifacts
from recommender.ml.encoder import Encoder
from recommender.ml.join import expected_part, joined
from recommender.ml.records import FilmRecord
from recommender.ml.sparse_torch import Bag
from recommender.ml.training import Trained, restored, train

from .films import QUICK, SMALL, likes_by_group, two_groups

ROOT = Path(__file__).resolve().parents[2]
FILMS, GROUP = two_groups(60)
IDS = [7 * row + 3 for row in range(60)]


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(FILMS, likes_by_group(GROUP, 6), model_config=SMALL, train_config=QUICK)


@pytest.fixture(scope="module")
def encoder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder.load(artifacts.publish(tmp_path_factory.mktemp("models"), "one", trained, film_ids=IDS))


def test_its_content_equals_the_torch_encoder(encoder: Encoder, trained: Trained) -> None:
    bag = Bag.of(trained.space.rows(FILMS), torch.device("cpu"))
    with torch.no_grad():
        content = torch.nn.functional.normalize(restored(trained).encode(bag).mean, dim=1).numpy()
    likes = expected_part(content, trained.expected)
    np.testing.assert_allclose(encoder.encode(FILMS, [None] * 60), joined(likes, content), atol=1e-5)
    likes[trained.expert.films] = trained.expert.parts
    np.testing.assert_allclose(encoder.encode(FILMS, IDS), joined(likes, content), atol=1e-5)


def test_an_unknown_film_gets_what_its_content_lets_expect(encoder: Encoder, trained: Trained) -> None:
    liked, unliked = trained.expert.films[0], np.setdiff1d(np.arange(60), trained.expert.films)[0]
    for row, differs in ((liked, True), (unliked, False)):
        known = encoder.encode([FILMS[row]], [IDS[row]])
        alone = encoder.encode([FILMS[row]], [None])
        stranger = encoder.encode([FILMS[row]], [10**9])
        np.testing.assert_array_equal(alone, stranger)
        assert np.array_equal(known, alone) != differs
        assert alone[0, : encoder.of_likes].any()


def test_a_catalogue_without_likes_has_content_alone() -> None:
    encoder = Encoder(artifacts.unpublished(train(FILMS, model_config=SMALL, train_config=QUICK), IDS))
    vectors = encoder.encode(FILMS, IDS)
    assert not vectors[:, : encoder.of_likes].any()
    np.testing.assert_allclose(np.linalg.norm(vectors[:, encoder.of_likes :], axis=1), 1, atol=1e-6)


def test_chunks_give_the_same_vectors(encoder: Encoder) -> None:
    whole = encoder.encode(FILMS, IDS)
    parts = [encoder.encode(FILMS[at : at + 7], IDS[at : at + 7]) for at in range(0, 60, 7)]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)
    assert encoder.encode([], []).shape == (0, encoder.dimension)


def test_vectors_are_unit_rows_of_float32(encoder: Encoder) -> None:
    vectors = encoder.encode(FILMS, IDS)
    assert vectors.shape == (60, 18)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_film_with_nothing_to_say_is_a_zero_row(encoder: Encoder) -> None:
    assert not encoder.encode([FilmRecord("七人", description="🎬")], [None]).any()


def test_a_request_is_a_unit_vector_or_zero(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.encode_request("sailor", ["Drama"])) == pytest.approx(1, abs=1e-6)
    assert encoder.encode_request("sailor").dtype == np.float32
    for nothing in ("", "七人", "zzzz"):
        assert not encoder.encode_request(nothing).any()


def test_a_request_gives_the_same_answer_twice(encoder: Encoder) -> None:
    np.testing.assert_array_equal(encoder.encode_request("sailor"), encoder.encode_request("sailor"))


def test_ids_and_films_must_pair_up(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="1 films but 2 ids"):
        encoder.encode(FILMS[:1], [1, 2])


def test_serving_loads_no_torch() -> None:
    code = (
        "import sys, recommender.ml.encoder, recommender.ml.search, recommender.ml.lexical\n"
        "print([name for name in ('torch', 'scipy', 'sklearn', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
