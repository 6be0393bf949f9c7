"""What a visitor keeps: likes and marks, in the database for an account, in the session for everybody else.

Pages read and change both through one interface, so that a visitor can try everything before signing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, Value
from django.http import HttpRequest
from django.utils import timezone

from catalog.merging import lately_merged, present_ids
from catalog.models import Like, Mark, Movie, User
from catalog.services import hold, hold_account, set_like

LIKED = "liked"
SEEN, WATCHLIST, HIDDEN = Mark.Kind.SEEN.value, Mark.Kind.WATCHLIST.value, Mark.Kind.HIDDEN.value
KINDS = (LIKED, SEEN, WATCHLIST, HIDDEN)

# What a change brings with it: a seen film leaves the watchlist, a liked one is no longer "not for me", and so on.
_FOLLOWS: Mapping[str, tuple[str, ...]] = {
    LIKED: (HIDDEN,),
    SEEN: (WATCHLIST,),
    WATCHLIST: (HIDDEN,),
    HIDDEN: (LIKED, WATCHLIST),
}
_SESSION_KEY = "shelf"
_SESSION_LIMIT = 500  # films of one kind: a session is read on every request


class Gone(Exception):
    """The film or the account was deleted, or the film merged, between the look at it and the press."""


class Shelf:
    """Film ids of each kind ("liked", "seen", "watchlist", "hidden"), newest first."""

    def __getitem__(self, kind: str) -> list[int]:
        """Ids of the films of one kind, newest first."""
        return self._films()[kind]

    def holds(self, kind: str, movie_id: int) -> bool:
        """Whether a film stands on this part of the shelf."""
        return movie_id in self[kind]

    def put(self, kind: str, movie: Movie, *, on: bool) -> None:
        """Put a film on one part of the shelf or take it away; a repeated call changes nothing. Raises Gone."""
        changes = {kind: on} | (dict.fromkeys(_FOLLOWS[kind], False) if on else {})
        self._write(movie, changes)

    def _films(self) -> dict[str, list[int]]:
        raise NotImplementedError

    def _write(self, movie: Movie, changes: Mapping[str, bool]) -> None:
        raise NotImplementedError


class AccountShelf(Shelf):
    """The shelf of somebody with an account: rows, read with one query."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._known: dict[str, list[int]] | None = None

    def _films(self) -> dict[str, list[int]]:
        if self._known is None:
            self._known = {kind: [] for kind in KINDS}
            liked = Value(LIKED, output_field=CharField(max_length=10))
            likes = Like.objects.filter(user=self._user).values_list("movie_id", liked, "created_at", "pk")
            marks = Mark.objects.filter(user=self._user).values_list("movie_id", "kind", "created_at", "pk")
            rows = sorted(likes.union(marks, all=True), key=lambda row: (row[2], row[3]), reverse=True)
            for movie, kind, _time, _pk in rows:
                self._known[kind].append(movie)
        return self._known

    def _write(self, movie: Movie, changes: Mapping[str, bool]) -> None:
        with transaction.atomic():
            if not hold_account(self._user.pk) or not hold([movie.pk]):
                raise Gone
            for kind, on in changes.items():
                if kind == LIKED:
                    set_like(user=self._user, movie=movie, liked=on)
                elif on:
                    Mark.objects.get_or_create(user=self._user, movie=movie, kind=kind)
                else:
                    Mark.objects.filter(user=self._user, movie=movie, kind=kind).delete()
        self._known = None


class SessionShelf(Shelf):
    """The shelf of a visitor without an account: lists of ids in the session."""

    def __init__(self, session: SessionBase) -> None:
        self._session = session

    def _films(self) -> dict[str, list[int]]:
        kept = self._session.get(_SESSION_KEY)
        if not kept:
            return {kind: [] for kind in KINDS}
        led = lately_merged()
        return {kind: list(dict.fromkeys(led.get(pk, pk) for pk in kept.get(kind, []))) for kind in KINDS}

    def _write(self, movie: Movie, changes: Mapping[str, bool]) -> None:
        with transaction.atomic():
            shared, changed = self._hold_session(), self._session.modified
            if shared:  # another window may have pressed something since this request began
                self._session[_SESSION_KEY] = type(self._session)(self._session.session_key).get(_SESSION_KEY, {})
            self._change(movie, changes)
            if shared:
                self._session.save()
                self._session.modified = changed  # saving it once more, later, would undo what others save until then

    def _hold_session(self) -> bool:
        """Keep other requests with this session waiting until the transaction ends; False for one not kept in rows."""
        rows = Session.objects.select_for_update().filter(session_key=self._session.session_key)
        return rows.values_list("session_key").first() is not None

    def _change(self, movie: Movie, changes: Mapping[str, bool]) -> None:
        films = self._films()
        for kind, on in changes.items():
            if on and movie.pk not in films[kind]:
                films[kind] = [movie.pk, *films[kind]][:_SESSION_LIMIT]
            elif not on:
                films[kind] = [pk for pk in films[kind] if pk != movie.pk]
        self._session[_SESSION_KEY] = {kind: pks for kind, pks in films.items() if pks}


def shelf_of(request: HttpRequest) -> Shelf:
    """The shelf of whoever sends the request, read once per request."""
    shelf: Shelf | None = getattr(request, "_shelf", None)
    if shelf is None:
        shelf = AccountShelf(request.user) if request.user.is_authenticated else SessionShelf(request.session)
        request._shelf = shelf  # type: ignore[attr-defined]
    return shelf


def move_in(session: SessionBase, user: User) -> None:
    """Carry what a visitor kept in the session into their account; what the account has already stays as it is."""
    kept = session.pop(_SESSION_KEY, None)
    if not kept:
        return
    with transaction.atomic():
        if hold_account(user.pk):
            _write_rows(kept, user)


def _write_rows(kept: Mapping[str, list[int]], user: User) -> None:
    # Films that were merged meanwhile are kept under the numbers they have now.
    kept = {kind: present_ids(pks) for kind, pks in kept.items()}
    alive = hold({pk for pks in kept.values() for pk in pks})
    now = timezone.now()

    def rows(kind: str) -> list[tuple[int, datetime]]:
        """Film ids with times that keep their order: the first of the list is the newest."""
        found = [pk for pk in kept.get(kind, []) if pk in alive]
        return [(pk, now - timedelta(milliseconds=age)) for age, pk in enumerate(found)]

    Like.objects.bulk_create(
        [Like(user=user, movie_id=pk, created_at=time) for pk, time in rows(LIKED)], ignore_conflicts=True
    )
    marks = [
        Mark(user=user, movie_id=pk, kind=kind, created_at=time) for kind in Mark.Kind.values for pk, time in rows(kind)
    ]
    Mark.objects.bulk_create(marks, ignore_conflicts=True)
