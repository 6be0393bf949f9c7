"""Finding films by the words that somebody types."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.lexical import LexicalIndex
from recommender.ml.records import FilmRecord
from recommender.ml.spelling import one_typo_apart

FILMS = [
    FilmRecord("The Silent Reef", description="A sailor dives for treasure.", directors=("Ada Stern",)),
    FilmRecord("Courtroom", description="A judge doubts a witness.", cast=("Boris Timm",), genres=("Drama",)),
    FilmRecord("Берег", description="Моряк ищет сокровища на острове.", texts=(("en", "The Shore", "A quiet isle."),)),
    FilmRecord("Жағалау", description="Теңізші туралы әңгіме.", keywords=("lost island",)),
    FilmRecord("七人の侍", original_title="Shichinin no Samurai"),
]
INDEX = LexicalIndex.build(FILMS)


def best(text: str, index: LexicalIndex = INDEX) -> int | None:
    scores = index.scores(text)
    return int(np.argmax(scores)) if scores.any() else None


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("silent reef", 0),
        ("Ada Stern", 0),
        ("boris", 1),
        ("DRAMA", 1),
        ("shore", 2),
        ("берег", 2),
        ("теңізші", 3),
        ("lost island", 3),
        ("samurai", 4),
        ("七人の侍", 4),
    ],
)
def test_every_field_and_translation_is_found(text: str, row: int) -> None:
    assert best(text) == row


@pytest.mark.parametrize(
    ("text", "row"),
    [("sailer", 0), ("tresure", 0), ("treeasure", 0), ("juge", 1), ("wintess", 1), ("сокровеща", 2), ("samuray", 4)],
)
def test_one_typo_is_forgiven(text: str, row: int) -> None:
    assert best(text) == row


def test_other_endings_are_found() -> None:
    assert best("сокровищами") == 2
    assert best("witnesses") == 1


def test_an_exact_word_beats_a_similar_one() -> None:
    index = LexicalIndex.build([FilmRecord("Stars"), FilmRecord("Star"), FilmRecord("Start")])
    assert best("star", index) == 1


def test_scores_are_cosines_from_zero_to_one() -> None:
    for text in ("sailor treasure", "judge", "reef judge"):
        scores = INDEX.scores(text)
        assert scores.shape == (5,)
        assert scores.dtype == np.float32
        assert scores.min() >= 0
        assert 0 < scores.max() <= 1


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    films = [FilmRecord("Night", description="common"), FilmRecord("Day", description="common rare")]
    films += [FilmRecord(f"Film {row}", description="common") for row in range(8)]
    assert best("common rare", LexicalIndex.build(films)) == 1


@pytest.mark.parametrize("text", ["", "   ", "xqzzy", "🎬", "!!!"])
def test_words_that_nobody_uses_find_nothing(text: str) -> None:
    assert best(text) is None
    assert INDEX.matched(text, 0) == []


def test_it_names_the_words_that_matched() -> None:
    assert INDEX.matched("sailer stern judge", 0) == ["sailor", "stern"]
    assert INDEX.matched("judge", 0) == []


@given(st.text(max_size=30))
def test_any_text_gives_finite_scores(text: str) -> None:
    scores = INDEX.scores(text)
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_an_empty_catalogue_finds_nothing() -> None:
    assert LexicalIndex.build([]).scores("anything").shape == (0,)


def test_an_updated_index_equals_a_new_one() -> None:
    ids = np.array([10, 20, 30, 40, 50])
    new_ids = np.array([5, 10, 30, 40, 60])  # 20 and 50 deleted, 5 and 60 new, 30 changed
    changed = {5: FilmRecord("Zebra"), 30: FilmRecord("Reef"), 60: FilmRecord("Judge and jury")}
    updated = INDEX.updated(ids, new_ids, changed)
    fresh = LexicalIndex.build([changed[5], FILMS[0], changed[30], FILMS[3], changed[60]])
    for text in ("reef", "judge", "zebra", "sailer", "теңізші", "берег"):
        np.testing.assert_allclose(updated.scores(text), fresh.scores(text), atol=1e-6)
        assert updated.matched(text, 1) == fresh.matched(text, 1)
    assert best("берег") == 2  # the old index is as it was


def test_any_number_of_updates_equals_a_new_index() -> None:
    films = {10 * (row + 1): film for row, film in enumerate(FILMS)}
    updated = INDEX
    for step in range(25):
        ids = np.array(sorted(films))
        changed = {5 + 7 * step: FilmRecord(f"Reef {step}", description="judge " * (step % 4))}
        if step % 3 == 0:
            films.pop(int(ids[step % len(ids)]))
        films |= changed
        updated = updated.updated(ids, np.array(sorted(films)), changed)
    fresh = LexicalIndex.build(films[film] for film in sorted(films))
    for text in ("reef", "judge 24", "sailer", "берегом"):
        np.testing.assert_allclose(updated.scores(text), fresh.scores(text), atol=1e-6)


def test_a_new_film_without_a_record_has_no_words() -> None:
    updated = INDEX.updated(np.arange(5), np.arange(6), {})
    assert len(updated) == 6
    assert updated.scores("reef")[5] == 0


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("alien", "alein", True),
        ("alien", "alie", True),
        ("alien", "aliens", True),
        ("alien", "alian", True),
        ("alien", "alien", False),
        ("alien", "alieinn", False),
        ("alien", "laein", False),
        ("", "a", True),
    ],
)
def test_one_typo(one: str, other: str, close: bool) -> None:
    assert one_typo_apart(one, other) is close
    assert one_typo_apart(other, one) is close
