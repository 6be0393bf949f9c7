"""Says why a film is shown: one sentence, and the exact shares that add up to its score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


@dataclass(frozen=True)
class Part:
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


def cards(suggestions: Sequence[Suggestion], *, owner: str = "", known: dict[int, Behind] | None = None) -> list[Card]:
    """Cards with reasons; `owner` is the name of the profile whose taste is borrowed, empty for the visitor's own."""
    if known is None:
        known = films_behind(film_ids(suggestions))
    return [Card(suggestion.movie, _reason(suggestion, known, owner)) for suggestion in suggestions]


def film_ids(suggestions: Iterable[Suggestion | Ranked]) -> set[int]:
    """Ids of the liked films that the reasons name one by one."""
    named = (share.film_id for suggestion in suggestions for share in suggestion.shares[:MOST_PARTS])
    return {pk for pk in named if pk is not None}


def films_behind(wanted: set[int]) -> dict[int, Behind]:
    """The liked films that reasons name, with their titles in the page's language."""
    return behind(covers(index.current(), wanted)) if wanted else {}


def behind(movies: Mapping[int, Movie]) -> dict[int, Behind]:
    """Films, by id, as reasons name them."""
    return {pk: Behind(pk, movie.title_in(), movie.poster_address) for pk, movie in movies.items()}


def _reason(suggestion: Suggestion, known: dict[int, Behind], owner: str) -> Reason | None:
    if suggestion.similarity is None:
        return None
    return Reason(
        sentence=_sentence(suggestion.shares, known, owner),
        closeness=closeness(suggestion.similarity),
        score=_decimal(round(suggestion.similarity * THOUSANDTHS)),
        parts=_parts(suggestion, known),
    )


def closeness(similarity: float) -> str:
    """A similarity in words."""
    for least, words in ((0.75, _("very close")), (0.5, _("close")), (0.25, _("related"))):
        if similarity >= least:
            return words
    return _("a distant relative")


def _sentence(shares: Sequence[Share], known: dict[int, Behind], owner: str) -> SafeString:
    """The one or two liked films that tell most, and the words; what weighs more comes first."""
    films = [share for share in shares if share.film_id in known and share.part > 0]
    named = [share for share in films[:2] if share.part >= films[0].part * _TELLING]
    asked = next((share for share in shares if share.film_id is None and share.part > 0), None)
    pieces = []
    if named:
        titles = format_html_join(_(" and "), "<i>{}</i>", ((known[share.film_id or 0].title,) for share in named))
        liked = _("Because “{owner}” likes {films}") if owner else _("Because you liked {films}")
        pieces.append((sum(share.part for share in named), format_html(liked, owner=owner, films=titles)))
    if asked:
        pieces.append((asked.part, format_html(_("For your words “{words}”"), words=asked.words)))
    pieces.sort(key=lambda piece: -piece[0])
    return format_html_join(". ", "{}", ((words,) for _part, words in pieces))


def _parts(suggestion: Suggestion, known: dict[int, Behind]) -> tuple[Part, ...]:
    """The largest shares one by one and the others together, rounded so that they still add up to the score shown."""
    shares = suggestion.shares
    values = [share.part for share in shares[:MOST_PARTS]]
    labels = [_label(share, known) for share in shares[:MOST_PARTS]]
    films: list[Behind | None] = [known.get(share.film_id or 0) for share in shares[:MOST_PARTS]]
    rest = shares[MOST_PARTS:]
    if rest:
        values.append(sum(share.part for share in rest))
        labels.append(ngettext("%(n)d more film", "%(n)d more films", len(rest)) % {"n": len(rest)})
        films.append(None)
    whole = rounded(values, round((suggestion.similarity or 0) * THOUSANDTHS))
    span = sum(max(0, value) for value in whole) or 1
    parts, start = [], 0.0
    for film, label, value in zip(films, labels, whole, strict=True):
        length = max(0, value) / span * 100
        parts.append(Part(film, label, _decimal(value), round(start, 2), round(length, 2)))
        start += length
    return tuple(parts)


def _label(share: Share, known: dict[int, Behind]) -> str:
    if share.film_id is None:
        return _("your words “%(words)s”") % {"words": share.words}
    film = known.get(share.film_id)
    return film.title if film else _("a film that is gone")


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


def _decimal(thousandths: int) -> str:
    return str(number_format(thousandths / THOUSANDTHS, 3))
