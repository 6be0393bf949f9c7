"""Writes that race or touch several rows; pages, admin and commands share them."""

from collections.abc import Iterable

from django.db import transaction

from catalog.models import Like, Movie, User
from catalog.signals import movies_changed


def set_like(*, user: User, movie: Movie, liked: bool) -> bool:
    """Make the like exist or not; say whether anything changed. A repeated call (a double click) is harmless."""
    if liked:
        return Like.objects.get_or_create(user=user, movie=movie)[1]
    return Like.objects.filter(user=user, movie=movie).delete()[0] > 0


def announce_changes(movie_ids: Iterable[int]) -> None:
    """Tell the listeners about changed films once the transaction is in the database."""
    ids = sorted(set(movie_ids))
    if ids:
        transaction.on_commit(lambda: movies_changed.send(sender=Movie, movie_ids=ids))
