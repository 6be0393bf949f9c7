"""Reads films, likes and requests for an evaluation from files in the formats of the benchmark folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.ml.batches import Likes
from recommender.ml.protocols import Data, Request
from recommender.ml.records import FilmRecord

if TYPE_CHECKING:
    import pandas as pd

_LIKED = 4.0  # stars, of five
_NO_REQUEST = {"in netflix queue"}
_FEWEST_FILMS = 2  # that a tag must have been given to before it counts as a request


class UnusableFile(Exception):
    """A file cannot be evaluated on; the message names the cure."""


def read_data(catalogue: Path, likes: Path, requests: Path | None) -> Data:
    """Films, likes as rows of them, and requests; likes and tags of other films are left out. Raises UnusableFile."""
    films = _table(catalogue, ["movielens_id", "title"])
    row = {film: number for number, film in enumerate(films["movielens_id"])}
    if len(row) < len(films):
        raise UnusableFile(f"{catalogue.name} names a movielens_id twice: leave one of the rows out.")
    records = [_record(film) for film in films.to_dict("records")]
    return Data(records, _likes(likes, row), _requests(requests, row) if requests else ())


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    import pandas as pd  # costs memory and time: only evaluation needs it

    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as problem:
        raise UnusableFile(f"{path.name} cannot be read as CSV: {problem}") from problem
    if missing := [column for column in columns if column not in table]:
        raise UnusableFile(f"{path.name} has no column {' or '.join(missing)}.")
    return table


def _record(film: dict[Any, str]) -> FilmRecord:
    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in film.get(name, "").split("|") if part.strip())

    year = film.get("year", "")
    return FilmRecord(
        title=film["title"],
        description=film.get("description", ""),
        genres=several("genres"),
        directors=several("directors"),
        cast=several("cast"),
        keywords=several("keywords"),
        year=int(year) if year.isascii() and year.isdigit() else None,
    )


def _likes(path: Path, row: dict[str, int]) -> Likes:
    table = _table(path, ["userId", "movieId"])
    table = table[table["movieId"].isin(list(row))]
    if "rating" in table:
        table = table[[_stars(text) >= _LIKED for text in table["rating"]]]
    names = {user: number for number, user in enumerate(sorted(table["userId"].unique(), key=_by_number))}
    return Likes(_column(table["userId"], names), _column(table["movieId"], row))


def _stars(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _by_number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isascii() and name.isdigit() else (2**62, name)


def _column(names: Iterable[str], numbers: dict[str, int]) -> Any:
    return np.array([numbers[name] for name in names], np.int64)


def _requests(path: Path, row: dict[str, int]) -> list[Request]:
    table = _table(path, ["movieId", "tag"])
    films: dict[str, set[int]] = {}
    for film, tag in zip(table["movieId"], table["tag"], strict=True):
        text = tag.lower().strip()
        if film in row and text and text not in _NO_REQUEST:
            films.setdefault(text, set()).add(row[film])
    return [
        Request(text, np.array(sorted(found), np.int64))
        for text, found in sorted(films.items())
        if len(found) >= _FEWEST_FILMS
    ]
