"""Writes films with their genres, countries, people and texts in bulk, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone

from catalog.bulk import write_rows
from catalog.importing.matching import Known
from catalog.importing.rows import FilmRow
from catalog.importing.values import LISTS, PLAIN, text_field, values_of_film
from catalog.models import Country, Credit, FilmText, Genre, Movie, Person
from catalog.services import hold

_ROLES = {"directors": Credit.Role.DIRECTOR, "cast": Credit.Role.CAST}
_AT_ONCE = 900  # names in one query; older SQLite takes 999 variables


@dataclass
class Change:
    """What a row changes in a film: plain fields, and which of its lists and texts."""

    movie: Movie
    row: FilmRow
    fields: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    texts: list[FilmText] = field(default_factory=list)
    diff: dict[str, list[Any]] = field(default_factory=dict)  # by field: [old, new]

    def __bool__(self) -> bool:
        return bool(self.fields or self.lists or self.texts)


def create_films(rows: Sequence[FilmRow]) -> list[int]:
    """Create a film of each row; returns their ids in the order of the rows."""
    movies = Movie.objects.bulk_create([_new_movie(row) for row in rows])
    pairs = list(zip(movies, rows, strict=True))
    _write_lists([(movie, row, LISTS) for movie, row in pairs])
    _write_texts(
        FilmText(movie=movie, language=language, **text) for movie, row in pairs for language, text in row.texts.items()
    )
    return [movie.pk for movie in movies]


def _new_movie(row: FilmRow) -> Movie:
    movie = Movie(**{name: getattr(row, name) for name in PLAIN})
    movie.is_published = row.is_published is not False
    return movie


def changes_of(matched: Sequence[tuple[Known, FilmRow]]) -> list[Change]:
    """Compare known films with their rows; films that have nothing to gain are left out."""
    ids = [known.pk for known, _row in matched if known.pk is not None]
    hold(ids)
    movies = Movie.objects.with_people().in_bulk(ids)
    found = (_change(movies[known.pk], row) for known, row in matched if known.pk in movies)
    return [change for change in found if change]


def _change(movie: Movie, row: FilmRow) -> Change:
    change = Change(movie, row)
    before = values_of_film(movie)
    for name in (*PLAIN, "is_published"):
        value = getattr(row, name)
        if (value or value is False) and value != getattr(movie, name):
            setattr(movie, name, value)
            change.fields.append(name)
            change.diff[name] = [before.get(name), value]
    for name in LISTS:
        # Genres and countries have no order; people have.
        value = sorted(getattr(row, name)) if name in ("genres", "countries") else getattr(row, name)
        if value and value != before.get(name):
            change.lists.append(name)
            change.diff[name] = [before.get(name), value]
    _compare_texts(change, before)
    return change


def _compare_texts(change: Change, before: dict[str, Any]) -> None:
    texts = {text.language: text for text in change.movie.texts.all()}
    for language, said in change.row.texts.items():
        text = texts.get(language) or FilmText(movie=change.movie, language=language)
        new = {name: value for name, value in said.items() if value and value != getattr(text, name)}
        for name, value in new.items():
            setattr(text, name, value)
            field_ = text_field(name, language)
            change.diff[field_] = [before.get(field_), value]
        if new:
            change.texts.append(text)


def update_films(changes: Sequence[Change]) -> None:
    """Write the changes, each list of a film as a whole."""
    now = timezone.now()
    for change in changes:
        change.movie.updated_at = now  # bulk updates pass over auto_now
    fields = {name for change in changes for name in change.fields}
    if changes:
        Movie.objects.bulk_update([change.movie for change in changes], [*sorted(fields), "updated_at"], batch_size=100)
    for name in ("genres", "countries"):
        ids = [change.movie.pk for change in changes if name in change.lists]
        _through(name).objects.filter(movie__in=ids).delete()
    for name, role in _ROLES.items():
        ids = [change.movie.pk for change in changes if name in change.lists]
        Credit.objects.filter(movie__in=ids, role=role).delete()
    _write_lists([(change.movie, change.row, change.lists) for change in changes])
    _write_texts(text for change in changes for text in change.texts)


def _write_lists(films: Sequence[tuple[Movie, FilmRow, Iterable[str]]]) -> None:
    for name, model in (("genres", Genre), ("countries", Country)):
        chosen = [(movie, getattr(row, name)) for movie, row, lists in films if name in lists]
        ids = _ids_of(model, (item for _movie, names in chosen for item in names))
        columns = ("movie", str(model._meta.model_name))
        write_rows(_through(name), columns, [(movie.pk, ids[item]) for movie, names in chosen for item in names])
    credits = [
        (movie, role, getattr(row, name))
        for movie, row, lists in films
        for name, role in _ROLES.items()
        if name in lists
    ]
    people = _ids_of(Person, (item for _movie, _role, names in credits for item in names))
    rows = [
        (movie.pk, people[item], role.value, position)
        for movie, role, names in credits
        for position, item in enumerate(names)
    ]
    write_rows(Credit, ("movie", "person", "role", "position"), rows)


def _write_texts(texts: Iterable[FilmText]) -> None:
    FilmText.objects.bulk_create(
        texts,
        update_conflicts=True,
        unique_fields=["movie", "language"],
        update_fields=["title", "description"],
    )


def _through(name: str) -> Any:
    """The table between films and one of their lists."""
    return Movie.genres.through if name == "genres" else Movie.countries.through


def _ids_of(model: type[models.Model], names: Iterable[str]) -> dict[str, int]:
    """The ids behind names; names that are new get a row. Somebody else may be adding the same ones right now."""
    wanted = sorted(set(names))
    ids = _known_ids(model, wanted)
    missing = [name for name in wanted if name not in ids]
    if missing:
        manager: Any = model._default_manager
        manager.bulk_create([model(name=name) for name in missing], ignore_conflicts=True)
        ids |= _known_ids(model, missing)
    return ids


def _known_ids(model: type[models.Model], names: Sequence[str]) -> dict[str, int]:
    manager: Any = model._default_manager
    return {
        name: pk
        for start in range(0, len(names), _AT_ONCE)
        for name, pk in manager.filter(name__in=names[start : start + _AT_ONCE]).values_list("name", "pk")
    }
