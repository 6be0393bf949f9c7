"""A large sorted vocabulary in two arrays, which many processes can share, instead of one string object per word."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from .sparse import Ints


class Vocabulary(Sequence[str]):
    """n distinct words in the order of their code points; `letters` is all of them in UTF-8, one after the other."""

    def __init__(self, letters: NDArray[np.uint8], ends: Ints) -> None:
        """Take the bytes and where each word ends, (n,)."""
        self.letters = letters
        self.ends = ends

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """The vocabulary of some words, in any order and with repetitions."""
        encoded = [word.encode() for word in sorted(set(words))]
        ends = np.cumsum([len(word) for word in encoded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        start = int(self.ends[at - 1]) if at else 0
        return self.letters[start : int(self.ends[at])].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        start = 0
        for end in self.ends.tolist():
            yield self.letters[start:end].tobytes().decode()
            start = end

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    def find(self, word: str) -> int | None:
        """The word's number, or None where it is not known."""
        at = bisect_left(self, word)  # UTF-8 keeps the order of code points, so str and bytes agree
        return at if at < len(self) and self[at] == word else None
