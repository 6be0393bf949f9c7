"""Finds the film that a row means: by its ids, then by title and year; what is uncertain, the visitor decides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.history.titles import key_of, keys_of
from catalog.importing.matching import FilmIndex, Known
from catalog.importing.rows import IDS
from catalog.models import FilmText, HistoryRow, Movie
from catalog.typos import distance

MOST_CANDIDATES = 5
_YEARS_APART = 1  # festivals and countries count years differently
_DOUBTFUL_YEARS = 3  # beyond it a film of the same title is another one
_SHORTEST_TYPO = 5  # letters
_STEM = 4  # letters that a mistyped title shares with the right one, at its beginning or end

_ARTICLE = re.compile(r"^(?:the|a|an|le|la|les|l|der|die|das|el|los|las|il|lo|o|os) ")

Outcome, How = HistoryRow.Outcome, HistoryRow.How


@dataclass(frozen=True)
class Match:
    """What a row was taken for."""

    outcome: str
    how: str = How.NONE
    movie: int | None = None
    candidates: list[int] = field(default_factory=list)


class TitleIndex:
    """The films that visitors may see, all or some of them, by every title they have in any language."""

    def __init__(self, among: Collection[int] | None = None) -> None:
        self._by_key: dict[str, set[int]] = defaultdict(set)
        self._years: dict[int, int | None] = {}
        self._ids: dict[int, dict[str, Any]] = {}
        self._stems: dict[str, set[str]] = defaultdict(set)
        films = Movie.objects.listed()
        texts = FilmText.objects.filter(movie__is_published=True).exclude(title="")
        if among is not None:
            films, texts = films.filter(pk__in=among), texts.filter(movie__in=among)
        rows = films.values_list("pk", "title", "original_title", "year", *IDS)
        for pk, title, original, year, *ids in rows.iterator():
            self._years[pk] = year
            self._ids[pk] = {kind: value for kind, value in zip(IDS, ids, strict=True) if value}
            self._add(pk, title)
            self._add(pk, original)
        for pk, title in texts.values_list("movie", "title").iterator():
            self._add(pk, title)
        for key in self._by_key:
            for stem in _stems(key):
                self._stems[stem].add(key)

    def _add(self, pk: int, title: str) -> None:
        for key in keys_of(title) if title else ():
            self._by_key[key].add(pk)

    def __contains__(self, pk: object) -> bool:
        return pk in self._years

    def of_title(self, title: str) -> set[int]:
        """Films with this title, whatever their year."""
        return {pk for key in keys_of(title) for pk in self._by_key.get(key, ())}

    def year_of(self, pk: int) -> int | None:
        """When a film came out."""
        return self._years.get(pk)

    def with_other_ids(self, films: Iterable[int], ids: dict[str, Any]) -> set[int]:
        """Those films that have another id than the row, and none in common with it."""
        return {
            pk
            for pk in films
            if any(self._ids[pk].get(kind, value) != value for kind, value in ids.items())
            and not any(self._ids[pk].get(kind) == value for kind, value in ids.items())
        }

    def apart(self, pk: int, year: int | None) -> int:
        """How many years lie between a row and a film; 0 where one of them does not say."""
        known = self._years.get(pk)
        return abs(known - year) if known and year else 0

    def alike(self, title: str, year: int | None) -> list[int]:
        """Films whose title is nearly this one, of about this year: a slip of the pen, or a subtitle more or less."""
        key = key_of(title)
        found: dict[int, int] = {}
        for other in {other for stem in _stems(key) for other in self._stems.get(stem, ())}:
            steps = _difference(key, other)
            if steps is None:
                continue
            for pk in self._by_key[other]:
                if self.apart(pk, year) <= _YEARS_APART:
                    found[pk] = min(found.get(pk, steps), steps)
        return sorted(found, key=lambda pk: (found[pk], self.apart(pk, year), pk))


def _stems(key: str) -> tuple[str, str]:
    """How a title begins (without its article) and how it ends."""
    bare = _ARTICLE.sub("", key)
    return bare[:_STEM], f"…{bare[-_STEM:]}"


def _difference(one: str, other: str) -> int | None:
    """Letters between two titles that may mean the same film, or None when they hardly do."""
    short, long = sorted((one, other), key=len)
    if long.startswith(f"{short} ") and len(short) >= _SHORTEST_TYPO:
        return 3  # a subtitle more: worth a look, but after any slip of the pen
    allowed = 0 if len(short) < _SHORTEST_TYPO else 1 if len(short) < 9 else 2
    if not allowed or len(long) - len(short) > allowed:
        return None
    steps = distance(one, other, allowed)
    return steps if steps <= allowed else None


def find(rows: Sequence[HistoryRow], titles: TitleIndex, dubious: Collection[Any] = ()) -> list[Match]:
    """What each of these rows means. Ids in `dubious` stand on rows of several titles, and prove nothing alone."""
    index = FilmIndex()
    index.load({kind: {value for row in rows if (value := getattr(row, kind))} for kind in IDS}, ())
    return [_find(row, index, titles, dubious) for row in rows]


def _find(row: HistoryRow, index: FilmIndex, titles: TitleIndex, dubious: Collection[Any]) -> Match:
    refused = set(row.candidates) if row.outcome == Outcome.WAITING else set()
    same_title = titles.of_title(row.title) - refused if row.title else set()
    here = row.candidates[0] if row.outcome == Outcome.NEW and row.candidates else None
    if here in same_title and titles.year_of(here) == row.year:
        return Match(Outcome.MATCHED, How.ID, here)  # our own export names its number
    ids = {kind: value for kind in IDS if (value := getattr(row, kind))}
    owners = {
        known.pk: known
        for item in ids.items()
        if (known := index.owner(*item)) and known.pk in titles and known.pk not in refused
    }
    if owners:
        return _by_ids(row, ids, owners, same_title, dubious)
    return _by_title(row, ids, same_title, titles, refused)


def _by_ids(
    row: HistoryRow, ids: dict[str, Any], owners: dict[Any, Known], same_title: set[int], dubious: Collection[Any]
) -> Match:
    """Ids of one film make a match, unless another id or another row speaks against it and the title does not help."""
    if len(owners) > 1:
        return Match(Outcome.REVIEW, candidates=sorted(owners)[:MOST_CANDIDATES])
    [(pk, known)] = owners.items()
    contradicted = any(known.ids.get(kind, value) != value for kind, value in ids.items())
    doubted = any(item in dubious for item in ids.items())
    if (contradicted or doubted) and pk not in same_title:
        return Match(Outcome.REVIEW, candidates=[pk, *sorted(same_title)][:MOST_CANDIDATES])
    return Match(Outcome.MATCHED, How.ID, pk)


def _by_title(
    row: HistoryRow,
    ids: dict[str, Any],
    same_title: set[int],
    titles: TitleIndex,
    refused: Collection[int],
) -> Match:
    """One film of this title and year, else one a year apart. A film with another id is only offered."""
    others = titles.with_other_ids(same_title, ids)
    for years, how in ((0, How.TITLE), (_YEARS_APART, How.NEAR)):
        fitting = sorted(pk for pk in same_title if titles.apart(pk, row.year) <= years)
        if len(fitting) == 1 and fitting[0] not in others:
            return Match(Outcome.MATCHED, how, fitting[0])
        if fitting:
            return Match(Outcome.REVIEW, candidates=fitting[:MOST_CANDIDATES])
    doubtful = sorted(same_title, key=lambda pk: (titles.apart(pk, row.year), pk))
    candidates = [pk for pk in doubtful if titles.apart(pk, row.year) <= _DOUBTFUL_YEARS]
    alike = titles.alike(row.title, row.year) if row.title else []
    candidates += [pk for pk in alike if pk not in refused and pk not in titles.with_other_ids({pk}, ids)]
    candidates = list(dict.fromkeys(candidates))[:MOST_CANDIDATES]
    return Match(Outcome.REVIEW, candidates=candidates) if candidates else Match(Outcome.WAITING)


def doubtful_ids(rows: Iterable[tuple[Any, ...]]) -> set[tuple[str, Any]]:
    """Ids that stand on rows with different titles: one of these rows is wrong, and nobody knows which."""
    titles: dict[tuple[str, Any], set[str]] = defaultdict(set)
    for folded, *values in rows:
        for kind, value in zip(IDS, values, strict=True):
            if value and folded:
                titles[kind, value].add(folded)
    return {key for key, names in titles.items() if len(names) > 1}
