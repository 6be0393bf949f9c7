"""Facts of the autoencoder that can be worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from recommender.ml import vae
from recommender.ml.sparse import SparseRows
from recommender.ml.sparse_torch import Bag

CPU = torch.device("cpu")
CONFIG = vae.VAEConfig(n_features=6, hidden=5, latent=4, likes=2)


def model(config: vae.VAEConfig = CONFIG, seed: int = 1) -> vae.FilmVAE:
    return vae.FilmVAE(config, torch.Generator().manual_seed(seed))


def bag(rows: int = 3) -> Bag:
    return Bag.of(SparseRows.of([{row % 6: 1.0, (row + 2) % 6: 0.5} for row in range(rows)], 6), CPU)


def encoded(mean: float, logvar: float, n: int = 3, latent: int = 4) -> vae.Encoded:
    return vae.Encoded(torch.full((n, latent), mean), torch.full((n, latent), logvar))


def test_the_kl_of_the_prior_is_zero() -> None:
    terms = vae.elbo(torch.zeros(3, 6), torch.ones(3, 6), encoded(0.0, 0.0))
    assert terms.kl.item() == 0.0


def test_kl_and_reconstruction_are_in_nats_per_film() -> None:
    terms = vae.elbo(torch.zeros(3, 6), torch.ones(3, 6), encoded(2.0, 0.0))
    assert terms.kl.item() == pytest.approx(4 * 2.0)  # latent * mean^2 / 2
    assert terms.reconstruction.item() == pytest.approx(6 * math.log(6))  # six draws, six equal chances


def test_losses_do_not_depend_on_the_batch_size() -> None:
    generator = torch.Generator().manual_seed(5)
    logits, counts = torch.randn(4, 6, generator=generator), torch.rand(4, 6, generator=generator)
    one = vae.Encoded(torch.randn(4, 4, generator=generator), torch.randn(4, 4, generator=generator))
    three = vae.Encoded(one.mean.repeat(3, 1), one.logvar.repeat(3, 1))
    once, thrice = vae.elbo(logits, counts, one), vae.elbo(logits.repeat(3, 1), counts.repeat(3, 1), three)
    assert thrice.reconstruction.item() == pytest.approx(once.reconstruction.item(), rel=1e-5)
    assert thrice.kl.item() == pytest.approx(once.kl.item(), rel=1e-5)
    vectors = torch.nn.functional.normalize(one.mean, dim=1)
    seen, hidden = torch.tensor([[1.0, 0, 0, 0]]), torch.tensor([[0, 1.0, 1, 0]])
    warmth = torch.tensor(5.0)
    loss = vae.likes_loss(vectors[:1], vectors, seen, hidden, warmth)
    again = vae.likes_loss(vectors[:1].repeat(3, 1), vectors, seen.repeat(3, 1), hidden.repeat(3, 1), warmth)
    assert again.item() == pytest.approx(loss.item(), rel=1e-5)


def test_the_noise_has_unit_variance() -> None:
    codes = vae.sample(encoded(1.0, 2 * math.log(3.0), n=20_000), torch.Generator().manual_seed(0))
    assert codes.mean().item() == pytest.approx(1.0, abs=0.05)
    assert codes.std().item() == pytest.approx(3.0, rel=0.02)


def test_dropout_keeps_the_expectation() -> None:
    thinned = vae.kept((20_000,), 0.4, torch.Generator().manual_seed(0)) / 0.6
    assert thinned.mean().item() == pytest.approx(1.0, abs=0.02)
    assert thinned.unique().tolist() == pytest.approx([0.0, 1 / 0.6])


def test_randomness_is_an_argument() -> None:
    before = torch.get_rng_state()
    first, second = (
        vae.sample(
            model().encode(bag(), vae.kept((3, 5), 0.5, torch.Generator().manual_seed(7))),
            torch.Generator().manual_seed(8),
        )
        for _ in range(2)
    )
    assert torch.equal(first, second)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(model(seed=1).embedding, model(seed=1).embedding)
    assert not torch.equal(model(seed=1).embedding, model(seed=2).embedding)


def test_without_dropout_encoding_is_deterministic() -> None:
    assert torch.equal(model().encode(bag()).mean, model().encode(bag()).mean)


def test_the_likes_loss_falls_when_a_visitor_points_at_the_hidden_film() -> None:
    vectors, seen, hidden = torch.eye(3), torch.tensor([[1.0, 0, 0]]), torch.tensor([[0, 1.0, 0]])
    warmth = torch.tensor(5.0)
    away = vae.likes_loss(vectors[:1], vectors, seen, hidden, warmth)
    assert away.item() == pytest.approx(math.log(2))  # two equal chances: the film already seen does not compete
    assert vae.likes_loss(vectors[1:2], vectors, seen, hidden, warmth) < away
    handicap = torch.tensor([0.0, 0.0, -100.0])
    assert vae.likes_loss(vectors[:1], vectors, seen, hidden, warmth, handicap).item() == pytest.approx(0)


def test_the_nearness_loss_is_least_where_both_have_the_same_neighbours() -> None:
    cosines = torch.tensor([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0]])
    films, warmth = torch.tensor([0, 1]), torch.tensor(100.0)
    alike = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1.0, 0.0], [0.0, 1.0]]), dim=1)
    assert vae.nearness_loss(alike, films, cosines, 100.0, warmth).item() == pytest.approx(0, abs=1e-4)
    assert vae.nearness_loss(alike[[0, 2, 1]], films, cosines, 100.0, warmth) > 1
    even = vae.nearness_loss(alike, films, cosines, 0.0, torch.tensor(0.0))
    assert even.item() == pytest.approx(math.log(2))  # a film is no neighbour of its own


def test_the_subset_loss_is_the_surprise_of_the_right_film() -> None:
    vectors, films = torch.eye(4), torch.arange(4)
    loss = vae.subset_loss(3 * vectors, vectors, films, torch.tensor(2.0))
    assert loss.item() == pytest.approx(-math.log(math.e**2 / (math.e**2 + 3)))


@pytest.mark.parametrize(
    "change", [{"n_features": 0}, {"latent": 0}, {"likes": -1}, {"hidden_dropout": 1.0}, {"temperature": 0.0}]
)
def test_nonsense_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be|is a share"):
        vae.VAEConfig(**{"n_features": 6, **change})
