"""Whose tastes take part in a night: each guest's films, read from the account or from the copy they agreed to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import CharField, Value

from catalog.models import Like, Mark
from catalog.shelf import HIDDEN, KINDS, LIKED, SEEN
from recommender.models import NightGuest
from recommender.wishes import LONGEST_SHELF


@dataclass(frozen=True)
class Taste:
    """What of a guest's films takes part. It stays in the ranking: no page shows it."""

    guest: NightGuest
    liked: tuple[int, ...] = ()  # newest first
    left_out: frozenset[int] = frozenset()  # never shown on this night


def tastes_of(guests: Sequence[NightGuest]) -> list[Taste]:
    """Guests with their films: one query, however many they are."""
    shelves = _shelves([guest.user_id for guest in guests if guest.user_id is not None])
    return [_taste(guest, shelves[guest.user_id] if guest.user_id else guest.shelf) for guest in guests]


def _taste(guest: NightGuest, shelf: dict[str, list[int]]) -> Taste:
    liked = shelf.get(LIKED, [])
    left_out = {*shelf.get(HIDDEN, [])}
    if guest.leaves_out_seen:
        left_out |= {*liked, *shelf.get(SEEN, [])}
    return Taste(guest, tuple(liked[:LONGEST_SHELF]), frozenset(left_out))


def _shelves(users: Sequence[int]) -> dict[int | None, dict[str, list[int]]]:
    """Film ids of each kind of several accounts, newest first."""
    shelves: dict[int | None, dict[str, list[int]]] = defaultdict(lambda: {kind: [] for kind in KINDS})
    if not users:
        return shelves
    kind = Value(LIKED, output_field=CharField(max_length=10))
    likes = Like.objects.filter(user__in=users).values_list("user_id", "movie_id", kind, "created_at", "pk")
    marks = Mark.objects.filter(user__in=users, kind__in=[HIDDEN, SEEN])
    rows = likes.union(marks.values_list("user_id", "movie_id", "kind", "created_at", "pk"), all=True)
    for user, movie, found, _time, _pk in sorted(rows, key=lambda row: (row[3], row[4]), reverse=True):
        shelves[user][found].append(movie)
    return shelves
