"""The rows of the page of recommendations: each with its own reason, no film in two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils.translation import gettext as _

from catalog.models import Movie
from catalog.shelf import HIDDEN, LIKED, SEEN, WATCHLIST, Shelf
from recommender import index, reasons
from recommender.covers import covers
from recommender.services import Ranked, Suggestion, rank
from recommender.wishes import Wish

LONG = 10  # films in a row
RECENT = 2  # liked films with a row of their own
_NEWEST = 60


@dataclass(frozen=True)
class Row:
    """One row of films and why it is there."""

    title: str
    why: str
    cards: list[reasons.Card]


@dataclass(frozen=True)
class _Plan:
    title: str  # may name a film as {film}
    why: str
    films: Sequence[Ranked]
    about: int | None = None  # the film that the title names


def rows(shelf: Shelf) -> list[Row]:
    """All rows that have something to show, loaded together."""
    chosen = list(_without_repeats(_plans(shelf)))
    ids = {film.movie_id for plan in chosen for film in plan.films}
    ids |= {pk for plan in chosen for pk in reasons.film_ids(plan.films)}
    ids |= {plan.about for plan in chosen if plan.about is not None}
    movies = covers(index.current(), ids)
    behind = reasons.behind(movies)
    found = []
    for plan in chosen:
        films = [Suggestion(movies[f.movie_id], f.similarity, f.shares) for f in plan.films if f.movie_id in movies]
        cards = reasons.cards(films, known=behind)
        if plan.about is not None:  # all of the score comes from the film in the title: there is nothing to break down
            cards = [replace(card, reason=None, note=card.reason.closeness if card.reason else "") for card in cards]
        named = behind[plan.about].title if plan.about in behind else ""
        if films and (named or plan.about is None):
            found.append(Row(plan.title.replace("{film}", named), plan.why, cards))
    return found


def _plans(shelf: Shelf) -> list[_Plan]:
    """What could be shown, in the order of the page."""
    known = frozenset({*shelf[LIKED], *shelf[SEEN], *shelf[HIDDEN]})
    liked = tuple(shelf[LIKED])
    recent = liked[:RECENT] if len(liked) > 1 else ()
    taste, gems, *alike = rank(
        [
            Wish(liked=liked, hidden=known),
            Wish(liked=liked, hidden=known, dial=1.0),
            *(Wish(liked=(pk,), hidden=known) for pk in recent),
        ],
        top=LONG * (RECENT + 2),
    )
    if not taste:
        return [_Plan(_("Popular films"), _("What most people here like."), _popular(known))]
    watchlist = [_bare(pk) for pk in shelf[WATCHLIST][: LONG * 2]]
    late = [
        _Plan(_("On your watchlist"), _("You put these aside for another evening."), watchlist),
        _Plan(_("New here"), _("The latest films of the catalogue."), _newest(known)),
    ]
    if not liked:
        return [_Plan(_("Popular films"), _("What most people here like."), taste), *late]
    close = [
        _Plan(_("Because you liked {film}"), _("The films closest to it."), films, pk)
        for pk, films in zip(recent, alike, strict=True)
    ]
    best = _Plan(_("For your taste"), _("The films closest to all that you like."), taste)
    hidden = _Plan(_("Hidden gems"), _("Close to your taste, and known to few."), gems)
    return [best, *close, hidden, *late]


def _without_repeats(plans: Iterable[_Plan]) -> Iterable[_Plan]:
    """A film stands in the first row that asks for it."""
    used: set[int] = set()
    for plan in plans:
        films = [film for film in plan.films if film.movie_id not in used][:LONG]
        used |= {film.movie_id for film in films}
        yield replace(plan, films=films)


def _popular(known: frozenset[int]) -> list[Ranked]:
    """Before the first training: what most people like."""
    movies = Movie.objects.listed().annotate(n_likes=Count("likes")).order_by("-n_likes", "title", "pk")
    found = movies.values_list("pk", flat=True)[: LONG + len(known)]
    return [_bare(pk) for pk in found if pk not in known]


def _newest(known: frozenset[int]) -> list[Ranked]:
    movies = Movie.objects.listed().order_by("-created_at", "-pk")
    return [_bare(pk) for pk in movies.values_list("pk", flat=True)[:_NEWEST] if pk not in known]


def _bare(pk: int) -> Ranked:
    return Ranked(pk)
