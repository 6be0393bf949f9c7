"""Words, stems and pieces as sequences of token ids: the units that features and lexical search are made of."""

from __future__ import annotations

import re
from functools import lru_cache

from .tokenizer import PADDING, Tokenizer, fold

Ids = tuple[int, ...]

_WORD = re.compile(r"[^\W_]+")
STEM_LETTERS = 5


def words_of(text: str) -> list[str]:
    """The words of a text in order, lower-case and without accents; "ё" is written "е", as most Russian texts do."""
    return _WORD.findall(fold(text).replace("ё", "е"))


@lru_cache(maxsize=20_000)
def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a person, genre or keyword, remembered, since films share them."""
    return tuple(words_of(name))


class WordTokens:
    """Token sequences of words, remembered, since a corpus repeats the same words over and over."""

    def __init__(self, max_token_length: int, piece_letters: tuple[int, int] = (3, 5)) -> None:
        tokenizer = Tokenizer(max_token_length)  # words are folded already
        self.whole = lru_cache(maxsize=200_000)(lambda word: tuple(tokenizer.encode(word)))
        self._tokenizer = tokenizer
        self._piece_letters = piece_letters

    def stem(self, word: str) -> Ids:
        """The tokens of a long word's first letters, so that its inflections meet; () for a short word."""
        letters = self._tokenizer.clean(word)
        return self.whole(letters[:STEM_LETTERS]) if len(letters) > STEM_LETTERS else ()

    def pieces(self, word: str) -> tuple[Ids, ...]:
        """The word's token n-grams, short ones first; padding marks where the word starts or ends."""
        letters = self._tokenizer.clean(word)
        found: dict[Ids, None] = {}
        for size in range(self._piece_letters[0], self._piece_letters[1] + 1):
            for start in range(-1, len(letters) - size + 2):
                inner = letters[max(start, 0) : start + size]
                first = (PADDING,) if start < 0 else ()
                last = (PADDING,) if start + size > len(letters) else ()
                found[first + self.whole(inner) + last] = None
        return tuple(found)
