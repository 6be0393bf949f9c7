"""The protocols, the baselines and the table that holds them together."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from recommender.ml import artifacts, baselines, protocols
from recommender.ml.baselines import Baselines, MissingLibrary
from recommender.ml.batches import Likes
from recommender.ml.encoder import Encoder
from recommender.ml.evaluation import BASELINES, Data, Request, Step, TooLittleData, evaluate
from recommender.ml.held_out import halved, held_out_found
from recommender.ml.sparse import SparseRows
from recommender.ml.training import TrainConfig, train

from .films import QUICK, SMALL, benchmark, likes_by_group, tag_requests, two_groups

FILMS, GROUP = two_groups(60)
LIKES = likes_by_group(GROUP, 20)
DATA = Data(FILMS, LIKES, [Request("sailor", np.arange(0, 60, 2)), Request("judge", np.arange(1, 60, 2))])


def encoder(likes: Likes) -> Encoder:
    trained = train(FILMS, likes, model_config=SMALL, train_config=QUICK)
    return Encoder(artifacts.unpublished(trained, range(60)))


def test_warm_hides_a_fifth_of_visitors_that_training_never_saw() -> None:
    tested = set()
    for trial in protocols.warm(DATA):
        assert len(trial.given) == 4
        for given, wanted in zip(trial.given, trial.wanted, strict=True):
            assert (len(given), len(wanted)) == (6, 2)
            assert not set(given) & set(wanted)
        assert len(np.unique(trial.likes.visitors)) == 16
        tested |= set(range(20)) - set(trial.likes.visitors.tolist())
        assert trial.eligible.tolist() == list(range(60))
    assert tested == set(range(20))


def test_cold_films_have_no_likes_and_compete_among_themselves() -> None:
    seen: list[int] = []
    for trial in protocols.cold(DATA):
        assert not set(trial.likes.films) & set(trial.eligible)
        for given, wanted in zip(trial.given, trial.wanted, strict=True):
            assert len(given) >= 3
            assert set(wanted) <= set(trial.eligible)
            assert not set(given) & set(trial.eligible)
        seen += trial.eligible.tolist()
    assert sorted(seen) == list(range(60))


def test_seed_and_folds_change_the_splits() -> None:
    first, second = (next(iter(protocols.warm(DATA, seed=seed))) for seed in (0, 1))
    assert not np.array_equal(first.likes.visitors, second.likes.visitors)
    assert len(list(protocols.cold(DATA, folds=3))) == 3


@pytest.mark.parametrize("protocol", [protocols.warm, protocols.cold])
def test_too_few_likes_or_folds_are_refused(protocol) -> None:
    with pytest.raises(TooLittleData, match="import likes"):
        list(protocol(Data(FILMS, Likes.none())))
    with pytest.raises(ValueError, match="at least 2 folds"):
        list(protocol(DATA, folds=1))


def test_the_table_holds_every_system_on_the_same_splits() -> None:
    steps: list[Step] = []
    report = evaluate(DATA, encoder, folds=2, progress=steps.append)
    assert json.loads(json.dumps(report)) == report
    assert {name: tuple(systems) for name, systems in report.items()} == {
        name: ("vae", *BASELINES[name]) for name in ("warm", "cold", "request")
    }
    for systems in report.values():
        for found in systems.values():
            assert set(found) == {"recall@20", "recall@50", "ndcg@10", "ndcg@100", "coverage"}
            assert all(0 <= value["mean"] <= 1 and value["se"] >= 0 for value in found.values())
    assert [step.done for step in steps] == list(range(1, steps[0].total + 1))


def test_a_protocol_or_a_baseline_can_be_left_out() -> None:
    report = evaluate(DATA, encoder, names=["warm"], baselines=["popularity"], folds=2)
    assert {name: list(systems) for name, systems in report.items()} == {"warm": ["vae", "popularity"]}
    assert list(evaluate(DATA, encoder, names=["request"], baselines=[])["request"]) == ["vae"]


def test_requests_must_be_given() -> None:
    with pytest.raises(TooLittleData, match="no requests"):
        evaluate(Data(FILMS, LIKES), encoder, names=["request"])


def test_a_missing_library_says_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "implicit.als", None)
    trial = next(iter(protocols.warm(DATA)))
    with pytest.raises(MissingLibrary, match=r"requirements-eval\.txt"):
        Baselines(FILMS).for_visitors("als", trial)


@pytest.mark.parametrize("shape", [(6, 9), (9, 6)])
def test_ease_is_the_same_from_either_side(shape: tuple[int, int]) -> None:
    likes = (np.random.default_rng(0).random(shape) < 0.4).astype(np.float64)
    inverse = np.linalg.inv(likes.T @ likes + 2.0 * np.eye(shape[1]))
    wanted = inverse / -np.diag(inverse)
    np.fill_diagonal(wanted, 0)
    np.testing.assert_allclose(baselines._item_weights(likes, 2.0), wanted, atol=1e-10)


def test_half_of_the_features_is_exactly_half() -> None:
    rows = SparseRows.of([dict.fromkeys(range(n), 1.0) for n in (0, 1, 4, 7)], 8)
    half = halved(rows, np.random.default_rng(0))
    assert half.lengths().tolist() == [0, 1, 2, 4]
    again = halved(rows, np.random.default_rng(1))
    assert half.indices.tolist() != again.indices.tolist()


def test_films_held_out_from_training_are_found_by_half_of_their_features() -> None:
    films, _ = two_groups(80, words=6)

    def learn(config: TrainConfig):
        return lambda records, likes: train(records, likes, model_config=SMALL, train_config=config)

    long = TrainConfig(epochs=12, steps_per_epoch=10, film_batch=64, subset_batch=64, elbo_weight=0.01)
    none = TrainConfig(epochs=1, steps_per_epoch=1, learning_rate=1e-9)
    trained, control = (held_out_found(films, Likes.none(), learn(config), share=0.2) for config in (long, none))
    assert len(trained.found) == len(control.found) == 16
    ours, theirs = trained.summary(), control.summary()
    assert ours["reconstruction"]["mean"] < theirs["reconstruction"]["mean"]
    assert ours["held_out_found"]["mean"] > theirs["held_out_found"]["mean"]
    assert ours["kl"]["mean"] > 0
    with pytest.raises(TooLittleData, match="cannot be held out"):
        held_out_found(films[:2], Likes.none(), learn(none), share=0.1)


# What tools/protocols.py, an independent implementation, gives on the benchmark data.
REFERENCE = {
    ("warm", "popularity"): {"recall@20": 0.1819, "recall@50": 0.2649, "ndcg@10": 0.1456, "ndcg@100": 0.2127},
    ("warm", "tfidf"): {"recall@20": 0.0700, "recall@50": 0.1021, "ndcg@10": 0.0605, "ndcg@100": 0.0914},
    ("cold", "tfidf"): {"recall@20": 0.1517, "recall@50": 0.2297, "ndcg@10": 0.1406, "ndcg@100": 0.2087},
    ("request", "tfidf"): {"recall@20": 0.2064, "recall@50": 0.2847, "ndcg@10": 0.1096, "ndcg@100": 0.1648},
    ("request", "bm25"): {"recall@20": 0.2125, "recall@50": 0.2833, "ndcg@10": 0.1166, "ndcg@100": 0.1692},
}


@pytest.mark.real_data
def test_the_baselines_agree_with_the_reference_on_the_benchmark() -> None:
    pytest.importorskip("sklearn", reason="needs requirements-eval.txt")
    films, likes = benchmark()
    data = Data(films, likes, [Request(text, np.array(rows)) for text, rows in tag_requests()])
    nothing = Encoder(artifacts.unpublished(train(FILMS, model_config=SMALL, train_config=QUICK), range(60)))
    report = evaluate(data, lambda _: nothing, baselines=["popularity", "tfidf", "bm25"])
    for (protocol, system), wanted in REFERENCE.items():
        found = {name: report[protocol][system][name]["mean"] for name in wanted}
        assert found == pytest.approx(wanted, abs=5e-4), (protocol, system)
