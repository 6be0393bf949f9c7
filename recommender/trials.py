"""What the model is tried on: the site's own data, trainings on a part of it, and an encoder on films it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from catalog.models import Movie
from recommender import training_data
from recommender.corpus import film_records
from recommender.ml import artifacts
from recommender.ml.batches import Likes
from recommender.ml.encoder import Encoder
from recommender.ml.protocols import Data
from recommender.ml.records import FilmRecord
from recommender.pipeline import NotReady

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Corpus:
    """What there is to learn from: n films, and likes as pairs of a visitor's number and a film's row."""

    ids: list[int]
    records: list[FilmRecord]
    visitors: NDArray[np.int64]
    films: NDArray[np.int64]


def read_corpus() -> Corpus:
    """All published films and who likes them, in the order of their ids."""
    films = [film for chunk in film_records(Movie.objects.listed()) for film in chunk]
    ids = [pk for pk, _record in films]
    pairs = np.concatenate([np.zeros((0, 2), np.int64), *training_data.likes()])
    known = np.array(ids, np.int64)
    pairs = pairs[np.isin(pairs[:, 1], known)]
    return Corpus(ids, [record for _pk, record in films], pairs[:, 0], np.searchsorted(known, pairs[:, 1]))


def data_of_this_site() -> Data:
    """The catalogue and its likes as data to test on; there are no requests whose right answers are known."""
    corpus = read_corpus()
    return Data(corpus.records, Likes(corpus.visitors, corpus.films))


def train_for_test(records: Sequence[FilmRecord], likes: Likes) -> Encoder:
    """Train on some of the likes and read the encoder back from a real artifact; its film ids are rows."""
    from recommender.ml import training

    try:
        trained = training.train(records, likes)
    except training.EmptyCorpus as problem:
        raise NotReady(str(problem)) from problem
    with TemporaryDirectory() as folder:
        return Encoder.load(artifacts.publish(Path(folder), "test", trained, film_ids=range(len(records))))


def encoder_for_test(data: Data, seed: int) -> dict[str, dict[str, dict[str, float]]]:
    """How the encoder does on films that it never saw, beside an untrained control: {system: {metric: mean, se}}."""
    from recommender.ml.held_out import held_out_found
    from recommender.ml.training import EmptyCorpus, TrainConfig, train

    untrained = TrainConfig(epochs=1, steps_per_epoch=1, learning_rate=1e-9)
    try:
        return {
            name: held_out_found(data.records, data.likes, partial(train, train_config=config), seed=seed).summary()
            for name, config in (("vae", TrainConfig()), ("untrained", untrained))
        }
    except EmptyCorpus as problem:
        raise NotReady(str(problem)) from problem
