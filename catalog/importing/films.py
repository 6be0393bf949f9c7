"""Brings a file of films into the catalogue, in chunks that are each written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.db import IntegrityError, reset_queries, transaction
from django.utils.translation import gettext as _

from catalog.importing.encoding import Unreadable
from catalog.importing.matching import Ambiguous, FilmIndex, Known
from catalog.importing.reading import open_table
from catalog.importing.report import FilmReport, Outcome
from catalog.importing.rows import ID_NAMES, IDS, FilmRow, film_rows
from catalog.importing.values import fingerprint, values_of_row
from catalog.importing.writing import Change, changes_of, create_films, update_films
from catalog.models import ImportRow
from catalog.services import announce_changes

CHUNK = 500
MOST_PREVIEWED = 1_000_000  # rows; a preview remembers each new film, half a gigabyte of them

Progress = Callable[[int, int], None]
Keep = Callable[[Sequence[Outcome]], None]
Item = FilmRow | tuple[int, str]  # a film, or a line with the reason why it is none
Kind = ImportRow.Kind
T = TypeVar("T")


def import_films(
    path: Path,
    *,
    kind: str = "",
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
    keep: Keep = lambda outcomes: None,
    taken: Mapping[int, int] | None = None,
    after_line: int = 0,
) -> FilmReport:
    """Create and update films from a file. Empty cells never erase; the same file a second time changes nothing.

    `progress` is called with (rows done, rows in all) after each chunk; what it raises stops the import between chunks.
    `keep` gets what became of each row, within the transaction that writes it. An import that was interrupted goes on
    behind the rows up to `after_line`, which took the films `taken`, by the line of each.
    """
    table = open_table(path, kind=kind)
    if dry_run and table.total > MOST_PREVIEWED:
        words = _("A preview reads %(most)d rows at most. Split the file, or import it with the command.")
        raise Unreadable(words % {"most": MOST_PREVIEWED})
    run = _Run(FilmReport(kind=table.kind.name), keep, dry_run=dry_run, exact=table.kind.exact, taken=taken or {})
    done = 0
    for chunk in in_chunks(film_rows(table), CHUNK):
        run.take([item for item in chunk if _line_of(item) > after_line])
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


def _line_of(item: Item) -> int:
    return item.line if isinstance(item, FilmRow) else item[0]


class _Run:
    """One import: its report, and which row each of its films came from."""

    def __init__(self, report: FilmReport, keep: Keep, *, dry_run: bool, exact: bool, taken: Mapping[int, int]) -> None:
        self.report = report
        self._keep = keep
        self._dry_run = dry_run
        self._exact = exact
        self._lines = dict(taken)  # film id -> line
        self._index = FilmIndex()

    def take(self, items: Sequence[Item]) -> None:
        """Take one chunk. If the database refuses it, its rows are tried one by one, so that the others get in."""
        if self._dry_run:
            # What the rows before would have created is in no database, so the index has to remember it.
            plan = _Plan(items, self._index, self._lines, exact=self._exact)
            outcomes = plan.outcomes(changes_of(plan.matched))
            self._keep(outcomes)
            self._count(plan, outcomes)
            return
        try:
            self._write(items)
        except IntegrityError as problem:
            if len(items) == 1:
                words = _("the database refused it: %(reason)s") % {"reason": problem}
                self._keep([Outcome(_line_of(items[0]), Kind.REJECTED, words=words)])
                self.report.rejected.add(_line_of(items[0]), words)
                return
            for item in items:
                self.take([item])

    def _write(self, items: Sequence[Item]) -> None:
        with transaction.atomic():
            plan = _Plan(items, FilmIndex(), self._lines, exact=self._exact)
            created = create_films(plan.new)
            changes = changes_of(plan.matched)
            update_films(changes)
            announce_changes([*created, *(change.movie.pk for change in changes)])
            outcomes = plan.outcomes(changes, created)
            self._keep(outcomes)
        self._lines.update(zip(created, (row.line for row in plan.new), strict=True))
        self._lines.update((known.pk, row.line) for known, row in plan.matched if known.pk is not None)
        self._count(plan, outcomes)

    def _count(self, plan: _Plan, outcomes: Sequence[Outcome]) -> None:
        counts = {kind: sum(outcome.kind == kind for outcome in outcomes) for kind in Kind}
        self.report.created += counts[Kind.NEW]
        self.report.updated += counts[Kind.CHANGED]
        self.report.unchanged += counts[Kind.UNCHANGED]
        for line, reason in plan.rejected:
            self.report.rejected.add(line, reason)
        for row in (*plan.new, *(row for _known, row in plan.matched)):
            for note in row.notes:
                self.report.notes.add(row.line, note)


class _Plan:
    """Sorts the rows of a chunk into new films, known films and rows that cannot be taken."""

    def __init__(self, items: Sequence[Item], index: FilmIndex, lines: Mapping[int, int], *, exact: bool) -> None:
        self.new: list[FilmRow] = []
        self.matched: list[tuple[Known, FilmRow]] = []
        self.rejected = [item for item in items if not isinstance(item, FilmRow)]
        self._index = index
        self._lines = lines
        self._exact = exact
        rows = [item for item in items if isinstance(item, FilmRow)]
        ids = {kind: {value for row in rows if (value := getattr(row, kind))} for kind in IDS}
        index.load(ids, {row.title for row in rows})
        for row in rows:
            try:
                self._place(row)
            except Ambiguous as problem:
                self.rejected.append((row.line, str(problem)))

    def outcomes(self, changes: Sequence[Change], created: Sequence[int] = ()) -> list[Outcome]:
        """What becomes of each row, in the order of the file. A film that is created shows its values in a preview
        only; afterwards a fingerprint tells whether somebody changed it.
        """
        found = [Outcome(line, Kind.REJECTED, words=reason) for line, reason in self.rejected]
        for number, row in enumerate(self.new):
            values, notes = values_of_row(row), " · ".join(row.notes)
            if created:
                found.append(
                    Outcome(row.line, Kind.NEW, str(row), created[number], {}, fingerprint(values), words=notes)
                )
            else:
                diff = {name: [None, value] for name, value in values.items()}
                found.append(Outcome(row.line, Kind.NEW, str(row), diff=diff, words=notes))
        diffs = {change.movie.pk: change.diff for change in changes}
        for known, row in self.matched:
            diff = diffs.get(known.pk or 0, {})
            kind = Kind.CHANGED if diff else Kind.UNCHANGED
            found.append(Outcome(row.line, kind, known.name, known.pk, diff, words=" · ".join(row.notes)))
        return sorted(found, key=lambda outcome: outcome.line)

    def _place(self, row: FilmRow) -> None:
        if self._exact:
            known = self._index.find_same(row.title, row.year, row.ids(), self._lines)
        else:
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
