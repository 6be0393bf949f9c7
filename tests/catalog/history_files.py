"""Builds the exports of other sites, after their documented formats."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from catalog.history.bringing import begin, take_in
from catalog.history.steps import run
from catalog.models import HistoryImport, HistoryRow, Like, Mark, User

LETTERBOXD = {
    "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating",
    "watched.csv": "Date,Name,Year,Letterboxd URI",
    "watchlist.csv": "Date,Name,Year,Letterboxd URI",
    "likes/films.csv": "Date,Name,Year,Letterboxd URI",
    "diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date",
    "reviews.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date",
}
IMDB = (
    "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,"
    "Num Votes,Release Date,Directors"
)


def table(headers: str, *rows: Sequence[object]) -> str:
    """A CSV file with these headers."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return f"{headers}\r\n{out.getvalue()}"


def imdb_row(const: str, rating: object, day: str, title: str, year: object, kind: str = "Movie") -> list[object]:
    """One row of IMDb's ratings."""
    url = f"https://www.imdb.com/title/{const}/"
    return [
        const,
        rating,
        day,
        title,
        title,
        url,
        kind,
        "8.1",
        "120",
        year,
        "Drama",
        "1000",
        f"{year}-01-01",
        "Somebody",
    ]


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def upload(client: Client, content: bytes | str, name: str = "films.csv") -> HttpResponse:
    """Hand a file in, as the page does."""
    raw = content.encode() if isinstance(content, str) else content
    response: Any = client.post("/my-films/import/", {"file": SimpleUploadedFile(name, raw)})
    return response


def taken_in(user: User, content: bytes | str, folder: Path, name: str = "films.csv") -> HistoryImport:
    """An import as it is before the visitor says yes."""
    path = folder / Path(name).name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return take_in(path, name, user)


def brought_in(user: User, content: bytes | str, folder: Path, name: str = "films.csv") -> HistoryImport:
    """An import to which the visitor said yes."""
    history = taken_in(user, content, folder, name)
    if history.state == HistoryImport.State.MATCHING:
        run(history)
    assert begin(history)
    history.refresh_from_db()
    run(history)
    return history


def shelves_of(user: User) -> dict[str, list[str]]:
    """Titles on each shelf, by the alphabet; empty shelves are left out."""
    found: dict[str, list[str]] = {}
    for title in Like.objects.filter(user=user).order_by("movie__title").values_list("movie__title", flat=True):
        found.setdefault("liked", []).append(title)
    for kind, title in Mark.objects.filter(user=user).order_by("movie__title").values_list("kind", "movie__title"):
        found.setdefault(kind, []).append(title)
    return found


def outcomes(history: HistoryImport) -> dict[str, str]:
    """What each row of an import was taken for."""
    rows: Iterable[HistoryRow] = history.rows.order_by("position")
    return {row.title or str(row): f"{row.outcome} {row.how}".strip() for row in rows}


def trakt(items: object) -> str:
    """One of Trakt's JSON files."""
    return json.dumps(items)
