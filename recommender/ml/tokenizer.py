"""Text to token ids and back, by the project's fixed alphabet of 109 characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

ALPHABET = (
    "abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяәіңғүұқөһ1234567890!@#$%^:&*()_+=-?/>.<,`|\\'\"[]{} "
)
PADDING = 0

_OUTSIDE = re.compile(f"[^{re.escape(ALPHABET)}]")
_DIGIT = {character: value for value, character in enumerate(ALPHABET)}


@dataclass(frozen=True)
class Tokenizer:
    """Chunks of at most `max_token_length` characters, numbered from 1, the short ones first.

    A chunk is a number written with the alphabet as its digits; its id is that number plus one plus the count of
    all shorter chunks. `fold_accents` keeps the base letter of characters outside the alphabet ("é" becomes "e").
    """

    max_token_length: int = 2
    fold_accents: bool = False
    _shorter: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.max_token_length < 1:
            raise ValueError(f"max_token_length must be at least 1, not {self.max_token_length}")
        counts = [sum(len(ALPHABET) ** k for k in range(1, n)) for n in range(1, self.max_token_length + 2)]
        object.__setattr__(self, "_shorter", tuple(counts))

    @property
    def vocabulary_size(self) -> int:
        """How many ids there are, padding not counted: the ids are 1 to this number."""
        return self._shorter[-1]

    def encode(self, text: str) -> list[int]:
        """The ids of the text's chunks; characters outside the alphabet are dropped first."""
        kept = self.clean(text)
        step = self.max_token_length
        return [self._number(kept[start : start + step]) for start in range(0, len(kept), step)]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of the ids; padding is silent. Raises ValueError for an id that no chunk has."""
        return "".join(self._chunk(number) for number in ids)

    def clean(self, text: str) -> str:
        """What encoding keeps of a text: lower case, and only characters of the alphabet."""
        return _OUTSIDE.sub("", self._spelt(text))

    def outside_share(self, text: str) -> float:
        """Share (0 to 1) of the lower-cased characters that the alphabet lacks; 0 for an empty text."""
        spelt = self._spelt(text)
        return len(_OUTSIDE.findall(spelt)) / len(spelt) if spelt else 0.0

    def _spelt(self, text: str) -> str:
        return fold(text) if self.fold_accents else text.lower()

    def _number(self, chunk: str) -> int:
        return self._shorter[len(chunk) - 1] + _value(chunk) + 1

    def _chunk(self, number: int) -> str:
        if number == PADDING:
            return ""
        if not 0 < number <= self.vocabulary_size:
            raise ValueError(f"token id {number} is outside 0..{self.vocabulary_size}")
        length = next(n for n in range(1, self.max_token_length + 1) if number <= self._shorter[n])
        value = number - self._shorter[length - 1] - 1
        characters = []
        for _ in range(length):
            value, digit = divmod(value, len(ALPHABET))
            characters.append(ALPHABET[digit])
        return "".join(reversed(characters))


@lru_cache(maxsize=20_000)
def _value(chunk: str) -> int:
    """The characters read as digits of one number."""
    value = 0
    for character in chunk:
        value = value * len(ALPHABET) + _DIGIT[character]
    return value


def fold(text: str) -> str:
    """Lower case, with base letters for characters outside the alphabet; what has none there stays as it is.

    The text is composed first, so that "й" and "ё", which the alphabet has, are never split.
    """
    composed = unicodedata.normalize("NFC", text.lower())
    return _OUTSIDE.sub(lambda found: _base_letters(found[0]), composed)


@lru_cache(maxsize=10_000)
def _base_letters(character: str) -> str:
    """ "é" to "e", "ﬁ" to "fi", a lone accent to nothing; a character whose parts are unknown is left as it is."""
    if unicodedata.combining(character):
        return ""
    parts = unicodedata.normalize("NFKD", character).lower()
    return "".join(c for c in parts if c in _DIGIT) or character
