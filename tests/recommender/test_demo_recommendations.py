"""The model trained on the demo catalogue ranks as a person would expect, and better than an untrained one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from django.core.management import call_command

from recommender.ml import artifacts, training
from recommender.ml.encoder import Encoder
from recommender.ml.lexical import LexicalIndex
from recommender.ml.ranking import everybody, query_for
from recommender.trials import Corpus, read_corpus

Groups = Iterable[list[int]]

NEAREST = 10
# What somebody types, and keywords of the films that they would expect.
REQUESTS = {
    "a heist that goes wrong": {"heist", "bank robbery", "train robbery", "robbers", "jewel thief", "master thief"},
    "robot that learns to feel": {"robot", "android", "artificial intelligence"},
    "космос и одиночество": {"space", "spaceship", "space station", "astronauts", "loneliness", "isolation"},
}


@cache
def demo() -> Corpus:
    """The demo catalogue with its profiles' likes as plain data: read by the first test, kept for the others."""
    call_command("load_demo", verbosity=0)
    return read_corpus()


@cache
def learned(*, properly: bool) -> Encoder:
    """The model as the site trains it, or the control: the same model after one step that moves nothing."""
    config = (
        training.TrainConfig() if properly else training.TrainConfig(epochs=1, steps_per_epoch=1, learning_rate=1e-9)
    )
    corpus = demo()
    result = training.train(corpus.records, training.Likes(corpus.visitors, corpus.films), train_config=config)
    with TemporaryDirectory() as folder:
        return Encoder.load(artifacts.publish(Path(folder), "demo", result, film_ids=range(len(corpus.ids))))


@pytest.fixture
def corpus(db: None) -> Corpus:
    return demo()


@pytest.fixture
def trained(db: None) -> Encoder:
    return learned(properly=True)


@pytest.fixture
def untrained(db: None) -> Encoder:
    return learned(properly=False)


def vectors_of(encoder: Encoder, corpus: Corpus) -> np.ndarray:
    return encoder.encode(corpus.records, range(len(corpus.ids)))


def series(corpus: Corpus) -> Groups:
    """Films whose titles agree up to a colon or a number."""
    found = defaultdict(list)
    for row, record in enumerate(corpus.records):
        name = re.split(r":|, Part| (?:\d|II|III|IV|Part)\b| and the ", record.title)[0].strip()
        found[name].append(row)
    return [rows for name, rows in found.items() if len(rows) > 1 and len(name) > 2]


def directors(corpus: Corpus) -> Groups:
    """Three films or more of one director."""
    found = defaultdict(list)
    for row, record in enumerate(corpus.records):
        for name in record.directors:
            found[name].append(row)
    return [rows for rows in found.values() if len(rows) >= 3]


def share_with_sibling(vectors: np.ndarray, groups: Groups) -> float:
    """Share of the films that have one of their group among their nearest."""
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -2)
    nearest = np.argsort(-similar, axis=1)[:, :NEAREST]
    films = [(row, set(rows) - {row}) for rows in groups for row in rows]
    return sum(bool(siblings & set(nearest[row].tolist())) for row, siblings in films) / len(films)


def answers(encoder: Encoder, corpus: Corpus, text: str) -> list[int]:
    vectors = vectors_of(encoder, corpus)
    likes = np.bincount(corpus.films, minlength=len(vectors))
    leaning = everybody(vectors, likes, len(np.unique(corpus.visitors)))
    words = LexicalIndex.build(corpus.records).scores(text)
    scores = query_for(vectors, [], encoder.encode_request(text), words, leaning).scores(vectors)
    return np.argsort(-scores)[:NEAREST].tolist()


def by_chance(groups: Groups, n_films: int) -> float:
    """The same share for vectors that mean nothing."""
    sizes = [len(rows) for rows in groups for _ in rows]
    return float(np.mean([1 - (1 - (size - 1) / (n_films - 1)) ** NEAREST for size in sizes]))


# An untrained encoder is a random projection of the features, and these name every director and title already: it keeps
# series and directors together as well as the best. Training may not lose that; what it adds shows in the requests.
@pytest.mark.parametrize(("groups", "floor"), [(series, 0.75), (directors, 0.55)])
def test_series_and_films_of_one_director_lie_together(
    corpus: Corpus, trained: Encoder, untrained: Encoder, groups: Callable[[Corpus], Groups], floor: float
) -> None:
    wanted = groups(corpus)
    assert sum(map(len, wanted)) >= 50
    found = share_with_sibling(vectors_of(trained, corpus), wanted)
    assert found >= floor > 3 * by_chance(wanted, len(corpus.ids))
    assert found > share_with_sibling(vectors_of(untrained, corpus), wanted) - 0.1


def test_three_keywords_find_their_film(corpus: Corpus, trained: Encoder, untrained: Encoder) -> None:
    def found(encoder: Encoder) -> float:
        vectors = vectors_of(encoder, corpus)
        hits = []
        for row in range(0, len(corpus.records), 4):
            scores = vectors @ encoder.encode_request(" ".join(corpus.records[row].keywords[:3]))
            hits.append((scores > scores[row]).sum() < NEAREST)
        return float(np.mean(hits))

    assert found(trained) >= 0.8
    assert found(trained) > found(untrained) + 0.1


def test_the_vector_alone_understands_requests(corpus: Corpus, trained: Encoder, untrained: Encoder) -> None:
    def fitting(encoder: Encoder) -> int:
        vectors = vectors_of(encoder, corpus)
        nearest = ((text, np.argsort(-(vectors @ encoder.encode_request(text)))[:NEAREST]) for text in REQUESTS)
        return sum(bool(REQUESTS[text] & set(corpus.records[row].keywords)) for text, rows in nearest for row in rows)

    assert fitting(trained) >= 15
    assert fitting(trained) >= 2 * fitting(untrained)


@pytest.mark.parametrize("text", REQUESTS)
def test_typed_requests_find_what_they_ask_for(corpus: Corpus, trained: Encoder, text: str) -> None:
    fitting = [row for row in answers(trained, corpus, text) if REQUESTS[text] & set(corpus.records[row].keywords)]
    usual = sum(bool(REQUESTS[text] & set(record.keywords)) for record in corpus.records) / len(corpus.records)
    assert len(fitting) >= 4 > 3 * usual * NEAREST


def test_a_request_in_another_language_finds_the_same_films(corpus: Corpus, trained: Encoder) -> None:
    english, russian = (set(answers(trained, corpus, text)) for text in ("space", "космос"))
    assert len(english & russian) >= 2
