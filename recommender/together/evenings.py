"""What hosts and guests do: open a night, invite, join, leave, veto, share. Every refusal names its cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Movie, User
from catalog.services import hold, hold_account
from catalog.shelf import HIDDEN, LIKED, SEEN, Shelf
from recommender.models import Night, NightGuest, NightVeto
from recommender.models.nights import LONGEST_NAME, new_token

FEWEST, MOST = 2, 6  # people
FEWEST_LIKES = 3  # of one film alone its neighbours would tell
LASTS = timedelta(days=7)
INVITES_FOR = timedelta(hours=24)
NIGHTS_A_DAY = 10  # that one visitor opens
MOST_INVITATIONS = 10  # links of one night
MOST_VETOES = 100  # of one guest
RESULT = 12  # films of a shared result


class Refused(Exception):
    """What somebody wants to do is not possible; the text says what to do instead."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody who agrees to take part: by account, or with the copy of a shelf that has none."""

    name: str
    user: User | None
    shelf: Shelf
    leaves_out_seen: bool = True

    def guest(self, night: Night, *, is_host: bool = False) -> NightGuest:
        """The row that they become; only what has no account is copied."""
        copied = {} if self.user else {kind: list(self.shelf[kind]) for kind in (LIKED, SEEN, HIDDEN)}
        return NightGuest(
            night=night,
            user=self.user,
            name=self.name,
            is_host=is_host,
            shelf=copied,
            leaves_out_seen=self.leaves_out_seen,
        )


def open_night(host: Newcomer, profiles: Sequence[User]) -> tuple[Night, NightGuest]:
    """A new night of a host and demo profiles, whose taste is there to be borrowed. Nights that are over go now."""
    _enough_likes(host)
    Night.objects.over().delete()
    with transaction.atomic():
        night = Night.objects.create(expires_at=timezone.now() + LASTS)
        guest = host.guest(night, is_host=True)
        guest.save()
        taken = {guest.name.lower()}
        for profile in profiles:
            name = _free_name(str(profile), taken)
            taken.add(name.lower())
            NightGuest.objects.create(night=night, user=profile, name=name)
    return night, guest


def join(night: Night, newcomer: Newcomer) -> NightGuest:
    """Take a seat. Two who press at once are asked one after the other."""
    _enough_likes(newcomer)
    with transaction.atomic():
        if newcomer.user is not None:
            hold_account(newcomer.user.pk)
        seats = held(night).guests
        if seats.count() >= MOST:
            raise Refused(_("All six seats of this evening are taken. Ask the host to free one."))
        if seats.filter(name__iexact=newcomer.name).exists():
            raise Refused(_("Somebody is called that already this evening. Choose another name."))
        guest = newcomer.guest(night)
        try:
            with transaction.atomic():
                guest.save()
        except IntegrityError as problem:
            raise Refused(_("You take part in this evening already.")) from problem
    return guest


def held(night: Night) -> Night:
    """The evening as it is now, until the transaction ends. Raises Night.DoesNotExist once it is over."""
    return Night.objects.select_for_update().get(pk=night.pk)


@transaction.atomic
def invite(night: Night) -> None:
    """A fresh link for friends; the one before stops working."""
    night = held(night)
    if night.invitations_made >= MOST_INVITATIONS:
        raise Refused(_("This evening has had its ten invitation links. Open another evening."))
    night.invitation = new_token()
    night.invitation_ends_at = min(timezone.now() + INVITES_FOR, night.expires_at)
    night.invitations_made += 1
    night.save(update_fields=["invitation", "invitation_ends_at", "invitations_made"])


@transaction.atomic
def withdraw(night: Night) -> None:
    """Nobody joins by the link any more."""
    night = held(night)
    night.invitation = ""
    night.invitation_ends_at = None
    night.save(update_fields=["invitation", "invitation_ends_at"])


def veto(guest: NightGuest, movie: Movie, *, on: bool) -> None:
    """Take a film off the table for everybody, or put one's own veto back."""
    if not on:
        guest.vetoes.filter(movie=movie).delete()
        return
    with transaction.atomic():
        held(guest.night)
        if not NightGuest.objects.filter(pk=guest.pk).exists() or not hold([movie.pk]):
            raise Night.DoesNotExist
        if guest.vetoes.count() >= MOST_VETOES:
            raise Refused(_("That is a hundred vetoes. Take some back, or say in words what you would like."))
        NightVeto.objects.get_or_create(guest=guest, movie=movie)


@transaction.atomic
def share(night: Night, movie_ids: Sequence[int]) -> None:
    """Keep these films as the evening's result; its link stays the same until it is taken back."""
    night = held(night)
    night.result = night.result or new_token()
    night.result_films = list(movie_ids[:RESULT])
    night.save(update_fields=["result", "result_films"])


@transaction.atomic
def unshare(night: Night) -> None:
    """The link to the result leads nowhere from now on."""
    night = held(night)
    night.result, night.result_films = "", []
    night.save(update_fields=["result", "result_films"])


def _enough_likes(newcomer: Newcomer) -> None:
    missing = FEWEST_LIKES - len(newcomer.shelf[LIKED])
    if missing > 0:
        words = ngettext(
            "Like %(n)d more film first: with fewer than three, the others could guess what you like.",
            "Like %(n)d more films first: with fewer than three, the others could guess what you like.",
            missing,
        )
        raise Refused(words % {"n": missing})


def _free_name(name: str, taken: set[str]) -> str:
    """The profile's name, or one with a number where somebody is called that already."""
    free, number = name[:LONGEST_NAME], 2
    while free.lower() in taken:
        free, number = f"{name[: LONGEST_NAME - 2]} {number}", number + 1
    return free
