"""Rows that point at a film and move when it is merged: likes, marks, people, and whatever other rooms keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Credit, FilmText, ImportRow, Like, Mark, Movie, SearchEntry

_AT_ONCE = 500
# Search entries are written anew, texts are handled value by value, and what an import did to a film that is gone must
# not be undone on another one.
_NOT_MOVED: tuple[type[Model], ...] = (SearchEntry, FilmText, ImportRow)

Join = Callable[[Any, Any], None]
# What becomes of two rows of which only one may remain: (the row that stays, the row that goes).
joins: dict[type[Model], Join] = {}


@dataclass(frozen=True)
class Moving:
    """Rows of one kind: how many move, and how many are joined with one that the staying film has already."""

    label: str
    moves: int
    joins: int

    @property
    def words(self) -> str:
        """The two numbers in words."""
        parts = []
        if self.moves:
            parts.append(ngettext("%(count)d moves", "%(count)d move", self.moves) % {"count": self.moves})
        if self.joins:
            parts.append(ngettext("%(count)d is joined", "%(count)d are joined", self.joins) % {"count": self.joins})
        return ", ".join(parts) or _("nothing")


@dataclass
class _Sorted:
    """Rows of one table, sorted out: ids that may move, and pairs of ids (stays, goes) of which one may remain."""

    moves: list[Any] = field(default_factory=list)
    pairs: list[tuple[Any, Any]] = field(default_factory=list)


def movings(stays: Movie, goes: Sequence[Movie]) -> list[Moving]:
    """What would move, table by table."""
    found = []
    for column in _columns():
        rows = _sorted_out(column, stays, goes)
        found.append(Moving(_label(column), len(rows.moves), len(rows.pairs)))
    return found


def move(stays: Movie, goes: Sequence[Movie]) -> None:
    """Let every row that can point at the film that stays; the others are joined with the row it has."""
    for column in _columns():
        rows = _sorted_out(column, stays, goes)
        if column.model is Credit:
            _append_credits(stays, rows.moves)
        for start in range(0, len(rows.moves), _AT_ONCE):
            ids = rows.moves[start : start + _AT_ONCE]
            column.model._base_manager.filter(pk__in=ids).update(**{column.name: stays})
        join = joins.get(column.model)
        for kept, gone in rows.pairs if join else ():
            known = column.model._base_manager.in_bulk([kept, gone])
            join(known[kept], known[gone])  # type: ignore[misc]  # there is one
        column.model._base_manager.filter(pk__in=[gone for _kept, gone in rows.pairs]).delete()


def settle_marks(movie: Movie) -> None:
    """Whoever likes or wants one of the films and did not want to see the other: the friendlier answer counts."""
    hidden = Mark.objects.filter(movie=movie, kind=Mark.Kind.HIDDEN)
    wanted = Mark.objects.filter(movie=movie, kind=Mark.Kind.WATCHLIST)
    hidden.filter(user__in=Like.objects.filter(movie=movie).values("user")).delete()
    hidden.filter(user__in=wanted.values("user")).delete()


def _columns() -> Iterator[Field[Any, Any]]:
    """Every column of every table that points at a film, those of hidden link tables too."""
    for relation in Movie._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        column: Any = relation.field  # type: ignore[union-attr]
        if column.model not in _NOT_MOVED and not column.primary_key:
            yield column


def _label(column: Field[Any, Any]) -> str:
    links = {Movie.genres.through: _("genres"), Movie.countries.through: _("countries")}
    return str(links.get(column.model, column.model._meta.verbose_name_plural))


def _sorted_out(column: Field[Any, Any], stays: Movie, goes: Sequence[Movie]) -> _Sorted:
    """Which rows may move, by the unique keys that the film is part of."""
    rows, found = column.model._base_manager, _Sorted()
    keys = _unique_keys(column)
    known: list[dict[tuple[Any, ...], Any]] = [
        {tuple(row[1:]): row[0] for row in rows.filter(**{column.name: stays}).values_list("pk", *key)} for key in keys
    ]
    names = sorted({name for key in keys for name in key})
    order = [film.pk for film in goes]
    going = rows.filter(**{f"{column.name}__in": order}).order_by("pk").values("pk", *names)
    for row in going:
        own = [tuple(row[name] for name in key) for key in keys]
        sharing = (there[key] for key, there in zip(own, known, strict=True) if None not in key and key in there)
        twin = next(sharing, None)
        if twin is not None:
            found.pairs.append((twin, row["pk"]))
            continue
        found.moves.append(row["pk"])
        for key, there in zip(own, known, strict=True):
            there[key] = row["pk"]
    return found


def _unique_keys(column: Field[Any, Any]) -> list[tuple[str, ...]]:
    """For each unique key with this column, the names of its other columns."""
    meta = column.model._meta
    keys = [tuple(key) for key in meta.unique_together]
    keys += [tuple(constraint.fields) for constraint in meta.total_unique_constraints]
    if column.unique:
        keys.append((column.name,))
    return [tuple(name for name in key if name != column.name) for key in keys if column.name in key]


def _append_credits(stays: Movie, ids: Sequence[int]) -> None:
    """People who join a film stand behind those it has, in the order they had."""
    last: dict[str, int] = {}
    for role, position in Credit.objects.filter(movie=stays).values_list("role", "position"):
        last[role] = max(last.get(role, -1), position)
    joining = list(Credit.objects.filter(pk__in=ids).order_by("movie_id", "role", "position", "pk"))
    for credit in joining:
        credit.position = last[credit.role] = last.get(credit.role, -1) + 1
    Credit.objects.bulk_update(joining, ["position"])


def _older(kept: Any, gone: Any) -> None:
    """Of two likes or marks of one person the older time counts."""
    if gone.created_at < kept.created_at:
        type(kept)._base_manager.filter(pk=kept.pk).update(created_at=gone.created_at)


joins[Like] = joins[Mark] = _older
