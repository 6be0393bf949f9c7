"""Exact search by words: which films contain what was typed, give or take a typo or an ending.

A request is a set of words, each weighted by its rarity so that the weights a(w) add up to 1; a film holds each word
with a strength s(w) from 0 to 1, BM25's saturated frequency (Robertson and Zaragoza 2009). The score, sum a(w) s(w), is
the cosine of two unit vectors: word by word, (1, 0) against (s, sqrt(1 - s^2)), each pair scaled by sqrt(a(w)).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .records import FilmRecord
from .sparse import Floats, Ints, SparseRows
from .spelling import Spelling
from .words import words_of

_SATURATION, _LENGTH = 1.2, 0.4  # BM25's k1 and b


class LexicalIndex:
    """The words of n films, in the films' order, and in which films each word stands."""

    def __init__(self, counts: SparseRows, vocabulary: dict[str, int]) -> None:
        """Take word counts, (n, at least the words in the vocabulary), and each word's column."""
        self._counts = counts
        self._vocabulary = vocabulary

    @classmethod
    def build(cls, records: Iterable[FilmRecord]) -> Self:
        """The index of some films; they are read once, so a stream will do."""
        vocabulary: dict[str, int] = {}
        return cls(_counted(records, vocabulary), vocabulary)

    def updated(self, ids: Ints, new_ids: Ints, changed: Mapping[int, FilmRecord]) -> LexicalIndex:
        """The index after some films were saved or deleted; both arrays of ids are in row order.

        A film keeps its words unless it is among the changed; a new one without a record has none.
        """
        vocabulary = dict(self._vocabulary)
        fresh = _counted((changed.get(int(film), FilmRecord("")) for film in new_ids if film in changed), vocabulary)
        old_row = {int(film): row for row, film in enumerate(ids)}
        nothing = len(self._counts) + len(fresh)
        place = {film: len(self._counts) + row for row, film in enumerate(f for f in new_ids.tolist() if f in changed)}
        rows = [place.get(film, old_row.get(film, nothing)) for film in new_ids.tolist()]
        together = _stacked(self._counts, fresh, len(vocabulary))
        return LexicalIndex(together.take(np.array(rows, np.int64)), vocabulary)

    def __len__(self) -> int:
        return len(self._counts)

    def scores(self, text: str) -> Floats:
        """How well each film holds the typed words, (n,), from 0 to 1."""
        scores = np.zeros(len(self), np.float32)
        asked = [forms for word in _asked(text) if (forms := self._forms(word))]
        rarity = np.array([self._rarity(forms) for forms in asked])
        for forms, weight in zip(asked, rarity / (rarity.sum() or 1), strict=True):
            scores += np.float32(weight) * self._strength(forms)
        return np.clip(scores, 0, 1)

    def matched(self, text: str, row: int) -> list[str]:
        """The film's own words that answer the request, in the order of the request."""
        counts = self._counts
        own = set(counts.indices[counts.indptr[row] : counts.indptr[row + 1]].tolist())
        found = (form for word in _asked(text) for form in self._forms(word) if self._vocabulary[form] in own)
        return list(dict.fromkeys(found))

    @cached_property
    def _by_word(self) -> tuple[Ints, NDArray[np.int32], Floats]:
        """Where each word's films start and end, the films (as rows), and how often each has the word."""
        counts = self._counts
        order = np.argsort(counts.indices, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(counts.indices, minlength=len(self._vocabulary)))])
        return starts, counts.row_of_entry()[order].astype(np.int32), counts.values[order]

    @cached_property
    def _length_penalty(self) -> Floats:
        """BM25's denominator without the frequency: long texts need a word more often, (n,)."""
        lengths = np.bincount(self._counts.row_of_entry(), self._counts.values, minlength=len(self))
        share = lengths / (lengths.mean() or 1) if len(lengths) else lengths
        return np.asarray(_SATURATION * (1 - _LENGTH + _LENGTH * share), np.float32)

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self._vocabulary)

    def _forms(self, word: str) -> dict[str, float]:
        """Words of the index that the typed word may stand for, with their likeness from 0 to 1."""
        return self._spelling.forms(word)

    def _films_with(self, form: str) -> slice:
        starts = self._by_word[0]
        column = self._vocabulary[form]
        return slice(int(starts[column]), int(starts[column + 1]))

    def _rarity(self, forms: Mapping[str, float]) -> float:
        """BM25's inverse document frequency of the form that is most like the typed word."""
        best = max(forms, key=lambda form: (forms[form], form))
        films = self._films_with(best)
        having = films.stop - films.start
        return float(np.log(1 + (len(self) - having + 0.5) / (having + 0.5)))

    def _strength(self, forms: Mapping[str, float]) -> Floats:
        """The strength with which each film holds the best of the forms, (n,), from 0 to 1."""
        strength = np.zeros(len(self), np.float32)
        _, films, counts = self._by_word
        for form, likeness in forms.items():
            rows, often = films[self._films_with(form)], counts[self._films_with(form)]
            saturated = often / (often + self._length_penalty[rows])
            strength[rows] = np.maximum(strength[rows], np.float32(likeness) * saturated)
        return strength


def _asked(text: str) -> list[str]:
    return list(dict.fromkeys(words_of(text)))


def _counted(records: Iterable[FilmRecord], vocabulary: dict[str, int]) -> SparseRows:
    """How often each film has each word; new words join the vocabulary."""
    rows = []
    for record in records:
        words = Counter(word for text in _texts(record) for word in words_of(text))
        rows.append({vocabulary.setdefault(word, len(vocabulary)): float(count) for word, count in words.items()})
    return SparseRows.of(rows, len(vocabulary))


def _texts(record: FilmRecord) -> Sequence[str]:
    names = (*record.directors, *record.cast, *record.genres, *record.keywords)
    return (*record.titles(), *names, *record.descriptions())


def _stacked(above: SparseRows, below: SparseRows, width: int) -> SparseRows:
    """One matrix over the other, and an empty row as the last."""
    end = above.indptr[-1] + below.indptr[-1]
    return SparseRows(
        np.concatenate([above.indptr, above.indptr[-1] + below.indptr[1:], [end]]),
        np.concatenate([above.indices, below.indices]),
        np.concatenate([above.values, below.values]),
        width,
    )
