"""Our model and the baselines on the same splits, ranked over all films, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from . import protocols
from .baselines import COLD, REQUEST, WARM, Baselines, Scores
from .batches import Likes
from .encoder import Encoder
from .lexical import LexicalIndex
from .metrics import (
    NothingToFind,
    coverage,
    intra_list_similarity,
    mean_and_error,
    mean_popularity,
    ndcg_at,
    recall_at,
)
from .protocols import Data, Request, TooLittleData, Trial
from .ranking import everybody, query_for
from .search import top
from .sparse import Floats, Ints

__all__ = [
    "Data",
    "Likes",
    "NothingToFind",
    "Request",
    "TooLittleData",
    "coverage",
    "evaluate",
    "intra_list_similarity",
    "mean_and_error",
    "mean_popularity",
    "ndcg_at",
    "recall_at",
]

Report = dict[str, dict[str, dict[str, dict[str, float]]]]
TrainFn = Callable[[Likes], Encoder]

OURS = "vae"
BASELINES = {"warm": WARM, "cold": COLD, "request": REQUEST}
METRICS = {
    "recall@20": (recall_at, 20),
    "recall@50": (recall_at, 50),
    "ndcg@10": (ndcg_at, 10),
    "ndcg@100": (ndcg_at, 100),
}
_DEEPEST = 100
_SHOWN = 20  # places that count for coverage


@dataclass(frozen=True)
class Step:
    """One finished piece of an evaluation, for whoever waits: `done` of `total` rankings."""

    protocol: str
    system: str
    fold: int
    done: int
    total: int


def evaluate(
    data: Data,
    train_fn: TrainFn,
    *,
    names: Sequence[str] = ("warm", "cold", "request"),
    baselines: Sequence[str] | None = None,
    folds: int = 5,
    seed: int = 0,
    progress: Callable[[Step], None] = lambda _: None,
) -> Report:
    """Every protocol for every system: {protocol: {system: {metric: {"mean", "se"}}}}, ours under the name "vae".

    `train_fn` learns from some of the likes and gives an encoder whose catalogue ids are the rows of the records.
    `baselines` names those wanted (all by default; none for an empty list). Raises TooLittleData, MissingLibrary.
    """
    bench = _Bench(data, train_fn, Baselines(data.records), folds, seed)
    systems = {name: (OURS, *(b for b in BASELINES[name] if baselines is None or b in baselines)) for name in names}
    total = sum(len(systems[name]) * (1 if name == "request" else folds) for name in names)
    report: Report = {}
    done = 0
    for name in names:
        results: dict[str, list[Results]] = {system: [] for system in systems[name]}
        for fold, judge in enumerate(bench.judges(name)):
            for system in systems[name]:
                results[system].append(judge(system))
                done += 1
                progress(Step(name, system, fold, done, total))
        report[name] = {system: summary(several) for system, several in results.items()}
    return report


@dataclass(frozen=True)
class _Bench:
    """Our model and the baselines behind one door: a judge takes a system's name and gives its results."""

    data: Data
    train_fn: TrainFn
    baselines: Baselines
    folds: int
    seed: int

    def judges(self, name: str) -> Iterator[Callable[[str], Results]]:
        """One judge for each fold of a protocol."""
        if name == "request":
            yield self._judge_requests
            return
        trials = {"warm": protocols.warm, "cold": protocols.cold}[name](self.data, self.folds, self.seed)
        for trial in trials:
            yield partial(self._judge_visitors, trial)

    def _judge_visitors(self, trial: Trial, system: str) -> Results:
        scores = self._ours(trial) if system == OURS else self.baselines.for_visitors(system, trial)
        return results(scores, trial.wanted, trial.given, trial.eligible)

    def _judge_requests(self, system: str) -> Results:
        if not self.data.requests:
            raise TooLittleData("There are no requests to test on: give a file of them, or leave the protocol out.")
        texts = [request.text for request in self.data.requests]
        scores = self._ours_asked(texts) if system == OURS else self.baselines.for_requests(system, texts)
        wanted = [request.films for request in self.data.requests]
        nothing = [np.zeros(0, np.int64)] * len(wanted)
        return results(scores, wanted, nothing, np.arange(len(self.data.records)))

    def _ours(self, trial: Trial) -> Scores:
        encoder = self.train_fn(trial.likes)
        vectors, weights = self._vectors(encoder), encoder.taste_weights
        popular = _everybody(vectors, trial.likes)
        queries = (query_for(vectors, films, None, None, popular, weights) for films in trial.given)
        return np.stack([query.scores(vectors) for query in queries])

    def _ours_asked(self, texts: Sequence[str]) -> Scores:
        encoder = self.train_fn(self.data.likes)
        vectors, words = self._vectors(encoder), LexicalIndex.build(self.data.records)
        popular = _everybody(vectors, self.data.likes)
        queries = (query_for(vectors, [], encoder.encode_request(t), words.scores(t), popular) for t in texts)
        return np.stack([query.scores(vectors) for query in queries])

    def _vectors(self, encoder: Encoder) -> Floats:
        return encoder.encode(self.data.records, range(len(self.data.records)))


def _everybody(vectors: Floats, likes: Likes) -> Floats:
    return everybody(vectors, likes.counts(len(vectors)), len(np.unique(likes.visitors)))


@dataclass(frozen=True)
class Results:
    """One ranking per visitor or request: each metric's value for each, and the share of films ever shown."""

    values: dict[str, list[float]]
    coverage: float


def results(scores: Iterable[Floats], wanted: Sequence[Ints], given: Sequence[Ints], eligible: Ints) -> Results:
    """Rank the eligible films by each visitor's scores (films,), leaving out what the visitor gave."""
    values: dict[str, list[float]] = {name: [] for name in METRICS}
    shown = []
    for row, films, own in zip(scores, wanted, given, strict=True):
        left_out = np.flatnonzero(np.isin(eligible, own))
        ranked = eligible[top(row[eligible], _DEEPEST, without=left_out).rows].tolist()
        shown.append(ranked[:_SHOWN])
        for name, (metric, k) in METRICS.items():
            values[name].append(metric(k, ranked, films))
    return Results(values, coverage(shown, len(eligible)))


def summary(several: Sequence[Results]) -> dict[str, dict[str, float]]:
    """Each metric's mean and standard error over the folds; over the requests where there is one ranking only."""
    if len(several) == 1:
        found = {name: mean_and_error(values) for name, values in several[0].values.items()}
    else:
        found = {name: mean_and_error([float(np.mean(one.values[name])) for one in several]) for name in METRICS}
    return found | {"coverage": mean_and_error([one.coverage for one in several])}
