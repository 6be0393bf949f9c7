"""Somebody's films as CSV that Letterboxd takes, in parts of at most one megabyte."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from catalog.history.sources.plain import TAG
from catalog.importing.formulas import neutralised
from catalog.models import Credit, Like, Mark, Movie, User
from catalog.shelf import LIKED, SEEN, WATCHLIST

LARGEST = 1_000_000  # bytes of one file that Letterboxd takes
COLUMNS = ("tmdbID", "imdbID", "Title", "Year", "Directors", "WatchedDate", "Tags")
FILMS, PARTS = "films", ("films", "watchlist")
_AT_ONCE = 500
_DIRECTORS = 3


def parts(user: User, part: str) -> list[bytes]:
    """The CSV files of one part: films (liked or seen) or the watchlist. Each has its own headers."""
    files: list[bytes] = []
    lines = [_line(COLUMNS)]
    size = len(lines[0])
    for row in _rows(user, (LIKED, SEEN) if part == FILMS else (WATCHLIST,)):
        line = _line(row)
        if size + len(line) > LARGEST:
            files.append(b"".join(lines))
            lines, size = [_line(COLUMNS)], len(_line(COLUMNS))
        lines.append(line)
        size += len(line)
    return [*files, b"".join(lines)]


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([neutralised(cell) for cell in cells])
    return out.getvalue().encode()


def _rows(user: User, kinds: Sequence[str]) -> Iterator[list[str]]:
    shelves: dict[int, dict[str, datetime]] = defaultdict(dict)
    if LIKED in kinds:
        for movie, time in Like.objects.filter(user=user).values_list("movie_id", "created_at"):
            shelves[movie][LIKED] = time
    for movie, kind, time in Mark.objects.filter(user=user, kind__in=kinds).values_list(
        "movie_id", "kind", "created_at"
    ):
        shelves[movie][kind] = time
    ids = sorted(shelves)
    for start in range(0, len(ids), _AT_ONCE):
        yield from _films(ids[start : start + _AT_ONCE], shelves)


def _films(ids: Sequence[int], shelves: dict[int, dict[str, datetime]]) -> Iterator[list[str]]:
    directors: dict[int, list[str]] = defaultdict(list)
    credits = Credit.objects.filter(movie__in=ids, role=Credit.Role.DIRECTOR).order_by("movie", "position")
    for movie, name in credits.values_list("movie_id", "person__name"):
        directors[movie].append(name)
    films = Movie.objects.filter(pk__in=ids).order_by("pk")
    for pk, title, year, tmdb, imdb in films.values_list("pk", "title", "year", "tmdb_id", "imdb_id"):
        seen = shelves[pk].get(SEEN)
        yield [
            str(tmdb or ""),
            imdb,
            title,
            str(year or ""),
            ", ".join(directors[pk][:_DIRECTORS]),
            timezone.localtime(seen).date().isoformat() if seen else "",
            ", ".join(f"{TAG}{kind}" for kind in shelves[pk]),
        ]
