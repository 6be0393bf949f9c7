"""Inverted lists: for each word the films that hold it, in plain arrays that many processes can share."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mapped import Arrays
from .sparse import Ints
from .spelling import Spelling
from .vocabulary import Vocabulary

_MOST = np.iinfo(np.uint16).max
_NOTHING = slice(0, 0)
_POSITION_BITS = 32


@dataclass(frozen=True)
class Postings:
    """The w distinct words of n films, with m pairs of word and film."""

    spelling: Spelling
    starts: Ints  # (w + 1,) where each word's films start
    films: NDArray[np.int32]  # (m,) film numbers, ascending for each word
    counts: NDArray[np.uint16]  # (m,) how often the film has the word
    lengths: NDArray[np.int32]  # (n,) words in each film

    def __len__(self) -> int:
        return len(self.lengths)

    @classmethod
    def of(cls, films: Iterable[Mapping[str, int]]) -> Postings:
        """Take how often each film has each word."""
        draft = Draft()
        for film in films:
            draft.add(film)
        return draft.postings()

    @classmethod
    def joined(cls, parts: Sequence[tuple[Postings, NDArray[np.int32]]]) -> tuple[Postings, NDArray[np.int32]]:
        """Several parts as one, without the films whose place is below 0; and the places of the films that remain."""
        known: dict[str, int] = {}
        words, films, counts, lengths, places = [], [], [], [], []
        before = 0
        for part, at in parts:
            here = at >= 0
            number = np.where(here, before + np.cumsum(here) - 1, -1).astype(np.int32)
            before += int(here.sum())
            column = np.array([known.setdefault(word, len(known)) for word in part.spelling.words], np.int32)
            kept = number[part.films] >= 0
            words.append(np.repeat(column, np.diff(part.starts))[kept])
            films.append(number[part.films][kept])
            counts.append(part.counts[kept])
            lengths.append(part.lengths[here])
            places.append(at[here])
        join = np.concatenate
        return cls.sorted(list(known), join(words), join(films), join(counts), join(lengths)), join(places)

    @classmethod
    def sorted(
        cls,
        names: Sequence[str],
        words: NDArray[np.integer],
        films: NDArray[np.int32],
        counts: NDArray[np.uint16],
        lengths: NDArray[np.integer],
    ) -> Postings:
        """Group pairs of word and film by word; the pairs of each word come in the order of the films."""
        by_name = sorted(range(len(names)), key=names.__getitem__)
        column = np.empty(len(names), np.int32)
        column[by_name] = np.arange(len(names), dtype=np.int32)
        # Word and position as one number: sorting it in place takes a third of the memory of a stable argsort.
        order = column[words].astype(np.int64)
        order <<= _POSITION_BITS
        order |= np.arange(len(order), dtype=np.uint32)
        order.sort()
        starts = np.searchsorted(order, np.arange(len(names) + 1, dtype=np.int64) << _POSITION_BITS)
        order &= (1 << _POSITION_BITS) - 1
        films, counts = films[order], counts[order]
        del order
        return cls(Spelling.of(Vocabulary.of(names)), starts, films, counts, lengths.astype(np.int32))

    def holders(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Which films hold a word, and how often."""
        at = self.spelling.words.find(word)
        here = _NOTHING if at is None else slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.films[here], self.counts[here]

    def arrays(self) -> Arrays:
        """Everything as named arrays; `from_arrays` reads them back."""
        return {
            "starts": self.starts,
            "films": self.films,
            "counts": self.counts,
            "lengths": self.lengths,
            "letters": self.spelling.words.letters,
            "ends": self.spelling.words.ends,
            "grams": self.spelling.grams,
            "gram_starts": self.spelling.starts,
            "owners": self.spelling.owners,
            "scale": self.spelling.scale,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Postings:
        """The postings whose `arrays` these are."""
        words = Vocabulary(arrays["letters"], arrays["ends"])
        spelling = Spelling(words, arrays["grams"], arrays["gram_starts"], arrays["owners"], arrays["scale"])
        return cls(spelling, arrays["starts"], arrays["films"], arrays["counts"], arrays["lengths"])


class Draft:
    """Takes films one by one, in memory of ten bytes for each pair of word and film."""

    def __init__(self) -> None:
        self._known: defaultdict[str, int] = defaultdict()
        self._known.default_factory = self._known.__len__  # a new word gets the next number
        self._words, self._counts = array("i"), array("H")
        self._sizes, self._lengths = array("i"), array("i")

    def add(self, film: Mapping[str, int]) -> None:
        """The next film: how often it has each of its words."""
        self._words.extend(map(self._known.__getitem__, film))
        often = max(film.values(), default=0) > _MOST
        self._counts.extend([min(count, _MOST) for count in film.values()] if often else film.values())
        self._sizes.append(len(film))
        self._lengths.append(sum(film.values()))

    def postings(self) -> Postings:
        """All films so far, in the order they came."""
        films = np.repeat(np.arange(len(self._sizes), dtype=np.int32), np.asarray(self._sizes))
        words, counts = np.asarray(self._words), np.asarray(self._counts, np.uint16)
        return Postings.sorted(list(self._known), words, films, counts, np.asarray(self._lengths))
