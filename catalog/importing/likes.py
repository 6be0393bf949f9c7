"""Brings a file of likes into the catalogue: MovieLens ratings, or visitors with the titles that they like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import reset_queries, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing import cells as cell
from catalog.importing.encoding import Unreadable
from catalog.importing.films import Progress, in_chunks
from catalog.importing.matching import Ambiguous, FilmIndex
from catalog.importing.reading import Table, open_table
from catalog.importing.report import LikeReport, Unmatched
from catalog.importing.rows import ID_NAMES, IDS, BadRow, cell_reader
from catalog.models import Like, User
from catalog.services import hold

CHUNK = 2000
LIKED = 4.0  # stars
MOVIELENS = "movielens-ratings"
_PLAIN_NAME = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class LikeRow:
    """One row: who rated or liked which film, and when."""

    line: int
    user: str
    title: str
    year: int | None
    ids: Mapping[str, Any]
    stars: float | None
    time: datetime | None

    def film(self) -> str:
        """How to name the film in a report."""
        if self.title:
            return f"“{self.title}” ({self.year})" if self.year else f"“{self.title}”"
        return ", ".join(f"{ID_NAMES[kind]} {value}" for kind, value in self.ids.items())


def import_likes(
    path: Path,
    *,
    user: User | None = None,
    create_users: bool = False,
    progress: Progress = lambda done, total: None,
) -> LikeReport:
    """Add the likes of a file; those that exist stay as they are. With `user` all of them become that visitor's.

    Visitors of MovieLens become accounts "movielens-<id>" that cannot log in; others have to exist, unless
    `create_users` makes such accounts for them too.
    """
    table = open_table(path, likes=True)
    if user is None and "user" not in table.columns:
        raise Unreadable(_("The file has no user column. Name the visitor with --user."))
    run = _Run(LikeReport(kind=table.kind.name), user, create_users=create_users or table.kind.name == MOVIELENS)
    done = 0
    for chunk in in_chunks(_rows(table, named=user is None), CHUNK):
        run.take([row for row in chunk if isinstance(row, LikeRow)])
        for row in chunk:
            if not isinstance(row, LikeRow):
                run.report.rejected.add(*row)
        done += len(chunk)
        reset_queries()  # in debug mode Django would keep the text of every statement
        progress(done, table.total)
    run.report.rejected.first.sort()
    return run.report


def _rows(table: Table, *, named: bool) -> Iterator[LikeRow | tuple[int, str]]:
    for number, values in table.rows():
        try:
            yield _row(table, number, values, named=named)
        except BadRow as problem:
            yield number, str(problem)


def _row(table: Table, number: int, values: Sequence[str], *, named: bool) -> LikeRow:
    read = cell_reader(table, values)
    user = read("user", cell.line) if named else ""
    if named and table.kind.name == MOVIELENS:
        if not _PLAIN_NAME.fullmatch(user):
            raise BadRow(_("“%(user)s” is no MovieLens user; it should be a whole number") % {"user": user[:40]})
        user = f"movielens-{int(user)}"
    if named and not user:
        raise BadRow(_("there is no user"))
    ids = {
        "imdb_id": read("imdb_id", cell.imdb_id),
        "tmdb_id": read("tmdb_id", cell.number_id),
        "movielens_id": read("movielens_id", cell.number_id),
    }
    ids = {kind: value for kind, value in ids.items() if value}
    title = read("title", cell.line)
    if not title and not ids:
        raise BadRow(_("there is no film"))
    return LikeRow(
        number, user, title, read("year", cell.year), ids, read("rating", cell.stars), read("time", cell.moment)
    )


class _Run:
    """One import of likes and its report."""

    def __init__(self, report: LikeReport, user: User | None, *, create_users: bool) -> None:
        self.report = report
        self._user = user
        self._create_users = create_users

    def take(self, rows: Sequence[LikeRow]) -> None:
        """Add the likes of one chunk, all or none of them."""
        liked = [row for row in rows if row.stars is None or row.stars >= LIKED]
        with transaction.atomic():
            likes = self._likes(liked)
            new = add_likes(likes)
        self.report.not_liked += len(rows) - len(liked)
        self.report.added += len(new)
        self.report.already += len(likes) - len(new)

    def _likes(self, rows: Sequence[LikeRow]) -> dict[tuple[int, int], datetime]:
        """The likes by (visitor, film), with their times; what cannot be matched goes to the report."""
        index = FilmIndex()
        ids = {kind: {row.ids[kind] for row in rows if kind in row.ids} for kind in IDS}
        titles = {row.title for row in rows if row.title}
        index.load(ids, titles)
        index.load_other_titles(titles)
        users = {} if self._user else self._users({row.user for row in rows})
        likes: dict[tuple[int, int], datetime] = {}
        for row in rows:
            user = self._user.pk if self._user else users.get(row.user)
            if user is None:
                self.report.visitors_unknown.setdefault(row.user, Unmatched()).add(row.line)
                continue
            try:
                film = index.find_loosely(row.title, row.year, row.ids)
            except Ambiguous as problem:
                self.report.rejected.add(row.line, str(problem))
                continue
            if film is None or film.pk is None:
                self.report.films_unknown.setdefault(row.film(), Unmatched()).add(row.line)
                continue
            if (user, film.pk) in likes:
                self.report.already += 1
            likes.setdefault((user, film.pk), row.time or timezone.now())
        return likes

    def _users(self, names: set[str]) -> dict[str, int]:
        """The visitors by the names in the file, in any case of letters."""
        users = _known_users(names)
        missing = sorted(name for name in names if name not in users and _may_be_a_name(name))
        if not missing or not self._create_users:
            return users
        # Names of a file may differ in their case alone; they are one visitor.
        fresh = {name.lower(): name for name in missing}.values()
        User.objects.bulk_create([User(username=name, password=make_password(None)) for name in fresh])
        self.report.visitors_created += len(fresh)
        return users | _known_users(missing)


def add_likes(likes: Mapping[tuple[int, int], datetime]) -> list[tuple[int, int]]:
    """Write those of the likes, by (visitor, film), that are not there yet; say which they were.

    What is liked may be gone since it was looked up; call it in a transaction, so that it stays until that ends.
    """
    alive = hold({movie for _user, movie in likes})
    there = set(
        Like.objects.filter(
            user__in={user for user, _movie in likes}, movie__in={movie for _user, movie in likes}
        ).values_list("user_id", "movie_id")
    )
    new = [pair for pair in likes if pair not in there and pair[1] in alive]
    Like.objects.bulk_create(
        [Like(user_id=user, movie_id=movie, created_at=likes[user, movie]) for user, movie in new],
        ignore_conflicts=True,  # the visitor may press the heart at this very moment
    )
    return new


def _known_users(names: Iterable[str]) -> dict[str, int]:
    wanted = list(names)
    rows = User.objects.annotate(lower=Lower("username")).filter(
        Q(username__in=wanted) | Q(lower__in=[name.lower() for name in wanted])
    )
    by_name: dict[str, int] = {}
    for pk, username in rows.values_list("pk", "username"):
        by_name[username] = by_name[username.lower()] = pk
    found = {name: by_name.get(name) or by_name.get(name.lower()) for name in wanted}
    return {name: pk for name, pk in found.items() if pk is not None}


def _may_be_a_name(name: str) -> bool:
    try:
        User._meta.get_field("username").run_validators(name)
    except ValidationError:
        return False
    return True
