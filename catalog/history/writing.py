"""Puts the films of an import on the visitor's shelves, remembers what it put there, and takes exactly that away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.history.rule import Rule
from catalog.history.shelves import Shelves
from catalog.importing.likes import add_likes
from catalog.models import HistoryImport, HistoryRow, Like, Mark
from catalog.services import hold, hold_account
from catalog.shelf import LIKED

CHUNK = 1000
State = HistoryImport.State


def apply(history: HistoryImport, report: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Write all matched films that are not written yet, chunk by chunk; a run that broke off goes on where it was."""
    rows = history.rows.matched().filter(is_applied=False)
    done, total = 0, rows.count()
    report(done, total)
    while chunk := list(rows.order_by("position")[:CHUNK]):
        if not write(history, chunk):
            return
        done += len(chunk)
        report(done, total)
    unfinished = HistoryImport.objects.filter(pk=history.pk, state=State.APPLYING)
    unfinished.update(state=State.APPLIED, applied_at=timezone.now())


def write(history: HistoryImport, rows: Sequence[HistoryRow]) -> bool:
    """Write these matched rows by the rule of their import, all of them or none; none once it is undone or gone."""
    rule = Rule.read(history.rule)
    with transaction.atomic():
        if not hold_account(history.user_id) or not _still_open(history):
            return False
        # A film that was merged or deleted since the rows were read: its row is read anew with the next chunk.
        alive = hold({row.movie_id for row in rows if row.movie_id is not None})
        rows = [row for row in rows if row.movie_id in alive]
        shelves = Shelves(history.user)
        wanted: dict[str, dict[int, tuple[HistoryRow, datetime]]] = defaultdict(dict)
        for row in rows:
            row.wrote, row.is_applied = [], True
            if row.movie_id is None:
                continue
            new, _already, _held = shelves.take(row.movie_id, rule.shelves(times_of(row), row.rating, row.rated_at))
            for kind, time in new.items():
                wanted[kind][row.movie_id] = (row, time or _unknown_day(history, row))
        for kind, films in wanted.items():
            written = _put(history.user_id, kind, {movie: time for movie, (_row, time) in films.items()})
            for movie, pk in written.items():
                films[movie][0].wrote.append([kind, pk])
        HistoryRow.objects.rewrite(rows, ["wrote", "is_applied"])
    return True


def _still_open(history: HistoryImport) -> bool:
    """Whether the import was not undone or thrown away meanwhile; the lock keeps it so until the chunk is written."""
    known = HistoryImport.objects.select_for_update().filter(pk=history.pk).values_list("state", flat=True).first()
    return known in (State.APPLYING, State.APPLIED)


def times_of(row: HistoryRow) -> dict[str, datetime | None]:
    """What the file says outright, with times in place of texts."""
    return {kind: parse_datetime(time) if time else None for kind, time in row.shelves.items()}


def _unknown_day(history: HistoryImport, row: HistoryRow) -> datetime:
    """Films without a day come in the order of the file, the first of them last added."""
    return history.created_at - timedelta(milliseconds=row.position)


def _put(user: int, kind: str, films: dict[int, datetime]) -> dict[int, int]:
    """Put films on one shelf; say the ids of the rows that are ours, and not those of a press at the same moment."""
    if kind == LIKED:
        add_likes({(user, movie): time for movie, time in films.items()})
        found = list(Like.objects.filter(user=user, movie__in=films).values_list("movie_id", "pk", "created_at"))
    else:
        Mark.objects.bulk_create(
            [Mark(user_id=user, movie_id=movie, kind=kind, created_at=time) for movie, time in films.items()],
            ignore_conflicts=True,
        )
        marks = Mark.objects.filter(user=user, kind=kind, movie__in=films)
        found = list(marks.values_list("movie_id", "pk", "created_at"))
    return {movie: pk for movie, pk, time in found if time == films[movie]}


def undo(history: HistoryImport) -> int | None:
    """Take away what this import added and nobody removed since; say how much that was, None when it is too late."""
    with transaction.atomic():
        hold_account(history.user_id)
        open_ones = HistoryImport.objects.filter(pk=history.pk, state__in=[State.APPLIED, State.APPLYING])
        if not open_ones.update(state=State.UNDONE):
            return None
        written = history.rows.filter(is_applied=True).exclude(wrote=[]).values_list("wrote", flat=True)
        likes: list[int] = []
        marks: list[int] = []
        for wrote in written.iterator():
            for kind, pk in wrote:
                (likes if kind == LIKED else marks).append(pk)
        hold(row for row in history.rows.filter(is_applied=True).values_list("movie_id", flat=True) if row)
        for chunk in _chunks(likes):
            Like.objects.filter(user=history.user_id, pk__in=chunk).delete()
        for chunk in _chunks(marks):
            Mark.objects.filter(user=history.user_id, pk__in=chunk).delete()
    return len(likes) + len(marks)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
