"""The tokenizer's published contract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.tokenizer import ALPHABET, Tokenizer

NASTY = [
    "",
    " ",
    "a",
    "Amélie 2001",
    "İstanbul'da ẞ ﬁ ǅ",
    "Ещё один й ё — «кавычки»",
    "Қазақша әіңғүұқөһ ӘІҢҒҮҰҚӨҺ",
    "七人の侍 🎬🎬🎬",
    "e\u0301 и\u0306 \ud83d\x00\n\t",
    "\\'\"[]{} `|",
]
texts = st.text() | st.text(alphabet=ALPHABET + "ÉéЁЙİıßΣς🎬ʼ—\n") | st.sampled_from(NASTY)


def kept(text: str) -> str:
    return "".join(character for character in text.lower() if character in ALPHABET)


def test_the_alphabet_has_109_different_characters() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 109


def test_the_published_example() -> None:
    ids = [877, 1320, 1744, 9374, 11894, 2834, 672, 986, 1530, 1650, 15]
    assert Tokenizer().encode("hello : – my friendOOO") == ids
    assert Tokenizer().decode(ids) == "hello :  my friendooo"


@pytest.mark.parametrize(("length", "size"), [(1, 109), (2, 11_990), (3, 1_307_019)])
def test_every_chunk_up_to_the_length_has_an_id(length: int, size: int) -> None:
    tokenizer = Tokenizer(length)
    assert tokenizer.vocabulary_size == size
    assert tokenizer.encode("a") == [1]
    assert tokenizer.encode(ALPHABET[-1] * length) == [size]


@given(text=texts, length=st.integers(1, 9))
def test_decoding_gives_back_what_the_alphabet_keeps(text: str, length: int) -> None:
    tokenizer = Tokenizer(length)
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == kept(text)
    assert len(ids) == -(-len(kept(text)) // length)
    assert all(1 <= number <= tokenizer.vocabulary_size for number in ids)


@given(length=st.integers(1, 3), data=st.data())
def test_every_id_survives_the_way_through_text(length: int, data: st.DataObject) -> None:
    tokenizer = Tokenizer(length)
    number = data.draw(st.integers(1, tokenizer.vocabulary_size))
    assert tokenizer.encode(tokenizer.decode([number])) == [number]


@given(text=texts)
def test_folding_changes_only_characters_outside_the_alphabet(text: str) -> None:
    folding = Tokenizer(fold_accents=True)
    assert folding.decode(folding.encode(text)) == folding.clean(text)
    assert folding.encode(kept(text)) == Tokenizer().encode(text)


def test_folding_keeps_base_letters_but_never_splits_cyrillic_ones() -> None:
    assert Tokenizer(fold_accents=True).clean("Amélie ﬁ Ёлка Й и\u0306") == "amelie fi ёлка й й"
    assert Tokenizer().clean("Amélie") == "amlie"


def test_padding_is_silent() -> None:
    assert Tokenizer().decode([0, 1, 0, 2, 0]) == "ab"


@pytest.mark.parametrize("number", [-1, 11_991, 10**30])
def test_ids_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.11990"):
        Tokenizer().decode([number])


@pytest.mark.parametrize("length", [0, -2])
def test_a_chunk_needs_a_length(length: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Tokenizer(length)


@pytest.mark.parametrize(("text", "share"), [("", 0.0), ("abc", 0.0), ("七人ab", 0.5), ("🎬", 1.0)])
def test_the_share_outside_the_alphabet(text: str, share: float) -> None:
    assert Tokenizer().outside_share(text) == share
