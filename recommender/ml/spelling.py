"""Which known words a typed word may stand for: itself, other endings, or the word without the typo."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats, Ints
from .tokenizer import ALPHABET, PADDING, Tokenizer

_SHORTEST = 4  # letters; shorter words stand only for themselves
_GRAMS = (2, 3, 4)  # tokens of one letter, a mark before and after the word included
_BASE = len(ALPHABET) + 1
_ALIKE = 0.6  # cosine of token n-grams from which two words count as forms of one
_OTHER_FORM = 0.6  # what another form counts beside the word itself
_TYPO = 0.8  # what a word one typo away counts when the typed word is unknown
_MOST_FORMS = 40


class Spelling:
    """A vocabulary by the token n-grams of its words."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = list(words)
        self._known = frozenset(self._words)

    def forms(self, word: str) -> dict[str, float]:
        """Known words with their likeness to the typed one, from 0 to 1; the word itself counts 1."""
        known = {word: 1.0} if word in self._known else {}
        if len(word) < _SHORTEST:
            return known
        likeness = self._likeness(word)
        close = np.flatnonzero(likeness >= _ALIKE)
        close = close[np.argsort(-likeness[close], kind="stable")][:_MOST_FORMS]
        found = {self._words[at]: float(likeness[at]) * _OTHER_FORM for at in close.tolist()}
        if not known:
            near = np.flatnonzero(likeness > 0).tolist()
            found |= {self._words[at]: _TYPO for at in near if one_typo_apart(word, self._words[at])}
        return found | known

    @cached_property
    def _by_gram(self) -> tuple[Ints, Ints, NDArray[np.int32], Floats]:
        """The n-grams, ascending; where each one's words start; the words; 1 / sqrt(n-grams) of each word."""
        owners, grams = _grams(self._words)
        order = np.argsort(grams, kind="stable")
        distinct, starts = np.unique(grams[order], return_index=True)
        lengths = np.bincount(owners, minlength=len(self._words))
        scale = np.asarray(1 / np.sqrt(np.maximum(lengths, 1)), np.float32)
        return distinct, np.append(starts, len(grams)), owners[order].astype(np.int32), scale

    def _likeness(self, word: str) -> Floats:
        """The cosine between the word's set of n-grams and each known word's, (words,)."""
        distinct, starts, owners, scale = self._by_gram
        asked = _grams([word])[1]
        shared = np.zeros(len(scale), np.float32)
        if len(distinct):
            places = np.minimum(np.searchsorted(distinct, asked), len(distinct) - 1)
            for at in places[distinct[places] == asked].tolist():
                shared[owners[starts[at] : starts[at + 1]]] += 1
        return np.asarray(shared * scale / np.sqrt(max(1, len(asked))), np.float32)


def _grams(words: list[str]) -> tuple[Ints, Ints]:
    """The distinct n-grams of each word as (word, n-gram) pairs; an n-gram is its token ids read as one number."""
    tokenizer = Tokenizer(1, fold_accents=True)
    spelt = [[PADDING, *tokenizer.encode(word), PADDING] for word in words]
    letters = np.fromiter(chain.from_iterable(spelt), np.int64)
    owners = np.repeat(np.arange(len(spelt)), [len(ids) for ids in spelt])
    pairs = []
    for size in _GRAMS:
        ends = len(letters) - size + 1
        if ends < 1:
            continue
        number = np.full(ends, size, np.int64)
        for offset in range(size):
            number = number * _BASE + letters[offset : offset + ends]
        inside = owners[:ends] == owners[size - 1 :]
        pairs.append(np.stack([owners[:ends][inside], number[inside]]))
    return _distinct(np.concatenate(pairs, axis=1)) if pairs else (owners, owners)


def _distinct(pairs: Ints) -> tuple[Ints, Ints]:
    """Each pair once."""
    order = np.lexsort((pairs[1], pairs[0]))
    owners, grams = pairs[0][order], pairs[1][order]
    new = np.ones(len(owners), bool)
    new[1:] = (owners[1:] != owners[:-1]) | (grams[1:] != grams[:-1])
    return owners[new], grams[new]


def one_typo_apart(one: str, other: str) -> bool:
    """Whether one letter changed, added or left out, or two neighbours swapped, turns one word into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])
