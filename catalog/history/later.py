"""Films that an import waited for find their rows when a curator adds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from catalog.history import writing
from catalog.history.matching import TitleIndex, find
from catalog.history.titles import keys_of
from catalog.importing.rows import IDS
from catalog.models import FilmText, HistoryImport, HistoryRow, Movie
from catalog.models.history import HistoryRowQuerySet
from catalog.services import hold
from catalog.signals import movies_changed

_AT_ONCE = 500  # films that are compared with one query each way
Outcome, How, State = HistoryRow.Outcome, HistoryRow.How, HistoryImport.State


@receiver(movies_changed)
def match_waiting_rows(movie_ids: Sequence[int], **_rest: Any) -> None:
    """See whether somebody waits for one of these films: one short query when nobody waits at all."""
    if not _waiting().exists():
        return
    ids = list(movie_ids)
    for start in range(0, len(ids), _AT_ONCE):
        films = ids[start : start + _AT_ONCE]
        if rows := _rows_for(films):
            _settle(rows, films)


def _waiting() -> HistoryRowQuerySet:
    return HistoryRow.objects.waiting().exclude(history__state=State.UNDONE)


def _rows_for(ids: Sequence[int]) -> list[HistoryRow]:
    """Waiting rows that share an id or a title with one of these films."""
    films = list(Movie.objects.listed().filter(pk__in=ids).values_list("title", "original_title", *IDS))
    texts = FilmText.objects.filter(movie__in=ids).values_list("title", flat=True)
    titles = chain(texts, *((title, original) for title, original, *_ids in films))
    wanted = {"folded": {key for title in titles if title for key in keys_of(title)}}
    wanted |= {kind: {film[number] for film in films if film[number]} for number, kind in enumerate(IDS, 2)}
    found: dict[int, HistoryRow] = {}
    for name, values in wanted.items():
        if values:
            rows = _waiting().filter(**{f"{name}__in": values}).select_related("history__user")
            found |= {row.pk: row for row in rows}
    return sorted(found.values(), key=lambda row: (row.history_id, row.position))


def _settle(rows: Sequence[HistoryRow], films: Sequence[int]) -> None:
    """Match these rows, and write those whose import is brought in already."""
    for history, found in _matched(rows, films).items():
        writing.write(history, found)


@transaction.atomic
def _matched(rows: Sequence[HistoryRow], films: Sequence[int]) -> dict[HistoryImport, list[HistoryRow]]:
    """Match these rows, and say which belong to imports that are brought in already."""
    fresh: dict[HistoryImport, list[HistoryRow]] = defaultdict(list)
    changed = []
    hold(films)
    # The visitor may have thrown the import away meanwhile.
    there = HistoryRow.objects.select_for_update(no_key=True).filter(pk__in=[row.pk for row in rows]).order_by("pk")
    here = set(there.values_list("pk", flat=True))
    rows = [row for row in rows if row.pk in here]
    for row, match in zip(rows, find(rows, TitleIndex(films)), strict=True):
        if match.outcome == Outcome.WAITING:
            continue
        changed.append(row)
        row.outcome, row.movie_id, row.candidates = match.outcome, match.movie, match.candidates
        if match.outcome == Outcome.MATCHED:
            row.how = How.LATER
            if row.history.state in (State.APPLIED, State.APPLYING):
                fresh[row.history].append(row)
    HistoryRow.objects.rewrite(changed, ["outcome", "how", "movie", "candidates"])
    return fresh
