"""What the dial and variety cost and bring: accuracy beside coverage, popularity and likeness within a list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import protocols
from .batches import Likes
from .encoder import Encoder
from .metrics import coverage, intra_list_similarity, mean_and_error, mean_popularity, ndcg_at, recall_at
from .protocols import Data, Trial
from .ranking import VARIED, diversified, everybody, popularity_ranks, query_for, turned
from .search import top

# The settings that are measured: name -> (dial, variety).
SETTINGS = {
    "plain": (0.0, 0.0),
    "variety 0.3": (0.0, 0.3),
    "variety 0.6": (0.0, 0.6),
    "popular": (-0.5, 0.0),
    "hidden gems": (0.5, 0.0),
}
METRICS = ("recall@20", "ndcg@10", "coverage", "mean popularity", "intra-list similarity")
_SHOWN = 20

Table = dict[str, dict[str, dict[str, float]]]


def measure(data: Data, train_fn: Callable[[Likes], Encoder], *, folds: int = 5, seed: int = 0) -> Table:
    """Lists of 20 films for unseen visitors under each setting: {setting: {metric: {"mean", "se"}}} over the folds."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in SETTINGS}
    for trial in protocols.warm(data, folds, seed):
        encoder = train_fn(trial.likes)
        for name, lists in _lists(data, encoder, trial).items():
            found[name].append(lists)
    return {
        name: {metric: mean_and_error([fold[metric] for fold in several]) for metric in METRICS}
        for name, several in found.items()
    }


def _lists(data: Data, encoder: Encoder, trial: Trial) -> dict[str, dict[str, float]]:
    vectors = encoder.encode(data.records, range(len(data.records)))
    likes = trial.likes.counts(len(vectors))
    ranks, popular = popularity_ranks(likes), everybody(vectors, likes, len(np.unique(trial.likes.visitors)))
    lists: dict[str, list[list[int]]] = {name: [] for name in SETTINGS}
    for given in trial.given:
        scores = query_for(vectors, given, None, None, popular, encoder.taste_weights).scores(vectors)
        for name, (dial, variety) in SETTINGS.items():
            dialled = turned(scores, ranks, dial)
            rows = top(dialled, VARIED, without=given).rows
            varied = diversified(vectors, dialled, rows, variety) if variety else rows.tolist()
            lists[name].append(varied[:_SHOWN])
    return {
        name: {
            "recall@20": float(np.mean([recall_at(20, *pair) for pair in zip(several, trial.wanted, strict=True)])),
            "ndcg@10": float(np.mean([ndcg_at(10, *pair) for pair in zip(several, trial.wanted, strict=True)])),
            "coverage": coverage(several, len(vectors)),
            "mean popularity": mean_popularity(several, likes),
            "intra-list similarity": float(np.mean([intra_list_similarity(vectors, films) for films in several])),
        }
        for name, several in lists.items()
    }
