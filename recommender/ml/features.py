"""Films and typed requests as sparse rows of weighted token features."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

import numpy as np

from .records import FilmRecord
from .sparse import Floats, SparseRows
from .tokenizer import PADDING
from .words import Ids, WordTokens, words_of


class Kind(StrEnum):
    """What a feature stands for; the first three are about text, the others about catalogue fields."""

    WORD = "word"
    STEM = "stem"
    PIECE = "piece"
    GENRE = "genre"
    DIRECTOR = "director"
    ACTOR = "actor"
    KEYWORD = "keyword"
    COUNTRY = "country"
    LANGUAGE = "language"
    DECADE = "decade"


Key = tuple[Kind, Ids]


@dataclass(frozen=True)
class FeatureConfig:
    """Which features there are and how much each field weighs before TF-IDF; saved with the weights."""

    max_token_length: int = 2
    min_films: int = 2
    max_share: float = 0.25
    max_features: int = 60_000
    title: float = 4.0
    stem: float = 0.5
    piece: float = 0.3
    genre: float = 2.0
    director: float = 4.0
    actor: float = 4.0
    keyword: float = 2.0
    country: float = 1.0
    language: float = 1.0
    decade: float = 3.0

    def __post_init__(self) -> None:
        if min(self.max_token_length, self.min_films, self.max_features) < 1:
            raise ValueError(f"token length, minimum of films and number of features must be positive: {self}")
        if not 0 < self.max_share <= 1:
            raise ValueError(f"max_share is a share of the films, above 0 and up to 1, not {self.max_share}")
        weights = [getattr(self, field.name) for field in fields(self)[4:]]
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
            raise ValueError(f"every weight must be a number of at least 0: {self}")


class FeatureSpace:
    """The features that a catalogue taught, and every film's or request's place among them.

    A word that enough films use is one feature: its whole sequence of tokens. A rarer or unknown word is spelt by its
    token n-grams instead, and the tokens of a long word's first letters (its stem) let inflections meet.
    """

    def __init__(self, config: FeatureConfig, keys: Sequence[Key], idf: Floats) -> None:
        if len(keys) != len(idf):
            raise ValueError(f"{len(keys)} features but {len(idf)} weights")
        self.config = config
        self.keys = tuple(keys)
        self.idf = idf
        self._column = {key: column for column, key in enumerate(self.keys)}
        self._weight: list[float] = idf.tolist()  # a list gives its numbers away faster than an array
        known = {ids for kind, ids in self.keys if kind is Kind.WORD}
        self._reading = _Reading(config, WordTokens(config.max_token_length), known)

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def fit(cls, records: Sequence[FilmRecord], config: FeatureConfig | None = None) -> Self:
        """Learn the features of a catalogue; the order of its films does not matter."""
        config = config or FeatureConfig()
        tokens = WordTokens(config.max_token_length)
        words = Counter(ids for record in records for ids in _distinct_words(record, tokens))
        enough = min(config.min_films, max(1, len(records) // 2))
        most = max(config.max_share * len(records), _FEW_FILMS)
        known = {ids for ids, films in words.items() if enough <= films <= most}
        reading = _Reading(config, tokens, known)
        films_with: Counter[Key] = Counter()
        for record in records:
            films_with.update(_features(record, reading).keys())
        keys = _kept(films_with, enough, most, config.max_features)
        idf = np.array([math.log((1 + len(records)) / (1 + films_with[key])) + 1 for key in keys], np.float32)
        return cls(config, keys, idf)

    def rows(self, records: Iterable[FilmRecord]) -> SparseRows:
        """One unit row (len(self) wide) per film; an empty one for a film of which nothing is known."""
        described = (_features(record, self._reading) for record in records)
        return SparseRows.of((self._weighted(features) for features in described), len(self)).unit()

    def request_row(self, text: str, genres: Sequence[str] = ()) -> SparseRows:
        """One unit row for typed words, each matched against every field; (1, len(self)), empty if nothing is known."""
        asked: dict[Key, float] = {}
        for genre in genres:
            asked[Kind.GENRE, self._reading.phrase(genre)] = self.config.genre
        for word in words_of(text):
            for key, strength in self._reading.spelling(word):
                asked[key] = max(strength, asked.get(key, 0.0))
        asked |= self._asked_phrases(words_of(text))
        return SparseRows.of([self._weighted(asked)], len(self)).unit()

    def to_json(self) -> dict[str, Any]:
        """Config and features, without the weights of `idf`; read back by `from_parts`."""
        by_kind: dict[str, list[list[int]]] = {kind.value: [] for kind in Kind}
        for kind, ids in self.keys:
            by_kind[kind].append(list(ids))
        return {"config": asdict(self.config), "features": by_kind}

    @classmethod
    def from_parts(cls, data: Mapping[str, Any], idf: Floats) -> Self:
        """The space that `to_json` and `idf` describe."""
        keys = [(Kind(kind), tuple(ids)) for kind, several in data["features"].items() for ids in several]
        return cls(FeatureConfig(**data["config"]), keys, np.asarray(idf, np.float32))

    def _weighted(self, features: Mapping[Key, float]) -> dict[int, float]:
        found = ((self._column.get(key), strength) for key, strength in features.items())
        return {column: strength * self._weight[column] for column, strength in found if column is not None}

    def _asked_phrases(self, words: Sequence[str]) -> dict[Key, float]:
        """Names, keywords, genres and countries that stand in the request word for word."""
        asked: dict[Key, float] = {}
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words)) + 1):
                ids = _joined(words[start:end], self._reading.tokens)
                for kind in _PHRASES:
                    if (kind, ids) in self._column:
                        asked[kind, ids] = getattr(self.config, kind.value)
        return asked


_TEXT = (Kind.WORD, Kind.STEM, Kind.PIECE)
_PHRASES = (Kind.GENRE, Kind.DIRECTOR, Kind.ACTOR, Kind.KEYWORD, Kind.COUNTRY)
_LONGEST_PHRASE = 5
_SHORTEST_WORD = 2
_FEW_FILMS = 20  # a word of so few films is never too common, however small the catalogue


class _Reading:
    """How words become features; what a word or a name becomes is remembered, since films repeat them."""

    def __init__(self, config: FeatureConfig, tokens: WordTokens, known: set[Ids]) -> None:
        self.config, self.tokens, self._known = config, tokens, known
        self.meaning = lru_cache(maxsize=50_000)(self._meaning)
        self.spelling = lru_cache(maxsize=20_000)(self._spelling)
        self.phrase = lru_cache(maxsize=20_000)(self._phrase)

    def _meaning(self, word: str) -> tuple[tuple[Key, float], ...]:
        """A known word as its whole sequence of tokens; any long word also by its stem."""
        ids = self.tokens.whole(word)
        whole = (((Kind.WORD, ids), 1.0),) if ids in self._known else ()
        stem = self.tokens.stem(word) if self.config.stem else ()
        return (*whole, ((Kind.STEM, stem), self.config.stem)) if stem else whole

    def _spelling(self, word: str) -> tuple[tuple[Key, float], ...]:
        """The word's meaning and, when the catalogue does not know the word, pieces that together weigh as much."""
        if not self.config.piece or self.tokens.whole(word) in self._known:
            return self.meaning(word)
        pieces = self.tokens.pieces(word)
        strength = self.config.piece / math.sqrt(max(1, len(pieces)))
        return (*self.meaning(word), *(((Kind.PIECE, piece), strength) for piece in pieces))

    def _phrase(self, text: str) -> Ids:
        return _joined(words_of(text), self.tokens)


def _features(record: FilmRecord, reading: _Reading) -> dict[Key, float]:
    """A film's features with their strength before TF-IDF."""
    config = reading.config
    found: defaultdict[Key, float] = defaultdict(float)
    for word, often in _counts(record).items():
        emphasis = 1 + math.log(often)
        for key, strength in reading.meaning(word):
            found[key] = max(found[key], strength * emphasis)
    for word in sorted({word for title in record.titles() for word in _words(title)}):
        for key, strength in reading.spelling(word):
            found[key] += config.title * strength
    for key in _field_keys(record, reading):
        found[key] = getattr(config, key[0].value)
    return {key: value for key, value in found.items() if value > 0 and key[1]}


def _counts(record: FilmRecord) -> Counter[str]:
    """How often each word stands in the film's fields; a translation adds its words, not repetitions."""
    names = (*record.genres, *record.directors, *record.cast, *record.keywords)
    counts = Counter(word for text in (record.title, record.description, *names) for word in _words(text))
    for text in (record.original_title, *(part for _, *parts in record.texts for part in parts)):
        counts |= Counter(_words(text))
    return counts


def _words(text: str) -> list[str]:
    return [word for word in words_of(text) if len(word) >= _SHORTEST_WORD]


def _field_keys(record: FilmRecord, reading: _Reading) -> Iterator[Key]:
    """The film's genres, people, keywords, countries, language and decade as features."""
    phrases = (
        (Kind.GENRE, record.genres),
        (Kind.DIRECTOR, record.directors),
        (Kind.ACTOR, record.cast),
        (Kind.KEYWORD, record.keywords),
        (Kind.COUNTRY, record.countries),
        (Kind.LANGUAGE, (record.language,)),
    )
    for kind, names in phrases:
        for name in names:
            yield kind, reading.phrase(name)
    if record.year is not None:
        yield Kind.DECADE, reading.tokens.whole(str(record.year // 10))


def _distinct_words(record: FilmRecord, tokens: WordTokens) -> set[Ids]:
    return {tokens.whole(word) for word in _counts(record)}


def _joined(words: Iterable[str], tokens: WordTokens) -> Ids:
    """The words' tokens with padding between them; () when the alphabet has none of the letters."""
    ids: list[int] = []
    for word in filter(None, map(tokens.whole, words)):
        ids += [PADDING, *word] if ids else word
    return tuple(ids)


def _kept(films_with: Counter[Key], enough: int, most: float, limit: int) -> list[Key]:
    """No rare feature, no text that stands nearly everywhere; the commonest if there are too many. In a fixed order."""
    usable = [key for key, films in films_with.items() if films >= enough and (films <= most or key[0] not in _TEXT)]
    usable.sort(key=lambda key: (-films_with[key], key))
    order = list(Kind)
    return sorted(usable[:limit], key=lambda key: (order.index(key[0]), key[1]))
