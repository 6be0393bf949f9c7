"""The way of an import: take a file in, look for its films, bring them in, and choose where it is not certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from catalog.history import writing
from catalog.history.entries import Collected, Entry
from catalog.history.matching import TitleIndex, doubtful_ids, find
from catalog.history.reading import read_file
from catalog.history.rule import Rule
from catalog.history.titles import key_of
from catalog.importing.rows import IDS
from catalog.models import HistoryImport, HistoryRow, User
from catalog.services import hold, hold_account

SHORT = 2000  # films; more than these are looked for and brought in by a background job
CHUNK = 1000
State, Outcome, How = HistoryImport.State, HistoryRow.Outcome, HistoryRow.How
Report = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Nobody wants to know."""


def take_in(path: Path, name: str, user: User) -> HistoryImport:
    """Read a file and keep what it says. A short one is matched at once; a long one waits in the state "matching"."""
    collected = read_file(path, name)
    entries = list(collected.entries.values())
    with transaction.atomic():
        history = _record(collected, name, user)
        rows = [_row(history, number, entry) for number, entry in enumerate(entries, 1)]
        if len(rows) < SHORT:
            _match(rows, TitleIndex(), doubtful_ids(map(_named_ids, rows)))
            history.state = State.PREVIEW
            history.save(update_fields=["state"])
        HistoryRow.objects.bulk_create(rows, batch_size=CHUNK)
    return history


def _record(collected: Collected, name: str, user: User) -> HistoryImport:
    rule = Rule(scale=collected.scale, plain=collected.plain)
    return HistoryImport.objects.create(
        user=user,
        source=collected.source,
        file_name=name[-120:],
        rule=rule.stored(),
        asks=sorted(collected.asks),
        rows_read=collected.rows_read,
        skipped=collected.skipped,
    )


def _row(history: HistoryImport, position: int, entry: Entry) -> HistoryRow:
    return HistoryRow(
        history=history,
        position=position,
        place=entry.place[-120:],
        title=entry.title,
        year=entry.year,
        imdb_id=entry.ids.get("imdb_id", ""),
        tmdb_id=entry.ids.get("tmdb_id"),
        movielens_id=entry.ids.get("movielens_id"),
        folded=key_of(entry.title),
        rating=entry.rating,
        rated_at=entry.rated_at,
        shelves={kind: time.isoformat() if time else None for kind, time in entry.shelves.items()},
        candidates=[entry.here] if entry.here else [],
    )


def match(history: HistoryImport, report: Report = _silent) -> None:
    """Look for the films of a long import, chunk by chunk; a run that broke off goes on where it was."""
    rows = history.rows.filter(outcome=Outcome.NEW)
    total = history.rows.count()
    done = total - rows.count()
    titles = TitleIndex()
    dubious = doubtful_ids(history.rows.values_list("folded", *IDS).iterator())
    report(done, total)
    while chunk := list(rows.order_by("position")[:CHUNK]):
        with transaction.atomic():
            _match(chunk, titles, dubious)
            HistoryRow.objects.rewrite(chunk, ["outcome", "how", "movie", "candidates"])
        done += len(chunk)
        report(done, total)
    HistoryImport.objects.filter(pk=history.pk, state=State.MATCHING).update(state=State.PREVIEW)


def _match(rows: Sequence[HistoryRow], titles: TitleIndex, dubious: set[tuple[str, object]]) -> None:
    """Look for the films of rows; call it in a transaction, so that what is found is still there when it is kept."""
    matches = find(rows, titles, dubious)
    alive = hold({match.movie for match in matches if match.movie is not None})
    if any(match.movie not in alive for match in matches if match.movie is not None):
        matches = find(rows, TitleIndex(), dubious)  # a film was merged or deleted since the titles were read
    for row, found in zip(rows, matches, strict=True):
        row.outcome, row.how, row.movie_id, row.candidates = found.outcome, found.how, found.movie, found.candidates


def _named_ids(row: HistoryRow) -> tuple[Any, ...]:
    return row.folded, *(getattr(row, kind) for kind in IDS)


def begin(history: HistoryImport) -> bool:
    """Let an import be brought in, once: False when that happened already, or when it is not ready."""
    return bool(HistoryImport.objects.filter(pk=history.pk, state=State.PREVIEW).update(state=State.APPLYING))


def choose(row: HistoryRow, movie: int | None) -> None:
    """The visitor's word on a doubtful row: one of its candidates, or none of them, and then it waits."""
    if movie is None:
        row.outcome = Outcome.WAITING  # its candidates stay, as those that were refused
    else:
        row.outcome, row.how, row.movie_id, row.candidates = Outcome.MATCHED, How.CHOSEN, movie, []
    row.save(update_fields=["outcome", "how", "movie", "candidates"])


def settle(history: HistoryImport, choices: Iterable[tuple[HistoryRow, int | None]]) -> int:
    """Take several choices at once; in an import that is brought in, the chosen films are written, too."""
    chosen, said = [], list(choices)
    with transaction.atomic():
        hold_account(history.user_id)
        if not HistoryImport.objects.select_for_update().filter(pk=history.pk).exists():
            return 0
        alive = hold({movie for _row, movie in said if movie is not None})
        for row, movie in said:
            if movie is not None and movie not in alive:
                continue  # it went meanwhile; the next page offers what is there
            choose(row, movie)
            if movie is not None:
                chosen.append(row)
        if history.state == State.APPLIED and chosen:
            writing.write(history, chosen)
    return len(chosen)
