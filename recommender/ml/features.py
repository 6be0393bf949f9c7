"""Films and typed requests as sparse rows of weighted token features."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, Self, TypeVar

import numpy as np

from .records import FilmRecord
from .sparse import Floats, SparseRows
from .tokenizer import PADDING
from .words import Ids, WordTokens, words_of, words_of_name


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

    __hash__ = str.__hash__  # an enum's own takes most of the time of looking features up


Key = tuple[Kind, Ids]
Feature = TypeVar("Feature")  # a key while the features are learnt, its column afterwards


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
        known = {ids for kind, ids in self.keys if kind is Kind.WORD}
        self._reading = _Reading(config, WordTokens(config.max_token_length), known, self._column.get)

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def fit(cls, records: Collection[FilmRecord], config: FeatureConfig | None = None) -> Self:
        """Learn the features of a catalogue; the order of its films does not matter."""
        config = config or FeatureConfig()
        tokens = WordTokens(config.max_token_length)
        words = Counter(ids for record in records for ids in _distinct_words(record, tokens))
        enough = min(config.min_films, max(1, len(records) // 2))
        most = max(config.max_share * len(records), _FEW_FILMS)
        known = {ids for ids, films in words.items() if enough <= films <= most}
        reading = _Reading(config, tokens, known, lambda key: key)
        films_with: Counter[Key] = Counter()
        for record in records:
            films_with.update(_features(record, reading).keys())
        keys = _kept(films_with, enough, most, config.max_features)
        idf = np.array([math.log((1 + len(records)) / (1 + films_with[key])) + 1 for key in keys], np.float32)
        return cls(config, keys, idf)

    def rows(self, records: Iterable[FilmRecord]) -> SparseRows:
        """One unit row (len(self) wide) per film; an empty one for a film of which nothing is known."""
        return SparseRows.of((_features(record, self._reading) for record in records), len(self), self.idf).unit()

    def request_row(self, text: str, genres: Sequence[str] = ()) -> SparseRows:
        """One unit row for typed words, each matched against every field; (1, len(self)), empty if nothing is known."""
        asked: dict[int, float] = {}
        for genre in genres:
            asked |= self._reading.name(Kind.GENRE, genre)
        for word in words_of(text):
            for column, strength in self._reading.spelling(word):
                asked[column] = max(strength, asked.get(column, 0.0))
        asked |= self._asked_phrases(words_of(text))
        return SparseRows.of([asked], len(self), self.idf).unit()

    def to_json(self) -> dict[str, Any]:
        """Config and features, without the weights of `idf`; read back by `from_parts`."""
        by_kind: dict[str, list[list[int]]] = {kind.value: [] for kind in Kind}
        for kind, ids in self.keys:
            by_kind[kind].append(list(ids))
        return {"config": asdict(self.config), "features": by_kind}

    @classmethod
    def from_parts(cls, data: Mapping[str, Any], idf: Floats) -> Self:
        """The space that `to_json` and `idf` describe."""
        by_kind = [(Kind(kind), several) for kind, several in data["features"].items()]
        keys = [(kind, tuple(ids)) for kind, several in by_kind for ids in several]
        return cls(FeatureConfig(**data["config"]), keys, np.asarray(idf, np.float32))

    def _asked_phrases(self, words: Sequence[str]) -> dict[int, float]:
        """Names, keywords, genres and countries that stand in the request word for word."""
        asked: dict[int, float] = {}
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words)) + 1):
                ids = _joined(words[start:end], self._reading.tokens)
                for kind in _PHRASES:
                    if (kind, ids) in self._column:
                        asked[self._column[kind, ids]] = getattr(self.config, kind.value)
        return asked


_TEXT = (Kind.WORD, Kind.STEM, Kind.PIECE)
_PHRASES = (Kind.GENRE, Kind.DIRECTOR, Kind.ACTOR, Kind.KEYWORD, Kind.COUNTRY)
_LONGEST_PHRASE = 5
_SHORTEST_WORD = 2
_FEW_FILMS = 20  # a word of so few films is never too common, however small the catalogue


class _Reading(Generic[Feature]):
    """How words and names become features; what each becomes is remembered, since films repeat them.

    `feature` gives a key the form that the caller wants, or None when there is no such feature.
    """

    def __init__(
        self, config: FeatureConfig, tokens: WordTokens, known: set[Ids], feature: Callable[[Key], Feature | None]
    ) -> None:
        self.config, self.tokens, self._known, self._feature = config, tokens, known, feature
        self.meaning = lru_cache(maxsize=100_000)(self._meaning)
        self.spelling = lru_cache(maxsize=20_000)(self._spelling)
        self.name = lru_cache(maxsize=20_000)(self._name)

    def _meaning(self, word: str) -> tuple[tuple[Feature, float], ...]:
        """A known word as its whole sequence of tokens; any long word also by its stem."""
        ids = self.tokens.whole(word)
        whole = self._made(Kind.WORD, ids, 1.0) if ids in self._known else ()
        return whole + self._made(Kind.STEM, self.tokens.stem(word), self.config.stem)

    def _spelling(self, word: str) -> tuple[tuple[Feature, float], ...]:
        """The word's meaning and, when the catalogue does not know the word, pieces that together weigh as much."""
        if not self.config.piece or self.tokens.whole(word) in self._known:
            return self.meaning(word)
        pieces = self.tokens.pieces(word)
        strength = self.config.piece / math.sqrt(len(pieces) or 1)
        known = (self._feature((Kind.PIECE, piece)) for piece in pieces)
        return (*self.meaning(word), *((feature, strength) for feature in known if feature is not None))

    def _name(self, kind: Kind, name: str) -> tuple[tuple[Feature, float], ...]:
        """A name in one of the film's fields."""
        return self._made(kind, _joined(words_of(name), self.tokens), getattr(self.config, kind.value))

    def _made(self, kind: Kind, ids: Ids, strength: float) -> tuple[tuple[Feature, float], ...]:
        feature = self._feature((kind, ids)) if ids and strength > 0 else None
        return () if feature is None else ((feature, strength),)


def _features(record: FilmRecord, reading: _Reading[Feature]) -> dict[Feature, float]:
    """A film's features with their strength before TF-IDF."""
    found: defaultdict[Feature, float] = defaultdict(float)
    meaning, spelling, title_weight = reading.meaning, reading.spelling, reading.config.title
    for word, often in _counts(record).items():
        emphasis = 1 + math.log(often) if often > 1 else 1.0
        for feature, strength in meaning(word):
            if strength * emphasis > found[feature]:
                found[feature] = strength * emphasis
    for word in sorted({word for title in record.titles() for word in _words(title)}):
        for feature, strength in spelling(word):
            found[feature] += title_weight * strength
    for kind, name in _fields(record):
        found.update(reading.name(kind, name))
    return found


def _counts(record: FilmRecord) -> Counter[str]:
    """How often each word stands in the film's fields; a translation adds its words, not repetitions."""
    words = [*_words(record.title), *_words(record.description)]
    for name in chain(record.genres, record.directors, record.cast, record.keywords):
        words += [word for word in words_of_name(name) if len(word) >= _SHORTEST_WORD]
    counts = Counter(words)
    for text in (record.original_title, *(part for _, *parts in record.texts for part in parts)):
        if text:
            counts |= Counter(_words(text))
    return counts


def _words(text: str) -> list[str]:
    return [word for word in words_of(text) if len(word) >= _SHORTEST_WORD]


def _fields(record: FilmRecord) -> Iterator[tuple[Kind, str]]:
    """The film's genres, people, keywords, countries, language and decade."""
    fields = (
        (Kind.GENRE, record.genres),
        (Kind.DIRECTOR, record.directors),
        (Kind.ACTOR, record.cast),
        (Kind.KEYWORD, record.keywords),
        (Kind.COUNTRY, record.countries),
        (Kind.LANGUAGE, (record.language,)),
        (Kind.DECADE, (str(record.year // 10),) if record.year is not None else ()),
    )
    return ((kind, name) for kind, names in fields for name in names)


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
