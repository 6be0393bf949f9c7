"""Writes that race or touch several rows; pages, admin and commands share them."""

from collections.abc import Iterable

from django.db import transaction

from catalog.models import Like, Mark, Movie, User
from catalog.signals import movies_changed


def hold_account(user_id: int, *, to_delete: bool = False) -> bool:
    """Keep an account from being deleted or changed by others until the transaction ends; say whether it exists."""
    accounts = User.objects.select_for_update(no_key=not to_delete).filter(pk=user_id)
    return bool(accounts.values_list("pk", flat=True).first())


def hold(movie_ids: Iterable[int], *, to_delete: bool = False) -> set[int]:
    """Keep films from being deleted, merged or written by others until the transaction ends; say which of them exist.

    Everybody takes locks in one order, so that nobody waits for somebody who waits for them: the account, its import
    or its evening, films by their ids, model versions by their ids. On SQLite a transaction is alone anyway.
    """
    films = Movie.objects.select_for_update(no_key=not to_delete).filter(pk__in=list(movie_ids)).order_by("pk")
    return set(films.values_list("pk", flat=True))


def set_like(*, user: User, movie: Movie, liked: bool) -> bool:
    """Make the like exist or not; say whether anything changed. A repeated call (a double click) is harmless."""
    if liked:
        return Like.objects.get_or_create(user=user, movie=movie)[1]
    return Like.objects.filter(user=user, movie=movie).delete()[0] > 0


def delete_account(user: User) -> None:
    """Remove an account with everything that is its own, also what is written at this very moment."""
    with transaction.atomic():
        if hold_account(user.pk, to_delete=True):
            shelves = (
                Like.objects.filter(user=user).values("movie").union(Mark.objects.filter(user=user).values("movie"))
            )
            hold(list(shelves.values_list("movie", flat=True)))  # whoever deletes one of them deletes the same rows
            user.delete()


def announce_changes(movie_ids: Iterable[int]) -> None:
    """Tell the listeners about changed films once the transaction is in the database."""
    ids = sorted(set(movie_ids))
    if ids:
        transaction.on_commit(lambda: movies_changed.send(sender=Movie, movie_ids=ids))
