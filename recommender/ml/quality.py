"""How good a trained model is on the visitors and films that its own training held out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .baselines import Scores
from .batches import Likes
from .config import TrainConfig
from .encoder import Encoder
from .evaluation import OURS, Report, results, summary
from .protocols import Trial
from .ranking import everybody, query_for
from .records import FilmRecord
from .sparse import SparseRows
from .split import Split

_HIDDEN = 0.2  # of a visitor's films, as in the warm protocol
_EXPERT = 1895  # seed of the like expert
_FEWEST = 3  # likes among the other films that a visitor needs for the cold protocol


def held_out_quality(
    encoder: Encoder, records: Sequence[FilmRecord], film_ids: Sequence[int], likes: Likes, config: TrainConfig
) -> Report:
    """The warm and the cold protocol on what `config` held out: {protocol: {system: {metric: {"mean", "se"}}}}.

    `film_ids` are the catalogue's ids of the n records, `likes` are rows of them, both as they were trained on. The
    spread is over visitors, of whom a small site has few. A protocol without anybody to test on is left out.
    """
    rows = encoder.space.rows(records)
    split = Split.of(np.flatnonzero(rows.lengths()), likes, config)
    vectors = _without_held_out(encoder, split, rows, records, film_ids).encode(records, film_ids)
    counts = np.bincount(np.concatenate([np.zeros(0, np.int64), *split.visitors]), minlength=len(records))
    leaning = everybody(vectors, counts, len(split.visitors))
    report: Report = {}
    for name, trial in (("warm", _warm(split, len(records), config.seed)), ("cold", _cold(split))):
        if trial.given:
            queries = (query_for(vectors, films, None, None, leaning, encoder.taste_weights) for films in trial.given)
            ours = np.stack([query.scores(vectors) for query in queries])
            popular = np.tile(counts.astype(np.float32), (len(trial.given), 1))
            systems = {OURS: ours} if name == "cold" else {OURS: ours, "popularity": popular}
            report[name] = {system: _judged(scores, trial) for system, scores in systems.items()}
    return report


def _without_held_out(
    encoder: Encoder, split: Split, rows: SparseRows, records: Sequence[FilmRecord], film_ids: Sequence[int]
) -> Encoder:
    """The encoder with a like expert that knows neither the held-out visitors nor who likes the held-out films.

    What serves learns from all likes: another expert costs seconds, and every visitor makes it better.
    """
    from .expert import LikeExpert  # loads Torch: only where a model was trained

    liked = [films[~np.isin(films, split.held_out_films)] for films in split.visitors]
    known = [films for films in liked if len(films)]
    expert = LikeExpert.of(known, rows, encoder.of_likes, np.random.default_rng(_EXPERT))
    return encoder.with_expert(expert, records, film_ids)


def _warm(split: Split, n_films: int, seed: int) -> Trial:
    """Visitors who were held out; a film that was held out, too, is nothing they could be shown."""
    rng = np.random.default_rng(seed)
    given, hidden = [], []
    for films in split.held_out_visitors:
        mixed = rng.permutation(films[~np.isin(films, split.held_out_films)])
        n_hidden = max(1, round(_HIDDEN * len(mixed)))
        if len(mixed) > n_hidden:
            hidden.append(mixed[:n_hidden])
            given.append(mixed[n_hidden:])
    eligible = np.setdiff1d(np.arange(n_films), split.held_out_films)
    return Trial(Likes.none(), given, hidden, eligible)


def _cold(split: Split) -> Trial:
    """Films that were held out, for everybody who likes one of them and enough of the others."""
    given, wanted = [], []
    for films in (*split.visitors, *split.held_out_visitors):
        new = np.isin(films, split.held_out_films)
        if new.any() and (~new).sum() >= _FEWEST:
            given.append(films[~new])
            wanted.append(films[new])
    return Trial(Likes.none(), given, wanted, split.held_out_films)


def _judged(scores: Scores, trial: Trial) -> dict[str, dict[str, float]]:
    return summary([results(scores, trial.wanted, trial.given, trial.eligible)])
