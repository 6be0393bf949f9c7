"""Brings a file of films into the catalogue, in chunks that are each written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.db import IntegrityError, reset_queries, transaction
from django.utils.translation import gettext as _

from catalog.importing.matching import Ambiguous, FilmIndex, Known
from catalog.importing.reading import open_table
from catalog.importing.report import FilmReport
from catalog.importing.rows import ID_NAMES, IDS, FilmRow, film_rows
from catalog.importing.writing import Change, changes_of, create_films, update_films
from catalog.services import announce_changes

CHUNK = 500

Progress = Callable[[int, int], None]
T = TypeVar("T")


def import_films(
    path: Path, *, kind: str = "", dry_run: bool = False, progress: Progress = lambda done, total: None
) -> FilmReport:
    """Create and update films from a file. Empty cells never erase; the same file a second time changes nothing.

    `progress` is called with (rows done, rows in all) after each chunk; what it raises stops the import between chunks.
    """
    table = open_table(path, kind=kind)
    run = _Run(FilmReport(kind=table.kind.name), dry_run=dry_run)
    done = 0
    for chunk in in_chunks(film_rows(table), CHUNK):
        for row in chunk:
            if not isinstance(row, FilmRow):
                run.report.rejected.add(*row)
        run.take([row for row in chunk if isinstance(row, FilmRow)])
        done += len(chunk)
        reset_queries()  # in debug mode Django would keep the text of every statement
        progress(done, table.total)
    run.report.rejected.first.sort()
    return run.report


def in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` items."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


class _Run:
    """One import: its report, and which row each of its films came from."""

    def __init__(self, report: FilmReport, *, dry_run: bool) -> None:
        self.report = report
        self._dry_run = dry_run
        self._lines: dict[int, int] = {}  # film id -> line
        self._index = FilmIndex()

    def take(self, rows: Sequence[FilmRow]) -> None:
        """Take one chunk. If the database refuses it, its rows are tried one by one, so that the others get in."""
        if self._dry_run:
            # What the rows before would have created is in no database, so the index has to remember it.
            plan = _Plan(rows, self._index, self._lines)
            self._count(plan, changes_of(plan.matched))
            return
        try:
            self._write(rows)
        except IntegrityError as problem:
            if len(rows) == 1:
                self.report.rejected.add(rows[0].line, _("the database refused it: %(reason)s") % {"reason": problem})
                return
            for row in rows:
                self.take([row])

    def _write(self, rows: Sequence[FilmRow]) -> None:
        with transaction.atomic():
            plan = _Plan(rows, FilmIndex(), self._lines)
            created = create_films(plan.new)
            changes = changes_of(plan.matched)
            update_films(changes)
            announce_changes([*created, *(change.movie.pk for change in changes)])
        self._lines.update(zip(created, (row.line for row in plan.new), strict=True))
        self._lines.update((known.pk, row.line) for known, row in plan.matched if known.pk is not None)
        self._count(plan, changes)

    def _count(self, plan: _Plan, changes: Sequence[Change]) -> None:
        self.report.created += len(plan.new)
        self.report.updated += len(changes)
        self.report.unchanged += len(plan.matched) - len(changes)
        for line, reason in plan.rejected:
            self.report.rejected.add(line, reason)
        for row in (*plan.new, *(row for _known, row in plan.matched)):
            for note in row.notes:
                self.report.notes.add(row.line, note)


class _Plan:
    """Sorts the rows of a chunk into new films, known films and rows that cannot be taken."""

    def __init__(self, rows: Sequence[FilmRow], index: FilmIndex, lines: Mapping[int, int]) -> None:
        self.new: list[FilmRow] = []
        self.matched: list[tuple[Known, FilmRow]] = []
        self.rejected: list[tuple[int, str]] = []
        self._index = index
        self._lines = lines
        ids = {kind: {value for row in rows if (value := getattr(row, kind))} for kind in IDS}
        index.load(ids, {row.title for row in rows})
        for row in rows:
            try:
                self._place(row)
            except Ambiguous as problem:
                self.rejected.append((row.line, str(problem)))

    def _place(self, row: FilmRow) -> None:
        known = self._index.find(row.title, row.year, row.ids())
        earlier = 0 if known is None else known.line or self._lines.get(known.pk or 0, 0)
        if earlier:
            # Taking the later row as an update would let the two undo each other at every import.
            self.rejected.append((row.line, _("it repeats the film of line %(line)d") % {"line": earlier}))
            return
        self._leave_out_foreign_ids(row, known)
        if known is None:
            known = Known(row.title, row.year, row.ids())
            self._index.add(known)
            self.new.append(row)
        else:
            self._index.give_ids(known, row.ids())
            self.matched.append((known, row))
        known.line = row.line

    def _leave_out_foreign_ids(self, row: FilmRow, known: Known | None) -> None:
        for kind, value in row.ids().items():
            owner = self._index.owner(kind, value)
            if owner is not None and owner is not known:
                setattr(row, kind, "" if kind == "imdb_id" else None)
                row.notes.append(
                    _("%(kind)s id %(id)s belongs to %(film)s already and was left out")
                    % {"kind": ID_NAMES[kind], "id": value, "film": owner}
                )
