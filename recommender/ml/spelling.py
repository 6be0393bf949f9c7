"""Which known words a typed word may stand for: itself, other endings, or the word without the typo."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .sparse import Floats, Ints
from .tokenizer import ALPHABET, PADDING, Tokenizer
from .vocabulary import Vocabulary

_SHORTEST = 4  # letters; shorter words stand only for themselves
_GRAMS = (2, 3, 4)  # tokens of one letter, a mark before and after the word included
_BASE = len(ALPHABET) + 1
_ALIKE = 0.6  # cosine of token n-grams from which two words count as forms of one
_OTHER_FORM = 0.6  # what another form counts beside the word itself
_TYPO = 0.8  # what a word one typo away counts when the typed word is unknown
_MOST_FORMS = 40
_AT_ONCE = 10_000  # words taken apart at once: what is in between is many times as large as what remains


@dataclass(frozen=True)
class Spelling:
    """n words by their token n-grams; plain arrays, so that processes can share them."""

    words: Vocabulary
    grams: Ints  # (g,) the distinct n-grams, ascending
    starts: Ints  # (g + 1,) where each n-gram's words start
    owners: NDArray[np.int32]  # the words (as numbers), n-gram by n-gram
    scale: Floats  # (n,) 1 / sqrt(n-grams of the word)

    @classmethod
    def of(cls, words: Vocabulary) -> Spelling:
        """Take the words apart."""
        owners, grams = _grams(list(words))
        lengths = np.bincount(owners, minlength=len(words))
        scale = np.asarray(1 / np.sqrt(np.maximum(lengths, 1)), np.float32)
        order = np.argsort(grams, kind="stable")
        owners, grams = owners[order], grams[order]
        starts = np.flatnonzero(np.diff(grams, prepend=-1))
        return cls(words, grams[starts], np.append(starts, len(grams)), owners, scale)

    def forms(self, word: str, *, with_typos: bool) -> dict[int, float]:
        """Other words (as numbers) that a word may stand for, with their likeness from 0 to 1.

        Different endings always count; words one typo away only where the typed word is known to nobody.
        """
        if len(word) < _SHORTEST:
            return {}
        asked = _grams([word])[1]
        likeness = self._likeness(asked)
        close = np.flatnonzero(likeness >= _ALIKE)
        close = close[np.argsort(-likeness[close], kind="stable")][:_MOST_FORMS]
        found = {at: float(likeness[at]) * _OTHER_FORM for at in close.tolist()}
        if with_typos:
            near = np.flatnonzero(likeness > _least_likeness(len(asked), len(word))).tolist()
            found |= {at: _TYPO for at in near if one_typo_apart(word, self.words[at])}
        return found

    def _likeness(self, asked: Ints) -> Floats:
        """The cosine between a word's set of n-grams and each known word's, (n,)."""
        shared = np.zeros(len(self.scale), np.float32)
        if len(self.grams):
            places = np.minimum(np.searchsorted(self.grams, asked), len(self.grams) - 1)
            for at in places[self.grams[places] == asked].tolist():
                shared[self.owners[self.starts[at] : self.starts[at + 1]]] += 1
        return np.asarray(shared * self.scale / np.sqrt(max(1, len(asked))), np.float32)


def _least_likeness(grams: int, letters: int) -> float:
    """What two words one typo apart share at least: swapped neighbours stand in 3 + 4 + 5 n-grams of 2 to 4 letters."""
    left = max(0, grams - sum(size + 1 for size in _GRAMS))
    return 0.99 * left / float(np.sqrt(max(1, grams) * len(_GRAMS) * (letters + 1)))


def _grams(words: list[str]) -> tuple[NDArray[np.int32], Ints]:
    """The distinct n-grams of each word as (word, n-gram) pairs; an n-gram is its token ids read as one number."""
    owners, grams = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for start in range(0, len(words), _AT_ONCE):
        some = _grams_of_some(words[start : start + _AT_ONCE])
        owners.append((start + some[0]).astype(np.int32))
        grams.append(some[1])
    return np.concatenate(owners), np.concatenate(grams)


def _grams_of_some(words: list[str]) -> Ints:
    """The same as two rows."""
    tokenizer = Tokenizer(1, fold_accents=True)
    spelt = [[PADDING, *tokenizer.encode(word), PADDING] for word in words]
    letters = np.fromiter(chain.from_iterable(spelt), np.int64)
    owners = np.repeat(np.arange(len(spelt)), [len(ids) for ids in spelt])
    pairs = [np.zeros((2, 0), np.int64)]
    for size in _GRAMS:
        ends = len(letters) - size + 1
        if ends < 1:
            continue
        number = np.full(ends, size, np.int64)
        for offset in range(size):
            number = number * _BASE + letters[offset : offset + ends]
        inside = owners[:ends] == owners[size - 1 :]
        pairs.append(np.stack([owners[:ends][inside], number[inside]]))
    return _distinct(np.concatenate(pairs, axis=1))


def _distinct(pairs: Ints) -> Ints:
    """Each pair (column) once."""
    pairs = pairs[:, np.lexsort((pairs[1], pairs[0]))]
    new = np.ones(pairs.shape[1], bool)
    new[1:] = (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)
    return np.asarray(pairs[:, new], np.int64)


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
