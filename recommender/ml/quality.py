"""How good a trained model is on the visitors and films that its own training held out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .batches import Likes
from .config import TrainConfig
from .encoder import Encoder
from .evaluation import OURS, Report, results, summary
from .exported import TrainingData
from .protocols import Trial
from .ranking import everybody, query_for
from .sparse import Floats, Ints
from .split import Split

_HIDDEN = 0.2  # of a visitor's films, as in the warm protocol
_EXPERT = 1895  # seed of the like expert
_ENOUGH = 2000  # people of each protocol: their standard error is below 0.01
_FEWEST = 3  # likes among the other films that a visitor needs for the cold protocol


def held_out_quality(encoder: Encoder, data: TrainingData, config: TrainConfig) -> Report:
    """The warm and the cold protocol on what `config` held out: {protocol: {system: {metric: {"mean", "se"}}}}.

    `data` is what it was trained on. The spread is over visitors, of whom a small site has few, and a large one more
    than are needed. A protocol without anybody to test on is left out.
    """
    rows, n_films = data.rows, len(data.rows)
    split = Split.of(np.flatnonzero(rows.lengths()), data.likes, config)
    vectors = _without_held_out(encoder, split, data).encode_films(rows, data.film_ids)
    counts = np.bincount(np.concatenate([np.zeros(0, np.int64), *split.visitors]), minlength=n_films)
    leaning = everybody(vectors, counts, len(split.visitors))
    report: Report = {}
    for name, trial in (("warm", _warm(split, n_films, config.seed)), ("cold", _cold(split, n_films))):
        if trial.given:
            queries = (query_for(vectors, films, None, None, leaning, encoder.taste_weights) for films in trial.given)
            systems = {OURS: (query.scores(vectors) for query in queries)}
            if name == "warm":
                systems["popularity"] = (counts.astype(np.float32) for _ in trial.given)
            report[name] = {system: _judged(scores, trial) for system, scores in systems.items()}
    return report


def _without_held_out(encoder: Encoder, split: Split, data: TrainingData) -> Encoder:
    """The encoder with a like expert that knows neither the held-out visitors nor who likes the held-out films.

    What serves learns from all likes: another expert costs seconds, and every visitor makes it better.
    """
    from .expert import LikeExpert  # loads Torch: only where a model was trained

    held_out = _among(split.held_out_films, len(data.rows))
    liked = [films[~held_out[films]] for films in split.visitors]
    known = [films for films in liked if len(films)]
    expert = LikeExpert.of(known, data.rows, encoder.of_likes, np.random.default_rng(_EXPERT))
    return encoder.with_expert(expert, data.rows, data.film_ids)


def _warm(split: Split, n_films: int, seed: int) -> Trial:
    """Visitors who were held out; a film that was held out, too, is nothing they could be shown."""
    rng, held_out = np.random.default_rng(seed), _among(split.held_out_films, n_films)
    given, hidden = [], []
    for films in split.held_out_visitors[:_ENOUGH]:
        mixed = rng.permutation(films[~held_out[films]])
        n_hidden = max(1, round(_HIDDEN * len(mixed)))
        if len(mixed) > n_hidden:
            hidden.append(mixed[:n_hidden])
            given.append(mixed[n_hidden:])
    eligible = np.setdiff1d(np.arange(n_films), split.held_out_films)
    return Trial(Likes.none(), given, hidden, eligible)


def _cold(split: Split, n_films: int) -> Trial:
    """Films that were held out, for everybody who likes one of them and enough of the others."""
    given: list[Ints] = []
    wanted: list[Ints] = []
    held_out = _among(split.held_out_films, n_films)
    for films in (*split.visitors, *split.held_out_visitors):
        new = held_out[films]
        if new.any() and (~new).sum() >= _FEWEST and len(given) < _ENOUGH:
            given.append(films[~new])
            wanted.append(films[new])
    return Trial(Likes.none(), given, wanted, split.held_out_films)


def _among(films: Ints, n_films: int) -> NDArray[np.bool_]:
    """Which of all films are these."""
    found = np.zeros(n_films, bool)
    found[films] = True
    return found


def _judged(scores: Iterable[Floats], trial: Trial) -> dict[str, dict[str, float]]:
    return summary([results(scores, trial.wanted, trial.given, trial.eligible)])
