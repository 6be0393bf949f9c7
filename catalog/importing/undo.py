"""Takes an import of films back, and leaves alone what people have liked or changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.films import CHUNK, Progress
from catalog.importing.record import State, settle
from catalog.importing.rows import FilmRow
from catalog.importing.values import (
    LISTS,
    PLAIN,
    field_name,
    fingerprint,
    in_order,
    text_of_field,
    values_of_film,
)
from catalog.importing.writing import Change, update_films
from catalog.models import CatalogueImport, Credit, FilmText, ImportRow, Movie, Person, User
from catalog.services import announce_changes

_AT_ONCE = 900  # names in one query; older SQLite takes 999 variables
Fate = ImportRow.Fate
Kind = ImportRow.Kind


def undo(found: CatalogueImport, progress: Progress, *, by: User | None = None) -> None:
    """Take an import back, its last rows first. Undoing that was interrupted goes on with the rows that are left."""
    rows = found.rows.filter(is_written=True, kind__in=[Kind.NEW, Kind.CHANGED])
    total, done = rows.count(), rows.exclude(fate="").count()
    while chunk := list(rows.filter(fate="").order_by("-line")[:CHUNK]):
        with transaction.atomic():
            _take_back(chunk)
        done += len(chunk)
        progress(done, total)
    found.undone_at, found.undone_by = timezone.now(), by
    settle(found, State.UNDONE)


def _take_back(rows: Sequence[ImportRow]) -> None:
    ids = [row.movie_id for row in rows if row.movie_id]
    list(Movie.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))  # until this is written
    movies = Movie.objects.with_people().in_bulk(ids)
    people = sorted(set(Credit.objects.filter(movie__in=ids).values_list("person_id", flat=True)))
    for row in rows:
        row.fate, row.fate_words = Fate.UNDONE, ""
        if row.movie_id not in movies:
            row.fate_words = _("it is not in the catalogue any more")
    there = [row for row in rows if row.movie_id in movies]
    _delete_created([row for row in there if row.kind == Kind.NEW], movies)
    _put_back([row for row in there if row.kind == Kind.CHANGED], movies)
    for start in range(0, len(people), _AT_ONCE):
        Person.objects.filter(pk__in=people[start : start + _AT_ONCE], credits=None).delete()
    ImportRow.objects.bulk_update(rows, ["fate", "fate_words"], batch_size=100)
    announce_changes(ids)


def _delete_created(rows: Sequence[ImportRow], movies: Mapping[int, Movie]) -> None:
    wanted = _with_visitors([row.movie_id for row in rows if row.movie_id])
    for row in rows:
        if row.movie_id in wanted:
            row.fate, row.fate_words = Fate.KEPT, _("somebody likes it or keeps it on a list")
        elif fingerprint(values_of_film(movies[row.movie_id or 0])) != row.fingerprint:
            row.fate, row.fate_words = Fate.KEPT, _("it was changed since")
    gone = [row.movie_id for row in rows if row.fate == Fate.UNDONE and row.movie_id]
    Movie.objects.filter(pk__in=gone).delete()


def _with_visitors(ids: Sequence[int]) -> set[int]:
    """Films that any visitor keeps in any way: whatever points to the film and to an account."""
    wanted: set[int] = set()
    for relation in Movie._meta.related_objects:
        model: Any = relation.related_model
        if not any(field.related_model is User for field in model._meta.fields if field.is_relation):
            continue
        column = relation.field.name
        wanted |= set(model._base_manager.filter(**{f"{column}__in": ids}).values_list(column, flat=True))
    return wanted


def _put_back(rows: Sequence[ImportRow], movies: Mapping[int, Movie]) -> None:
    """Write old values; where two films would claim the same id or name then, film by film."""
    try:
        with transaction.atomic():
            changes = [_reverse(row, movies[row.movie_id or 0]) for row in rows]
            _drop_empty_texts(changes)
            update_films([change for change in changes if change])
    except IntegrityError:
        if len(rows) == 1:
            rows[0].fate, rows[0].fate_words = Fate.KEPT, _("another film has its old id or name now")
            return
        fresh = Movie.objects.with_people().in_bulk([row.movie_id for row in rows])
        for row in rows:
            _put_back([row], fresh)


def _drop_empty_texts(changes: Sequence[Change]) -> None:
    """A text in another language that the import brought goes as a whole."""
    empty = [text for change in changes for text in change.texts if not text.title and not text.description]
    FilmText.objects.filter(pk__in=[text.pk for text in empty]).delete()
    for change in changes:
        change.texts = [text for text in change.texts if text.title or text.description]


def _reverse(row: ImportRow, movie: Movie) -> Change:
    """The change back, of each field that still has the value which the import gave it."""
    now = values_of_film(movie)
    change = Change(movie, FilmRow(row.line, movie.title))
    kept = []
    for name, (old, new) in in_order(row.diff):
        if now.get(name) == new:
            _set_back(change, name, old)
        elif now.get(name) != old:
            kept.append(field_name(name))
    row.fate, row.fate_words = Fate.UNDONE, ""
    if kept:
        row.fate, row.fate_words = Fate.KEPT, _("changed since: %(fields)s") % {"fields": ", ".join(kept)}
    return change


def _set_back(change: Change, name: str, old: Any) -> None:
    if name in LISTS:
        setattr(change.row, name, old or [])
        change.lists.append(name)
    elif name in PLAIN or name == "is_published":
        setattr(change.movie, name, _empty(name) if old is None else old)
        change.fields.append(name)
    elif found := text_of_field(name):
        field, language = found
        text = next(text for text in change.movie.texts.all() if text.language == language)
        setattr(text, field, old or "")
        if text not in change.texts:
            change.texts.append(text)


def _empty(name: str) -> Any:
    field: Any = Movie._meta.get_field(name)
    return None if field.null else field.get_default()
