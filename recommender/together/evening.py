"""One page of an evening as a guest sees it: films with everybody's bars, vetoes, links."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender.forms_together import LAST_PAGE, NightForm
from recommender.models import NightGuest, NightVeto
from recommender.together.access import Seat
from recommender.together.evenings import FEWEST, MOST, RESULT
from recommender.together.films import Choice, Choices, choose, step_of, tenths_of
from recommender.together.people import tastes_of


@dataclass(frozen=True)
class Fit:
    """How well a film suits one guest, in five steps and in tenths."""

    name: str
    step: int
    words: str
    number: str


@dataclass(frozen=True)
class Card:
    """A film with a bar for each guest."""

    movie: Movie
    fits: list[Fit]


@dataclass(frozen=True)
class Evening:
    """Everything that the page beneath the form shows."""

    guests: list[NightGuest]
    cards: list[Card]
    total: int
    learned: bool
    is_waiting: bool  # for a second person
    seats_left: int
    vetoed: list[Movie]  # by the guest who looks at the page
    others_vetoed: int
    before: str
    after: str
    state: str
    invitation: str  # absolute address, empty when there is none
    result: str


def films_for(seat: Seat, form: NightForm) -> Choices:
    """The films of the page that the form asks for; none while somebody sits there alone."""
    return _found(seat, form, frozenset(movie for _guest, movie in _vetoes(seat)))


def evening_of(seat: Seat, form: NightForm, request: HttpRequest) -> Evening:
    """The page of a guest. The others' vetoes are counted, not told."""
    vetoes = _vetoes(seat)
    mine = [movie for guest, movie in vetoes if guest == seat.me.pk]
    found = _found(seat, form, frozenset(movie for _guest, movie in vetoes))
    wanted = {*mine, *(choice.movie_id for choice in found.films)}
    movies = Movie.objects.listed().for_cards().in_bulk(wanted)
    page = form.page()
    has_more = page < LAST_PAGE and found.total > page * RESULT
    return Evening(
        guests=seat.guests,
        cards=[_card(movies[one.movie_id], one, seat) for one in found.films if one.movie_id in movies],
        total=found.total,
        learned=found.learned,
        is_waiting=len(seat.guests) < FEWEST,
        seats_left=MOST - len(seat.guests),
        vetoed=[movies[pk] for pk in mine if pk in movies],
        others_vetoed=len({movie for _guest, movie in vetoes} - {*mine}),
        before=(form.address(page - 1) or "?") if page > 1 else "",
        after=form.address(page + 1) if has_more else "",
        state=form.address(page),
        invitation=_link(request, "recommender:join_night", seat.night.open_invitation),
        result=_link(request, "recommender:shared_night", seat.night.result),
    )


def _found(seat: Seat, form: NightForm, vetoed: frozenset[int]) -> Choices:
    if len(seat.guests) < FEWEST or not form.is_valid():
        return Choices([], 0)
    offset = (form.page() - 1) * RESULT
    return choose(tastes_of(seat.guests), form.wish(), vetoed=vetoed, misery=form.misery, top=RESULT, offset=offset)


def _vetoes(seat: Seat) -> list[tuple[int, int]]:
    """Who took which film off the table, the latest first."""
    return list(NightVeto.objects.filter(guest__in=seat.guests).values_list("guest_id", "movie_id"))


def _card(movie: Movie, choice: Choice, seat: Seat) -> Card:
    fits = zip(seat.guests, choice.fits, strict=False)  # before the first training there are no bars
    return Card(movie, [_fit(guest, fit) for guest, fit in fits])


def _fit(guest: NightGuest, fit: float) -> Fit:
    words = (_("hardly"), _("a little"), _("fairly"), _("well"), _("very well"))
    number = _("better than %(n)d of 10 films") % {"n": tenths_of(fit)}
    return Fit(guest.name, step_of(fit), words[step_of(fit) - 1], number)


def _link(request: HttpRequest, name: str, token: str) -> str:
    """The whole address to pass on; empty without a token."""
    return request.build_absolute_uri(reverse(name, args=[token])) if token else ""
