"""Two films that are one: what would move, what would be joined, what clashes; and the merge itself.

Every table that points at a film is found by looking at the models, so that one added later moves along, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.merging_fields import Clash, Filled, compare, given_up, write
from catalog.merging_rows import Moving, move, movings, settle_marks
from catalog.models import MergedFilm, Movie, User
from catalog.services import announce_changes
from catalog.signals import films_merged

MOST = 10  # films at once; whoever picks more has likely slipped
_REMEMBERED = 2000  # merges that matter to sessions, which last two weeks
_FRESH = 60  # seconds


class MergeError(Exception):
    """A merge that cannot be; the message names the cure."""


@dataclass(frozen=True)
class Plan:
    """What a merge would do: which rows move, which values fill gaps, and where somebody has to choose."""

    stays: Movie
    goes: list[Movie]
    rows: list[Moving]
    filled: list[Filled]
    clashes: list[Clash]


def plan(stays: Movie, goes: Sequence[Movie]) -> Plan:
    """Look, and change nothing."""
    filled, clashes = compare(stays, goes)
    return Plan(stays, list(goes), [row for row in movings(stays, goes) if row.moves or row.joins], filled, clashes)


def merge(*, stays: int, goes: Sequence[int], choices: Mapping[str, int], by: User) -> Plan:
    """Make one film of several, in one transaction: nothing points at the films that went, and nothing of them is lost.

    `choices` says for a clash, by its name, which film's value counts; where it is silent, the staying film's does.
    """
    try:
        return _merge(stays, goes, choices, by)
    except IntegrityError as problem:  # a rule of some table that only the database knows; nothing has happened
        raise MergeError(_("These films cannot be joined: %(problem)s") % {"problem": problem}) from problem


def _merge(stays: int, goes: Sequence[int], choices: Mapping[str, int], by: User) -> Plan:
    with transaction.atomic():
        # Locked in one order, so that two curators who merge the same films wait for each other.
        films = {
            film.pk: film for film in Movie.objects.select_for_update().filter(pk__in=[stays, *goes]).order_by("pk")
        }
        if len(films) < 2 or len(films) != len({stays, *goes}):
            raise MergeError(_("One of these films is gone, or it was named twice. Choose the films anew."))
        made = plan(films[stays], [films[pk] for pk in goes])
        _check(choices, made)
        _carry_out(made, choices, by)
        announce_changes([stays, *goes])
        transaction.on_commit(lambda: cache.delete("merged"))
    return made


def _check(choices: Mapping[str, int], made: Plan) -> None:
    """Only what was offered can be chosen."""
    offered = {clash.name: {offer.film_id for offer in clash.offers} for clash in made.clashes}
    for name, film_id in choices.items():
        if film_id not in offered.get(name, ()):
            raise MergeError(_("The films have changed meanwhile. Look at the page once more and choose again."))


def _carry_out(made: Plan, choices: Mapping[str, int], by: User) -> None:
    stays, gone_ids = made.stays, [film.pk for film in made.goes]
    lost = given_up(made.clashes, choices, stays.pk)
    move(stays, made.goes)
    settle_marks(stays)
    films_merged.send(sender=Movie, stays=stays.pk, goes=gone_ids)
    values = write(stays, made.goes, choices)
    Movie.objects.filter(pk__in=gone_ids).delete()
    for name, value in values.items():
        setattr(stays, name, value)
    stays.created_at = min(film.created_at for film in (stays, *made.goes))
    try:
        stays.validate_constraints()
    except ValidationError as problem:
        raise MergeError(" ".join(problem.messages)) from problem
    stays.save()
    MergedFilm.objects.bulk_create([MergedFilm(former_id=pk, movie=stays) for pk in gone_ids])
    _write_history(made, gone_ids, lost, by)


def _write_history(made: Plan, gone_ids: Sequence[int], lost: Sequence[str], by: User) -> None:
    """The histories of the films that went are part of the one that stays, with a line about the merge itself."""
    kind = ContentType.objects.get_for_model(Movie)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in gone_ids]).update(
        object_id=str(made.stays.pk)
    )
    names = ", ".join(f"“{film}” (#{pk})" for film, pk in zip(made.goes, gone_ids, strict=True))
    words = [_("Merged %(films)s into this film.") % {"films": names}]
    words += [f"{row.label}: {row.words}." for row in made.rows]
    if lost:
        words.append(_("Given up: %(values)s.") % {"values": "; ".join(lost)})
    _log(by, made.stays, " ".join(words), kind)


def _log(by: User, movie: Movie, words: str, kind: ContentType) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=kind,
        object_id=str(movie.pk),
        object_repr=str(movie)[:200],
        action_flag=CHANGE,
        change_message=words,
    )


def summary(made: Plan) -> str:
    """One sentence for whoever pressed the button."""
    count = len(made.goes)
    words = ngettext("%(count)d film went into “%(film)s”.", "%(count)d films went into “%(film)s”.", count)
    return words % {"count": count, "film": made.stays}


def where_it_went(former_id: int) -> Movie | None:
    """The listed film that a merged film became, for old addresses; none for a number that never was."""
    found = MergedFilm.objects.filter(former_id=former_id, movie__is_published=True).select_related("movie").first()
    return found.movie if found else None


def present_ids(ids: Sequence[int]) -> list[int]:
    """The same films under the numbers they have now, each once."""
    led = dict(MergedFilm.objects.filter(former_id__in=ids).values_list("former_id", "movie_id"))
    return list(dict.fromkeys(led.get(pk, pk) for pk in ids))


def lately_merged() -> dict[int, int]:
    """Former numbers of films with the present ones, remembered for a minute: what sessions keep is read with it."""
    newest = MergedFilm.objects.order_by("-merged_at").values_list("former_id", "movie_id")
    return cast(dict[int, int], cache.get_or_set("merged", lambda: dict(newest[:_REMEMBERED]), _FRESH))


def films_of(ids: Sequence[Any]) -> list[Movie]:
    """The films to merge, in the order named."""
    found = Movie.objects.prefetch_related("genres", "countries", "texts").in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]
