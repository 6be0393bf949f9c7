"""A taste in figures: what comes up in somebody's likes more or less often than in the catalogue, and since when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from django.utils.translation import gettext as _

from catalog.facts import Facts
from catalog.models import Movie
from catalog.names import shown_country, shown_genre
from recommender.averages import averages, films_of_people

_CHANCE = 0.02  # a difference that chance makes less often than this is worth a word: many are looked at
_ENOUGH = 3  # films of something before it can be called frequent
_SHOWN = 8
_LEFT_OUT = 3  # of the genres and countries that come up less often than usual
_PEOPLE = 6
_AGAIN = 2  # films from which on a person comes up again
_TOLD = 0.03  # share of the catalogue from which on a decade is shown though nothing of it is liked
_PERIODS, _IN_PERIOD = 4, 5  # at most, and films at least
_LINES = 4


class Verdict(StrEnum):
    """How a count stands to what the catalogue would lead to expect."""

    MORE = "more"
    LESS = "less"
    USUAL = "usual"


@dataclass(frozen=True)
class Line:
    """One genre, decade or country: liked films of it, their share, and the catalogue's share (0 to 1)."""

    label: str
    films: int
    share: float
    usual: float
    verdict: Verdict


@dataclass(frozen=True)
class Person:
    """Somebody who comes up again: their liked films, out of all that are here."""

    pk: int
    name: str
    films: int
    here: int


@dataclass(frozen=True)
class Period:
    """Some likes in a row; without dates where none are kept."""

    first: datetime | None
    last: datetime | None
    films: int


@dataclass(frozen=True)
class Times:
    """Shares of a few genres in each period, the oldest first."""

    periods: list[Period]
    genres: list[tuple[str, list[float]]]


@dataclass(frozen=True)
class Liked:
    """A liked film with its facts, and since when it is liked."""

    movie: Movie
    facts: Facts
    since: datetime | None = None


def genre_lines(films: Sequence[Liked]) -> list[Line]:
    """Genres that come up most, and those that are missed most."""
    counts = Counter(genre.name for film in films for genre in film.movie.genres.all())
    return _most_telling(counts, averages().genres, len(films), shown_genre)


def country_lines(films: Sequence[Liked]) -> list[Line]:
    """Countries that come up most, and those that are missed most."""
    counts = Counter(country.name for film in films for country in film.facts.countries)
    return _most_telling(counts, averages().countries, len(films), shown_country)


def decade_lines(films: Sequence[Liked]) -> list[Line]:
    """All decades that matter to the likes or the catalogue, the oldest first."""
    counts = Counter(film.movie.year // 10 * 10 for film in films if film.movie.year)
    known = averages()
    usual = {decade: n / max(1, known.films) for decade, n in known.decades.items()}
    decades = sorted({*counts, *(decade for decade, share in usual.items() if share >= _TOLD)})
    return [
        _line(_("the %(year)ds") % {"year": decade}, counts[decade], len(films), usual.get(decade, 0.0))
        for decade in decades
    ]


def people(films: Sequence[Liked]) -> tuple[list[Person], list[Person]]:
    """Directors and actors of two liked films or more."""
    directors = _again(name for film in films for name in {(p.pk, p.name) for p in film.facts.directors})
    cast = _again(name for film in films for name in {(p.pk, p.name) for p in film.facts.cast})
    here = films_of_people({pk for (pk, _name), _n in [*directors, *cast]})
    return (
        [Person(pk, name, n, here[pk]) for (pk, name), n in directors],
        [Person(pk, name, n, here[pk]) for (pk, name), n in cast],
    )


def times(films: Sequence[Liked]) -> Times | None:
    """How the share of genres changed; None for few likes, or when all came on one day. `films` are newest first."""
    dates = [film.since for film in films if film.since]
    if dates and max(dates) - min(dates) < timedelta(days=1):
        return None
    number = min(_PERIODS, len(films) // _IN_PERIOD)
    if number < 2:
        return None
    ordered = list(reversed(films))
    cuts = [round(at * len(ordered) / number) for at in range(number + 1)]
    parts = [ordered[start:end] for start, end in pairwise(cuts)]
    shares = [Counter(genre.name for film in part for genre in film.movie.genres.all()) for part in parts]
    whole = sum(shares, Counter())
    most = [name for name, _n in sorted(whole.items(), key=lambda item: (-item[1], item[0]))[:_LINES]]
    return Times(
        [Period(part[0].since, part[-1].since, len(part)) for part in parts],
        [
            (shown_genre(name), [share[name] / len(part) for share, part in zip(shares, parts, strict=True)])
            for name in most
        ],
    )


def verdict(films: int, likes: int, usual: float) -> Verdict:
    """Whether so many of the likes are more or fewer than chance would bring; few likes seldom say anything."""
    if not 0 < usual < 1:
        return Verdict.USUAL
    if films >= _ENOUGH and films > likes * usual and _tail(range(films, likes + 1), likes, usual) < _CHANCE:
        return Verdict.MORE
    if films < likes * usual and _tail(range(films + 1), likes, usual) < _CHANCE:
        return Verdict.LESS
    return Verdict.USUAL


def _tail(counts: Iterable[int], likes: int, usual: float) -> float:
    """The probability of one of these counts among so many likes (binomial)."""
    log, rest, whole = math.log(usual), math.log1p(-usual), math.lgamma(likes + 1)
    return sum(
        math.exp(whole - math.lgamma(n + 1) - math.lgamma(likes - n + 1) + n * log + (likes - n) * rest) for n in counts
    )


def _most_telling(
    counts: Counter[str], catalogue: dict[str, int], likes: int, shown: Callable[[str], str]
) -> list[Line]:
    films = max(1, averages().films)
    lines = {
        name: _line(shown(name), counts[name], likes, catalogue.get(name, 0) / films) for name in {*counts, *catalogue}
    }
    liked = sorted(counts, key=lambda name: (-counts[name], name))[:_SHOWN]
    missed = [name for name, line in lines.items() if line.verdict == Verdict.LESS and name not in liked]
    missed.sort(key=lambda name: (lines[name].share - lines[name].usual, name))
    return [lines[name] for name in [*liked, *missed[:_LEFT_OUT]]]


def _line(label: str, films: int, likes: int, usual: float) -> Line:
    return Line(label, films, films / max(1, likes), usual, verdict(films, likes, usual))


def _again(names: Iterable[tuple[int, str]]) -> list[tuple[tuple[int, str], int]]:
    found = [(name, n) for name, n in Counter(names).items() if n >= _AGAIN]
    return sorted(found, key=lambda item: (-item[1], item[0][1]))[:_PEOPLE]
