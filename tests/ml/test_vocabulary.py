"""A vocabulary in two arrays behaves like a sorted list of its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.vocabulary import Vocabulary

WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=30)


@given(WORDS, st.text(max_size=3))
def test_it_equals_a_sorted_list(words: list[str], other: str) -> None:
    vocabulary, wanted = Vocabulary.of(words), sorted(set(words))
    assert list(vocabulary) == wanted
    assert [vocabulary[at] for at in range(len(vocabulary))] == wanted
    assert vocabulary[1:3] == wanted[1:3]
    for word in (*words, other):
        assert (word in vocabulary) == (word in wanted)
        assert vocabulary.find(word) == (wanted.index(word) if word in wanted else None)


def test_a_number_beyond_the_end_is_refused() -> None:
    with pytest.raises(IndexError):
        Vocabulary.of(["a"])[1]
