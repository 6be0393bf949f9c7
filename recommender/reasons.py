"""Says why a film is shown: one sentence, and the exact shares that add up to its score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from django.utils.formats import get_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender import index
from recommender.covers import covers
from recommender.services import Ranked, Share, Suggestion

MOST_PARTS = 6  # shown one by one; the rest are added up
_TELLING = 0.4  # a second film is named when it adds this much of what the first one adds
THOUSANDTHS = 1000


@dataclass(frozen=True)
class Behind:
    """A liked film that stands behind a suggestion."""

    pk: int
    title: str
    poster: str  # address of its own picture, if it has one


class Part(NamedTuple):
    """One share of a score as the page shows it, with its stretch of the bar (0 to 100)."""

    film: Behind | None
    label: str
    value: str
    start: float
    length: float


@dataclass(frozen=True)
class Reason:
    """Why one film is shown."""

    sentence: SafeString
    closeness: str
    score: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Card:
    """A film with the reason for showing it, if there is one."""

    movie: Movie
    reason: Reason | None = None
    note: str = ""


def cards(
    suggestions: Sequence[Suggestion],
    *,
    owner: str = "",
    known: dict[int, Behind] | None = None,
    are_chosen: bool = False,
) -> list[Card]:
    """Cards with reasons; `owner` is the name of the profile whose taste is borrowed, empty for the visitor's own.

    With `are_chosen` the films behind were chosen for this list, and nobody need like them.
    """
    if known is None:
        known = films_behind(film_ids(suggestions))
    words = _words(get_language() or "")
    if are_chosen:
        owner, words = "", replace(words, liked=words.chosen)
    return [Card(suggestion.movie, _reason(suggestion, known, owner, words)) for suggestion in suggestions]


def film_ids(suggestions: Iterable[Suggestion | Ranked]) -> set[int]:
    """Ids of the liked films that the reasons name one by one."""
    named = (share.film_id for suggestion in suggestions for share in suggestion.shares[:MOST_PARTS])
    return {pk for pk in named if pk is not None}


def films_behind(wanted: set[int]) -> dict[int, Behind]:
    """The liked films that reasons name, with their titles in the page's language."""
    return behind(covers(index.last_seen(), wanted)) if wanted else {}


def behind(movies: Mapping[int, Movie]) -> dict[int, Behind]:
    """Films, by id, as reasons name them."""
    return {pk: Behind(pk, movie.title_in(), movie.small_poster_address) for pk, movie in movies.items()}


def closeness(similarity: float) -> str:
    """A similarity in words."""
    return _words(get_language() or "").closeness(similarity)


@dataclass(frozen=True)
class _Words:
    """The words of reasons in one language, looked up once: a page says them hundreds of times."""

    # From so much on it is so close: a film's nearest has 0.6 on the whole, its tenth 0.34, its hundredth 0.12.
    near: tuple[tuple[float, str], ...]
    both: str
    liked: str
    owner_likes: str
    chosen: str
    asked: str
    asked_part: str
    gone: str
    separator: str  # of decimals

    def closeness(self, similarity: float) -> str:
        return next(words for least, words in self.near if similarity >= least)

    def decimal(self, thousandths: int) -> str:
        return f"{thousandths / THOUSANDTHS:.3f}".replace(".", self.separator)


@lru_cache(maxsize=8)
def _words(language: str) -> _Words:
    """The words in the page's language, which `language` names."""
    return _Words(
        near=((0.45, _("very close")), (0.3, _("close")), (0.15, _("related")), (-2.0, _("a distant relative"))),
        both=_(" and "),
        liked=_("Because you liked {films}"),
        owner_likes=_("Because “{owner}” likes {films}"),
        chosen=_("Close to {films}"),
        asked=_("For your words “{words}”"),
        asked_part=_("your words “%(words)s”"),
        gone=_("a film that is gone"),
        separator=get_format("DECIMAL_SEPARATOR"),
    )


def _reason(suggestion: Suggestion, known: dict[int, Behind], owner: str, words: _Words) -> Reason | None:
    if suggestion.similarity is None:
        return None
    return Reason(
        sentence=_sentence(suggestion.shares, known, owner, words),
        closeness=words.closeness(suggestion.similarity),
        score=words.decimal(round(suggestion.similarity * THOUSANDTHS)),
        parts=_parts(suggestion, known, words),
    )


def _sentence(shares: Sequence[Share], known: dict[int, Behind], owner: str, words: _Words) -> SafeString:
    """The one or two liked films that tell most, and the words; what weighs more comes first."""
    films = [share for share in shares if share.film_id in known and share.part > 0]
    named = [share for share in films[:2] if share.part >= films[0].part * _TELLING]
    asked = next((share for share in shares if share.film_id is None and share.part > 0), None)
    pieces = []
    if named:
        titles = format_html_join(words.both, "<i>{}</i>", ((known[share.film_id or 0].title,) for share in named))
        liked = words.owner_likes if owner else words.liked
        pieces.append((sum(share.part for share in named), format_html(liked, owner=owner, films=titles)))
    if asked:
        pieces.append((asked.part, format_html(words.asked, words=asked.words)))
    pieces.sort(key=lambda piece: -piece[0])
    return format_html_join(". ", "{}", ((piece,) for _part, piece in pieces))


def _parts(suggestion: Suggestion, known: dict[int, Behind], words: _Words) -> tuple[Part, ...]:
    """The largest shares one by one and the others together, rounded so that they still add up to the score shown."""
    shares = suggestion.shares
    values = [share.part for share in shares[:MOST_PARTS]]
    labels = [_label(share, known, words) for share in shares[:MOST_PARTS]]
    films: list[Behind | None] = [known.get(share.film_id or 0) for share in shares[:MOST_PARTS]]
    rest = shares[MOST_PARTS:]
    if rest:
        values.append(sum(share.part for share in rest))
        labels.append(_more_films(get_language() or "", len(rest)))
        films.append(None)
    whole = rounded(values, round((suggestion.similarity or 0) * THOUSANDTHS))
    span = sum(max(0, value) for value in whole) or 1
    parts, start = [], 0.0
    for film, label, value in zip(films, labels, whole, strict=True):
        length = max(0, value) / span * 100
        parts.append(Part(film, label, words.decimal(value), round(start, 2), round(length, 2)))
        start += length
    return tuple(parts)


@lru_cache(maxsize=1024)
def _more_films(language: str, n: int) -> str:
    return ngettext("%(n)d more film", "%(n)d more films", n) % {"n": n}


def _label(share: Share, known: dict[int, Behind], words: _Words) -> str:
    if share.film_id is None:
        return words.asked_part % {"words": share.words}
    film = known.get(share.film_id)
    return film.title if film else words.gone


def rounded(values: Sequence[float], total: int) -> list[int]:
    """Values in whole thousandths that add up to the total: the largest remainders are rounded up first."""
    exact = [value * THOUSANDTHS for value in values]
    whole = [int(value // 1) for value in exact]
    missing = total - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in range(abs(missing)):
        if not by_remainder:
            break
        at = by_remainder[i % len(by_remainder)] if missing > 0 else by_remainder[-1 - i % len(by_remainder)]
        whole[at] += 1 if missing > 0 else -1
    return whole
