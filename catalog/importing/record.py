"""Checks, applies and keeps imports of films: a preview first, then the same rows as they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.bulk import write_rows
from catalog.importing.encoding import Unreadable
from catalog.importing.films import CHUNK, Progress, import_films
from catalog.importing.report import FilmReport, Outcome
from catalog.importing.sole import checksum, sole_reader
from catalog.models import CatalogueImport, ImportRow
from catalog.private_files import on_disk
from catalog.services import announce_changes

State = CatalogueImport.State
_KEPT = ("movie_id", "line", "diff", "fingerprint", "words")  # of an outcome, under the same name
PREVIEWS_KEPT = timedelta(days=7)  # somebody who has not decided by then will not


def check(found: CatalogueImport, progress: Progress) -> None:
    """Fill the preview of an uploaded file: what each row would do. What an interrupted check left is replaced."""
    found.rows.all().delete()
    try:
        with _file_of(found) as path:
            report = import_films(
                path,
                kind=found.format_asked,
                dry_run=True,
                progress=progress,
                keep=_keeper(found, written=False),
            )
    except Unreadable as problem:
        settle(found, State.FAILED, problem=str(problem))
        drop_file(found)
        return
    found.read_as = report.kind
    settle(found, State.READY)


def apply(found: CatalogueImport, progress: Progress) -> FilmReport:
    """Write an uploaded file. One that was interrupted goes on behind its last chunk, and ends the same."""
    try:
        with _file_of(found) as path:
            report = _write(found, path, found.format_asked, progress)
    except Unreadable as problem:  # the file is damaged or gone since it was checked
        settle(found, State.STOPPED, problem=str(problem))
        raise
    drop_file(found)
    return report


def import_and_record(path: Path, *, kind: str, progress: Progress) -> tuple[FilmReport, CatalogueImport | None]:
    """Write a file from the command line, so that it can be undone. Nothing is kept of one that changed nothing.

    One that was killed goes on behind its last chunk when the same file comes again.
    """
    about = {"file_name": path.name[:200], "format_asked": kind, "state": State.APPLYING, "checksum": checksum(path)}
    with sole_reader(path) as alone:
        found = _killed(about) if alone else None
        return _recorded(found or CatalogueImport.objects.create(**about), path, kind, progress)


def _killed(about: dict[str, str]) -> CatalogueImport | None:
    """The import of this very file that nobody finished."""
    return CatalogueImport.objects.filter(**about, job_id=None, file="").first() if about["checksum"] else None


def _recorded(
    found: CatalogueImport, path: Path, kind: str, progress: Progress
) -> tuple[FilmReport, CatalogueImport | None]:
    try:
        report = _write(found, path, kind, progress)
    except Unreadable:
        found.delete()
        raise
    except KeyboardInterrupt:
        settle(found, State.STOPPED)
        raise
    if not found.n_new + found.n_changed:
        found.delete()
        return report, None
    return report, found


def may_undo(found: CatalogueImport) -> bool:
    """Whether there is something to take back. One from the command line that was killed still says "being applied"."""
    killed = found.state in (State.APPLYING, State.UNDOING) and found.job_id is None and not found.file
    return found.is_undoable or (killed and found.rows.filter(is_written=True).exists())


def settle(found: CatalogueImport, state: CatalogueImport.State, *, problem: str = "") -> None:
    """Note how far an import is, with the counts of its rows."""
    counts = dict(found.rows.order_by().values_list("kind").annotate(n=Count("pk")))
    for kind in ImportRow.Kind:
        setattr(found, f"n_{kind}", counts.get(kind, 0))
    found.total = sum(counts.values())
    found.n_kept = found.rows.filter(fate=ImportRow.Fate.KEPT).count()
    found.state, found.problem = state, problem
    found.save()


def drop_file(found: CatalogueImport) -> None:
    """The uploaded file has done its work."""
    name, storage = found.file.name, found.file.storage
    if name:
        with transaction.atomic():
            found.file = None
            found.save(update_fields=["file"])
            storage.delete(name)


def discard(found: CatalogueImport) -> None:
    """Forget a preview with its file."""
    drop_file(found)
    found.delete()


def prune_previews() -> int:
    """Forget previews that nobody decided about; returns how many."""
    old = CatalogueImport.objects.filter(
        state__in=CatalogueImport.PREVIEWS, created_at__lt=timezone.now() - PREVIEWS_KEPT
    )
    for found in old:
        discard(found)
    return len(old)


@contextmanager
def _file_of(found: CatalogueImport) -> Iterator[Path]:
    """The uploaded file, wherever it was uploaded. Raises Unreadable."""
    try:
        with on_disk(found.file.name or "") as path:
            yield path
    except FileNotFoundError as problem:
        raise Unreadable(_("The uploaded file is gone. Upload it again.")) from problem


def _write(found: CatalogueImport, path: Path, kind: str, progress: Progress) -> FilmReport:
    written = found.rows.filter(is_written=True)
    after = written.aggregate(line=Max("line"))["line"] or 0
    if not after:
        found.rows.all().delete()  # the preview; what is written now may differ from it
    # The run before may have been killed between the end of its last chunk and the news of it.
    last = written.filter(kind__in=(ImportRow.Kind.NEW, ImportRow.Kind.CHANGED)).exclude(movie=None).order_by("-line")
    announce_changes(list(last.values_list("movie_id", flat=True)[:CHUNK]))
    taken = dict(written.exclude(movie=None).values_list("movie_id", "line"))
    report = import_films(
        path,
        kind=kind,
        progress=progress,
        keep=_keeper(found, written=True),
        taken=taken,
        after_line=after,
    )
    found.read_as, found.applied_at = report.kind, timezone.now()
    settle(found, State.DONE)
    return report


def _keeper(found: CatalogueImport, *, written: bool) -> Callable[[Sequence[Outcome]], None]:
    def keep(outcomes: Sequence[Outcome]) -> None:
        write_rows(
            ImportRow,
            ("catalogue_import", "is_written", "fate", "fate_words", "kind", "film", *_KEPT),
            [
                (found.pk, written, "", "", str(row.kind), row.film[:310], *(getattr(row, name) for name in _KEPT))
                for row in outcomes
            ],
        )

    return keep
