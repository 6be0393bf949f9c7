"""Exact search by words: which films contain what was typed, give or take a typo or an ending.

A request is a set of words, each weighted by its rarity so that the weights a(w) add up to 1; a film holds each word
with a strength s(w) from 0 to 1, BM25's saturated frequency (Robertson and Zaragoza 2009). The score, sum a(w) s(w), is
the cosine of two unit vectors: word by word, (1, 0) against (s, sqrt(1 - s^2)), each pair scaled by sqrt(a(w)).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .postings import Postings
from .records import FilmRecord
from .sparse import Floats, Ints
from .words import words_of, words_of_name

_SATURATION, _LENGTH = 1.2, 0.4  # BM25's k1 and b
_GONE = -1  # the place of a film that was deleted, or whose words stand in a later part
_MOST_PARTS = 8  # more of them are joined, so that a search stays as fast as with one

Places = NDArray[np.int32]


class LexicalIndex:
    """The words of n films, one row each, and in which films each word stands.

    It is made of parts: one large part that processes share, and small ones for what changed since. `places` says for
    each part which row its films have here.
    """

    def __init__(self, rows: int, parts: Sequence[tuple[Postings, Places]]) -> None:
        self._rows = rows
        self._parts = tuple(parts)

    @classmethod
    def build(cls, records: Iterable[FilmRecord]) -> LexicalIndex:
        """The index of some films; they are read once, so a stream will do."""
        return cls.over(Postings.of(word_counts(record) for record in records))

    @classmethod
    def over(cls, postings: Postings) -> LexicalIndex:
        """The index whose rows are the films of some postings."""
        return cls(len(postings), [(postings, np.arange(len(postings), dtype=np.int32))])

    def updated(self, ids: Ints, new_ids: Ints, changed: Mapping[int, FilmRecord]) -> LexicalIndex:
        """The index after some films were saved or deleted; both arrays of ids are ascending, one id for each row.

        A film keeps its words unless it is among the changed; a new one without a record has none.
        """
        stays = np.isin(ids, new_ids) & ~np.isin(ids, np.fromiter(changed, np.int64, len(changed)))
        moved = np.where(stays, np.searchsorted(new_ids, ids), _GONE).astype(np.int32)
        moved = np.append(moved, np.int32(_GONE))  # where _GONE itself looks
        parts = [(postings, moved[places]) for postings, places in self._parts]
        films = [film for film in new_ids.tolist() if film in changed]
        if films:
            fresh = Postings.of(word_counts(changed[film]) for film in films)
            parts.append((fresh, np.searchsorted(new_ids, films).astype(np.int32)))
        if len(parts) > _MOST_PARTS:
            parts = [parts[0], Postings.joined(parts[1:])]
        return LexicalIndex(len(new_ids), parts)

    def __len__(self) -> int:
        return self._rows

    def scores(self, text: str) -> Floats:
        """How well each film holds the typed words, (n,), from 0 to 1."""
        scores = np.zeros(len(self), np.float32)
        found = [held for word in _asked(text) if (held := self._holders(word))]
        rarity = np.array([self._rarity(held) for held in found])
        for held, weight in zip(found, rarity / (rarity.sum() or 1), strict=True):
            scores += np.float32(weight) * self._strength(held)
        return np.clip(scores, 0, 1)

    def matched(self, text: str, row: int) -> list[str]:
        """The film's own words that answer the request, in the order of the request."""
        found = [form for word in _asked(text) for form, _, rows, _ in self._holders(word) if (rows == row).any()]
        return list(dict.fromkeys(found))

    @cached_property
    def _length_penalty(self) -> Floats:
        """BM25's denominator without the frequency: long texts need a word more often, (n,)."""
        lengths = np.zeros(len(self))
        for postings, places in self._parts:
            here = places != _GONE
            lengths[places[here]] = postings.lengths[here]
        share = lengths / (lengths.mean() or 1) if len(lengths) else lengths
        return np.asarray(_SATURATION * (1 - _LENGTH + _LENGTH * share), np.float32)

    def _holders(self, word: str) -> list[tuple[str, float, Places, NDArray[np.uint16]]]:
        """Each word that the typed one may stand for: its likeness from 0 to 1, who holds it (rows), and how often."""
        exact = list(self._held({word: 1.0}))
        forms: dict[str, float] = {}
        for postings, _ in self._parts:
            others = postings.spelling.forms(word, with_typos=not exact)
            forms |= {postings.spelling.words[at]: likeness for at, likeness in others.items()}
        forms.pop(word, None)
        return [*exact, *self._held(forms)]

    def _held(self, forms: Mapping[str, float]) -> Iterator[tuple[str, float, Places, NDArray[np.uint16]]]:
        for form, likeness in forms.items():
            rows, often = [], []
            for postings, places in self._parts:
                films, counts = postings.holders(form)
                at = places[films]
                rows.append(at[at != _GONE])
                often.append(counts[at != _GONE])
            if any(map(len, rows)):
                yield form, likeness, np.concatenate(rows), np.concatenate(often)

    def _rarity(self, held: Sequence[tuple[str, float, Places, NDArray[np.uint16]]]) -> float:
        """BM25's inverse document frequency of the form that is most like the typed word."""
        _, _, rows, _ = max(held, key=lambda holders: (holders[1], holders[0]))
        return float(np.log(1 + (len(self) - len(rows) + 0.5) / (len(rows) + 0.5)))

    def _strength(self, held: Sequence[tuple[str, float, Places, NDArray[np.uint16]]]) -> Floats:
        """The strength with which each film holds the best of the forms, (n,), from 0 to 1."""
        strength = np.zeros(len(self), np.float32)
        for _, likeness, rows, often in held:
            saturated = often / (often + self._length_penalty[rows])
            strength[rows] = np.maximum(strength[rows], np.float32(likeness) * saturated)
        return strength


def word_counts(record: FilmRecord) -> Counter[str]:
    """How often each word stands in a film's texts and names."""
    words = [word for text in (*record.titles(), *record.descriptions()) for word in words_of(text)]
    for name in chain(record.directors, record.cast, record.genres, record.keywords):
        words += words_of_name(name)
    return Counter(words)


def _asked(text: str) -> list[str]:
    return list(dict.fromkeys(words_of(text)))
