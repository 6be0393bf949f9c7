"""Whatever numbers, words and films come, each function of the model answers something defined.

Some dozens of cases each by default; `NUMBERS_CASES=2000 .venv/bin/pytest tests/ml/test_numbers.py` draws that many.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from recommender.ml import artifacts, metrics, together
from recommender.ml.clusters import groups
from recommender.ml.encoder import Encoder
from recommender.ml.expert import LikeExpert
from recommender.ml.features import FeatureSpace
from recommender.ml.join import LONGEST, expected_part, joined, taste_weights, unit
from recommender.ml.layout import layout
from recommender.ml.lexical import LexicalIndex
from recommender.ml.near import nearest_rows
from recommender.ml.ranking import Query, diversified, everybody, popularity_ranks, query_for, turned
from recommender.ml.records import FilmRecord
from recommender.ml.search import cosines, nearest, top
from recommender.ml.settling import aligned, settled
from recommender.ml.tokenizer import ALPHABET, PADDING, Tokenizer
from recommender.ml.training import train

from .films import QUICK, SMALL, likes_by_group, two_groups

Floats = NDArray[np.float32]
CASES = int(os.environ.get("NUMBERS_CASES", "0"))
DIMENSION = 4


def how_often(usual: int = 60) -> settings:
    """As many cases as asked for; by chance only where somebody asked for many."""
    return settings(
        max_examples=CASES or usual,
        derandomize=not CASES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


# Unit vectors whose products are exact in float32, so that equal scores are equal to the last bit.
EXACT = [np.eye(DIMENSION, dtype=np.float32)[at] * sign for at in range(DIMENSION) for sign in (1, -1)]
EXACT += [np.array(signs, np.float32) - np.float32(0.5) for signs in np.ndindex(2, 2, 2, 2)]
ZERO = np.zeros(DIMENSION, np.float32)
exact_rows = st.lists(st.sampled_from([*EXACT, ZERO]), max_size=12).map(
    lambda rows: np.array(rows, np.float32).reshape(-1, DIMENSION)
)
any_number = st.floats(width=32, allow_nan=True, allow_infinity=True)
number = st.floats(-(2.0**100), 2.0**100, width=32)
any_query = hnp.arrays(np.float32, DIMENSION, elements=any_number)


@st.composite
def unit_rows(draw: st.DrawFn, least: int = 0, most: int = 12, dimension: int = DIMENSION) -> Floats:
    """Unit vectors, some of them equal, opposite, nearly so, or zero."""
    rows: list[Floats] = []
    for _ in range(draw(st.integers(least, most))):
        kind = draw(st.sampled_from(["new", "new", "zero", "same", "opposite", "nearly"]))
        if kind == "zero":
            rows.append(np.zeros(dimension, np.float32))
        elif kind == "new" or not rows:
            rows.append(draw(hnp.arrays(np.float32, dimension, elements=st.floats(-1, 1, width=32))))
        else:
            old = rows[draw(st.integers(0, len(rows) - 1))]
            rows.append({"same": old, "opposite": -old, "nearly": np.float32(1e-6) - old}[kind])
    return unit(np.array(rows, np.float32).reshape(-1, dimension))


def is_sound(scores: Floats) -> None:
    assert np.isfinite(scores).all()
    assert (np.abs(scores) <= 1).all()


# Search


@how_often()
@given(exact_rows, st.sampled_from([*EXACT, ZERO]), st.integers(0, 15), st.data())
def test_search_equals_looking_at_every_film(vectors: Floats, query: Floats, k: int, data: st.DataObject) -> None:
    n = len(vectors)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
    likes = np.array(data.draw(st.lists(st.integers(0, 10**12), min_size=n, max_size=n)), np.int64)
    found = nearest(vectors, query, k, allowed=allowed, ties=likes)
    wanted = sorted(np.flatnonzero(allowed), key=lambda row: (-(vectors[row] @ query), -likes[row], row))[:k]
    assert found.rows.tolist() == wanted
    is_sound(found.scores)


@how_often()
@given(unit_rows(), any_query, st.integers(0, 15), st.data())
def test_search_bears_any_query(vectors: Floats, query: Floats, k: int, data: st.DataObject) -> None:
    n = len(vectors)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
    found = nearest(vectors, query, k, allowed=allowed)
    is_sound(found.scores)
    assert len(set(found.rows.tolist())) == len(found.rows)
    assert allowed[found.rows].all()
    assert len(found.rows) == (min(k, allowed.sum()) if np.isfinite(query).all() else 0)
    assert (np.diff(found.scores) <= 0).all()
    again = nearest(vectors, query, k, allowed=allowed)
    np.testing.assert_array_equal(found.rows, again.rows)


@how_often()
@given(unit_rows(least=1), hnp.arrays(np.float32, DIMENSION, elements=number), st.floats(1e-20, 1e20))
def test_a_query_counts_by_its_direction_alone(vectors: Floats, query: Floats, length: float) -> None:
    direction = query.astype(np.float64) / (np.linalg.norm(query.astype(np.float64)) or 1)
    scaled = (direction * length).astype(np.float32)
    assume(scaled.any() == query.any())
    np.testing.assert_allclose(cosines(vectors, scaled), vectors @ direction, atol=1e-5)


@how_often()
@given(exact_rows, st.sampled_from(EXACT), st.data())
def test_films_that_may_not_be_shown_change_nothing(vectors: Floats, query: Floats, data: st.DataObject) -> None:
    more = data.draw(st.lists(st.sampled_from(EXACT), max_size=30))
    both = np.concatenate([vectors, np.array(more, np.float32).reshape(-1, DIMENSION)])
    allowed = np.arange(len(both)) < len(vectors)
    one, other = nearest(vectors, query, 5), nearest(both, query, 5, allowed=allowed)
    np.testing.assert_array_equal(one.rows, other.rows)
    np.testing.assert_array_equal(one.scores, other.scores)


@how_often()
@given(st.lists(any_number, max_size=20), st.data())
def test_the_order_of_films_does_not_matter(values: list[float], data: st.DataObject) -> None:
    order = np.array(data.draw(st.permutations(range(len(values)))), np.int64)
    scores = np.array(values, np.float32)
    ids = np.arange(len(values))
    one, other = top(scores, 7, ties=ids), top(scores[order], 7, ties=ids[order])
    np.testing.assert_array_equal(one.rows, order[other.rows])


# Ranking


@how_often()
@given(unit_rows(least=1), st.data())
def test_shares_add_up_to_the_score(vectors: Floats, data: st.DataObject) -> None:
    n = len(vectors)
    liked = data.draw(st.lists(st.integers(0, n - 1), max_size=n, unique=True))
    request = data.draw(st.none() | st.sampled_from([*EXACT, ZERO]))
    words = data.draw(st.none() | hnp.arrays(np.float32, n, elements=st.floats(0, 1, width=32)))
    likes = np.array(data.draw(st.lists(st.integers(0, 10**9), min_size=n, max_size=n)), np.int64)
    popular = everybody(vectors, likes, data.draw(st.integers(0, 10**9)))
    weights = taste_weights(DIMENSION, data.draw(st.integers(0, DIMENSION)))
    query = query_for(vectors, liked, request, words, popular, weights)
    scores = query.scores(vectors)
    is_sound(scores)
    assert np.linalg.norm(query.direction) <= 1 + 1e-5
    for row in range(n):
        films, asked = query.shares(vectors, row)
        assert films.shape == (len(liked),)
        assert float(films.sum(dtype=np.float64)) + asked == pytest.approx(float(scores[row]), abs=2e-5)


@how_often()
@given(unit_rows(least=2, most=8), st.data())
def test_the_order_of_likes_does_not_matter(vectors: Floats, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(vectors))))
    one, other = Query.of(vectors), Query.of(vectors[order])
    np.testing.assert_allclose(one.direction, other.direction, atol=1e-3)


def test_likes_that_cancel_say_nothing_instead_of_anything() -> None:
    row = unit(np.array([[0.3, -0.2, 0.9, 0.1]], np.float32))
    query = Query.of(np.concatenate([row, np.float32(1e-7) - row]))
    assert np.abs(query.terms).max() <= 1
    is_sound(query.scores(row))
    assert abs(float(query.scores(row)[0])) < 1e-3


@how_often()
@given(st.lists(st.integers(0, 2**62), max_size=30), st.sampled_from([-1.0, -0.25, 0.0, 0.5, 1.0]))
def test_any_numbers_of_likes_have_ranks(likes: list[int], dial: float) -> None:
    counts = np.array(likes, np.int64)
    ranks = popularity_ranks(counts)
    is_sound(ranks)
    for one in range(len(likes)):
        for other in range(one):
            assert np.sign(ranks[one] - ranks[other]) == np.sign(counts[one] - counts[other])
    scores = turned(np.zeros(len(likes), np.float32), ranks, dial)
    assert np.isfinite(scores).all()
    if dial:
        best = top(scores, 1).rows
        assert all(likes[row] == (max if dial < 0 else min)(likes) for row in best)


@how_often()
@given(unit_rows(least=1), st.floats(0, 1), st.data())
def test_variety_moves_films_and_loses_none(vectors: Floats, variety: float, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(vectors) - 1), unique=True))
    scores = data.draw(hnp.arrays(np.float32, len(vectors), elements=st.floats(-1, 1, width=32)))
    found = diversified(vectors, scores, rows, variety)
    assert sorted(found) == sorted(rows)
    if variety == 0:
        assert [scores[row] for row in found] == sorted((scores[row] for row in rows), reverse=True)


@how_often()
@given(st.integers(1, 6), st.integers(0, 9), st.floats(0, 1), st.data())
def test_an_evening_is_the_same_in_whatever_order_its_guests_sit(
    people: int, films: int, misery: float, data: st.DataObject
) -> None:
    shape = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0])
    scores = data.draw(hnp.arrays(np.float32, (people, films), elements=shape))
    fits = np.stack([together.fits(own) for own in scores])
    assert ((fits >= 0) & (fits <= 1)).all()
    value = together.agreed(fits, misery)
    assert ((value >= -1e-6) & (value <= 1 + 1e-6)).all()
    seats = data.draw(st.permutations(range(people)))
    np.testing.assert_array_equal(value, together.agreed(fits[seats], misery))
    order = together.order(fits, misery, np.arange(films))
    assert sorted(order.tolist()) == list(range(films))


# Metrics


@how_often()
@given(st.permutations(range(12)), st.sets(st.integers(0, 20), min_size=1), st.integers(1, 15))
def test_metrics_are_shares(ranked: list[int], relevant: set[int], k: int) -> None:
    for metric in (metrics.recall_at, metrics.ndcg_at):
        assert 0 <= metric(k, ranked, relevant) <= 1 + 1e-12
        assert metric(k, sorted(relevant), relevant) == pytest.approx(1)


@how_often()
@given(unit_rows(least=1), st.data())
def test_a_list_is_as_alike_as_cosines_can_be(vectors: Floats, data: st.DataObject) -> None:
    films = data.draw(st.lists(st.integers(0, len(vectors) - 1), max_size=20))
    assert -1 - 1e-6 <= metrics.intra_list_similarity(vectors, films) <= 1 + 1e-6
    assert 0 <= metrics.coverage([films], len(vectors)) <= 1
    assert np.isfinite(metrics.mean_popularity([films], np.full(len(vectors), 2**40)))


# Vectors


@how_often()
@given(hnp.arrays(np.float32, st.tuples(st.integers(0, 5), st.just(DIMENSION)), elements=number))
def test_unit_rows_are_unit_or_zero(rows: Floats) -> None:
    lengths = np.linalg.norm(unit(rows).astype(np.float64), axis=1)
    np.testing.assert_allclose(lengths, rows.any(axis=1).astype(float), atol=1e-5)


@how_often()
@given(unit_rows(), unit_rows(dimension=2), st.data())
def test_joined_vectors_are_unit_or_zero(content: Floats, likes: Floats, data: st.DataObject) -> None:
    n = min(len(content), len(likes))
    matrix = data.draw(hnp.arrays(np.float32, (DIMENSION, 2), elements=st.floats(-100, 100, width=32)))
    expected = expected_part(content, matrix)
    assert (np.linalg.norm(expected, axis=1) <= LONGEST * (1 + 1e-5)).all()
    whole = joined(likes[:n] * np.float32(LONGEST), content[:n])
    says = content[:n].any(axis=1) | likes[:n].any(axis=1)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), says.astype(float), atol=1e-5)


@how_often()
@given(unit_rows(most=24))
def test_every_film_is_in_one_interest(vectors: Floats) -> None:
    found = groups(vectors)
    assert sorted(row for group in found for row in group.rows.tolist()) == list(range(len(vectors)))
    assert all(np.isfinite(group.centre).all() for group in found)
    assert [group.rows.tolist() for group in groups(vectors)] == [group.rows.tolist() for group in found]


@how_often(20)
@given(unit_rows(most=16))
def test_any_films_have_places_on_the_map(vectors: Floats) -> None:
    places = layout(vectors)
    assert places.shape == (len(vectors), 2)
    assert np.isfinite(places).all()
    assert (np.linalg.norm(places, axis=1) <= 1 + 1e-5).all()
    np.testing.assert_array_equal(places, layout(vectors.copy()))


@how_often()
@given(unit_rows(), unit_rows(), st.data())
def test_newcomers_settle_among_the_others(newcomers: Floats, vectors: Floats, data: st.DataObject) -> None:
    inside = st.floats(-0.75, 0.75, width=32)
    places = data.draw(hnp.arrays(np.float32, (len(vectors), 2), elements=inside))
    found = settled(newcomers, vectors, places)
    assert found.shape == (len(newcomers), 2)
    assert np.isfinite(found).all()
    assert (np.abs(found) <= 0.75 + 1e-4).all()
    there = data.draw(hnp.arrays(np.float32, (len(vectors), 2), elements=inside))
    moved = aligned(places, places, there)
    assert np.isfinite(moved).all()
    np.testing.assert_allclose(
        np.linalg.norm(moved[:, None] - moved, axis=2), np.linalg.norm(places[:, None] - places, axis=2), atol=1e-4
    )


@how_often()
@given(unit_rows(least=2), st.data())
def test_neighbours_are_others(vectors: Floats, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(vectors) - 1))
    for row, near in enumerate(nearest_rows(vectors, k)):
        assert len(set(near.tolist())) == k
        assert row not in near


@how_often(15)
@given(st.lists(st.sets(st.integers(0, 7), max_size=8), max_size=6), st.integers(1, 5))
def test_any_likes_can_be_learnt_from(likes: list[set[int]], size: int) -> None:
    records, _group = two_groups(8)
    rows = FeatureSpace.fit(records).rows(records)
    liked = [np.array(sorted(films), np.int64) for films in likes]
    expert = LikeExpert.of(liked, rows, size, np.random.default_rng(1))
    assert expert.films.tolist() == sorted(set().union(*likes)) if likes else not len(expert.films)
    assert expert.parts.shape == (len(expert.films), size)
    assert np.isfinite(expert.parts).all()
    assert (np.linalg.norm(expert.parts, axis=1) <= LONGEST * (1 + 1e-5)).all()


# Words

words = st.text(max_size=40) | st.sampled_from(
    ["", " ", "a", "я", "é", "🎬", "not", "\x00", "ß" * 9, "ﷺ", "İ", "a" * 300]
)
records = st.builds(
    FilmRecord,
    title=words,
    original_title=words,
    description=words,
    genres=st.lists(words, max_size=2).map(tuple),
    directors=st.lists(words, max_size=2).map(tuple),
    keywords=st.lists(words, max_size=2).map(tuple),
    year=st.none() | st.integers(-(10**6), 10**6),
    language=words,
    texts=st.lists(st.tuples(words, words, words), max_size=2).map(tuple),
)


@how_often(150)
@given(words, st.integers(1, 4))
def test_tokens_give_the_text_back(text: str, length: int) -> None:
    tokenizer = Tokenizer(length)
    kept = "".join(character for character in text.lower() if character in ALPHABET)
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == kept
    assert tokenizer.decode([PADDING, *ids, PADDING]) == kept
    assert len(ids) == -(-len(kept) // length)
    assert all(1 <= number <= tokenizer.vocabulary_size for number in ids)
    folded = Tokenizer(length, fold_accents=True)
    assert folded.clean(folded.clean(text)) == folded.clean(text)
    assert 0 <= folded.outside_share(text) <= 1


def test_every_id_is_one_chunk() -> None:
    tokenizer = Tokenizer(2)
    chunks = [tokenizer.decode([number]) for number in range(1, tokenizer.vocabulary_size + 1)]
    assert len(set(chunks)) == 11_990
    assert [tokenizer.encode(chunk) for chunk in chunks] == [[number] for number in range(1, 11_991)]


@how_often()
@given(st.lists(records, max_size=6), words, st.data())
def test_any_films_can_be_searched_by_any_words(films: list[FilmRecord], text: str, data: st.DataObject) -> None:
    index = LexicalIndex.build(films)
    scores = index.scores(text)
    is_sound(scores)
    assert (scores >= 0).all()
    order = data.draw(st.permutations(range(len(films))))
    other = LexicalIndex.build(films[row] for row in order).scores(text)
    np.testing.assert_allclose(other, scores[order], atol=1e-6)
    for film, row in zip(films, range(len(films)), strict=True):
        if index.scores(film.title)[row] == 0:
            assert not index.matched(film.title, row)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    films, group = two_groups(60)
    trained = train(films, likes_by_group(group, 6), model_config=SMALL, train_config=QUICK)
    return Encoder.load(artifacts.publish(tmp_path_factory.mktemp("models"), "one", trained, film_ids=range(60)))


@how_often()
@given(st.lists(records, min_size=1, max_size=5), st.data())
def test_any_film_has_a_unit_vector_or_none(encoder: Encoder, films: list[FilmRecord], data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.none() | st.integers(0, 70), min_size=len(films), max_size=len(films)))
    vectors = encoder.encode(films, ids)
    assert vectors.shape == (len(films), encoder.dimension)
    assert np.isfinite(vectors).all()
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths, vectors.any(axis=1).astype(float), atol=1e-5)
    order = data.draw(st.permutations(range(len(films))))
    again = encoder.encode([films[row] for row in order], [ids[row] for row in order])
    np.testing.assert_allclose(again, vectors[order], atol=1e-5)


@how_often()
@given(text=words, genres=st.lists(words | st.just("Drama"), max_size=3))
def test_any_request_has_a_unit_vector_or_none(encoder: Encoder, text: str, genres: list[str]) -> None:
    vector = encoder.encode_request(text, genres)
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(float(vector.any()), abs=1e-5)


def test_words_that_say_nothing_are_no_request(encoder: Encoder) -> None:
    for text in ("", "   ", "🎬🎬", "!!!", "\x00"):
        assert not encoder.encode_request(text).any()
