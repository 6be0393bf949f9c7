"""Films and requests as rows of features."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.features import FeatureConfig, FeatureSpace, Kind
from recommender.ml.records import FilmRecord
from recommender.ml.tokenizer import Tokenizer
from recommender.ml.words import WordTokens, words_of

FILMS = [
    FilmRecord("The Silent Reef", description="A sailor dives for treasure.", directors=("Ada Stern",), year=1994),
    FilmRecord("Reef of Gold", description="A sailor seeks treasure.", directors=("Ada Stern",), year=1998),
    FilmRecord("Солнечный берег", description="Моряк ищет сокровища на берегу.", genres=("Драма",), year=2001),
    FilmRecord("Берег и море", description="Моряки нашли сокровище у моря.", genres=("Драма",), year=2004),
    FilmRecord("Verdict", description="A judge doubts.", keywords=("time travel",), genres=("Drama",)),
    FilmRecord("Witness", description="A judge waits.", keywords=("time travel",), genres=("Drama",)),
]


def features_of(space: FeatureSpace, film: FilmRecord) -> set[tuple[str, tuple[int, ...]]]:
    row = space.rows([film])
    return {space.keys[column] for column in row.indices}


def word(text: str) -> tuple[str, tuple[int, ...]]:
    return Kind.WORD, tuple(Tokenizer().encode(text))


def test_a_known_word_is_its_whole_sequence_of_tokens() -> None:
    space = FeatureSpace.fit(FILMS)
    assert word("sailor") in features_of(space, FILMS[0])
    assert word("dives") not in space.keys  # one film is too few


def test_rows_are_unit_vectors_and_empty_where_nothing_is_known() -> None:
    rows = FeatureSpace.fit(FILMS).rows([*FILMS, FilmRecord("七人")]).to_dense()
    np.testing.assert_allclose(np.linalg.norm(rows[:-1], axis=1), 1, atol=1e-6)
    assert not rows[-1].any()


def test_the_order_of_films_does_not_matter() -> None:
    space, turned = FeatureSpace.fit(FILMS), FeatureSpace.fit(FILMS[::-1])
    assert space.keys == turned.keys
    np.testing.assert_array_equal(space.idf, turned.idf)


def test_inflections_meet_in_their_stem() -> None:
    space = FeatureSpace.fit(FILMS)
    shared = features_of(space, FILMS[2]) & features_of(space, FILMS[3])
    stem = Kind.STEM, WordTokens(2).stem("сокровища")
    assert stem in shared


def test_a_word_that_the_catalogue_does_not_know_is_spelt_by_pieces() -> None:
    films = [*FILMS, FilmRecord("Reefs"), FilmRecord("Reefers")]
    space = FeatureSpace.fit(films)
    assert any(kind is Kind.PIECE for kind, _ in features_of(space, FilmRecord("Reefland")))


def test_accents_and_yo_do_not_keep_words_apart() -> None:
    assert words_of("Amélie ЁЛКА и\u0306од İstanbul") == ["amelie", "елка", "йод", "istanbul"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ada stern", Kind.DIRECTOR), ("Stern", Kind.WORD), ("TIME TRAVEL", Kind.KEYWORD), ("drama", Kind.GENRE)],
)
def test_a_typed_word_matches_any_field(text: str, kind: Kind) -> None:
    space = FeatureSpace.fit(FILMS)
    row = space.request_row(text)
    assert kind in {space.keys[column][0] for column in row.indices}


def test_a_chosen_genre_is_part_of_the_request() -> None:
    space = FeatureSpace.fit(FILMS)
    assert len(space.request_row("sailor", ["Drama"]).indices) > len(space.request_row("sailor").indices)


@given(st.text(max_size=40))
def test_any_request_gives_a_unit_row_or_an_empty_one(text: str) -> None:
    row = FeatureSpace.fit(FILMS).request_row(text).to_dense()
    assert np.isfinite(row).all()
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5) or not row.any()


def test_it_survives_json() -> None:
    space = FeatureSpace.fit(FILMS)
    again = FeatureSpace.from_parts(json.loads(json.dumps(space.to_json())), space.idf)
    assert again.keys == space.keys
    np.testing.assert_array_equal(again.rows(FILMS).to_dense(), space.rows(FILMS).to_dense())


def test_the_commonest_features_stay_when_there_are_too_many() -> None:
    space = FeatureSpace.fit(FILMS, FeatureConfig(max_features=3, max_share=1.0))
    assert len(space) == 3


@pytest.mark.parametrize(
    "change", [{"min_films": 0}, {"max_share": 0.0}, {"max_share": 1.5}, {"genre": -1.0}, {"title": float("nan")}]
)
def test_nonsense_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be|is a share"):
        replace(FeatureConfig(), **change)


def test_a_catalogue_of_one_film_has_features() -> None:
    assert len(FeatureSpace.fit(FILMS[:1])) > 0
