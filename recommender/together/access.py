"""Who somebody is on a night: a guest by account, or by the session in which they agreed to take part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from recommender.models import Night, NightGuest

_SESSION_KEY = "night_guests"
_MOST_KEPT = 50  # seats that a session remembers


@dataclass(frozen=True)
class Seat:
    """A guest on a night, with everybody who sits there, the host first."""

    me: NightGuest
    night: Night
    guests: list[NightGuest]


def remember(request: HttpRequest, guest: NightGuest) -> None:
    """Let the session tell who this is; whoever has an account is known by it."""
    if guest.user_id is None:
        request.session[_SESSION_KEY] = [*request.session.get(_SESSION_KEY, []), guest.pk][-_MOST_KEPT:]


def seats_of(request: HttpRequest) -> QuerySet[NightGuest]:
    """The seats of whoever sends the request, on all nights."""
    mine = Q(pk__in=request.session.get(_SESSION_KEY, []), user=None)
    if request.user.is_authenticated:
        mine |= Q(user=request.user)
    return NightGuest.objects.filter(mine)


def seat_of(request: HttpRequest, token: str) -> Seat | None:
    """The seat of whoever sends the request on a night that is not over: one query."""
    found = NightGuest.objects.filter(night__token=token, night__in=Night.objects.alive())
    guests = list(found.select_related("night"))
    me = next((guest for guest in guests if _is_of(request, guest)), None)
    return Seat(me, me.night, guests) if me else None


def _is_of(request: HttpRequest, guest: NightGuest) -> bool:
    if guest.user_id is None:
        return guest.pk in request.session.get(_SESSION_KEY, [])
    return request.user.is_authenticated and guest.user_id == request.user.pk


def opened_today(request: HttpRequest) -> int:
    """How many nights this visitor opened within a day."""
    since = timezone.now() - timedelta(days=1)
    return seats_of(request).filter(is_host=True, night__created_at__gt=since).count()
