"""Small catalogues whose right answers are known, and the shared data where it is present."""

from __future__ import annotations

import csv
import re
from collections import defaultdict

import numpy as np

from recommender.ml.batches import Likes
from recommender.ml.config import TrainConfig
from recommender.ml.records import FilmRecord
from recommender.ml.vae import VAEConfig
from tests.shared_data import shared_file

SEA = [
    "anchor",
    "harbour",
    "sailor",
    "captain",
    "storm",
    "island",
    "lighthouse",
    "mutiny",
    "treasure",
    "reef",
    "compass",
    "galley",
]
LAW = [
    "verdict",
    "witness",
    "lawyer",
    "judge",
    "evidence",
    "alibi",
    "jury",
    "motive",
    "trial",
    "suspect",
    "warrant",
    "confession",
]
SMALL = VAEConfig(hidden=24, latent=12, likes=6, feature_dropout=0.2, hidden_dropout=0.1)
QUICK = TrainConfig(epochs=3, steps_per_epoch=4, film_batch=32, subset_batch=64, visitor_batch=16)


def two_groups(n_films: int = 80, *, words: int = 5, seed: int = 3) -> tuple[list[FilmRecord], np.ndarray]:
    """Films of two groups that share no word; each uses few of its group's words, so that rows are sparse."""
    rng = np.random.default_rng(seed)
    group = np.arange(n_films) % 2
    films = [
        FilmRecord(
            title=f"film{row}",
            description=" ".join(rng.choice(LAW if group[row] else SEA, words, replace=False)),
            genres=("Drama",),
            year=1960 + row % 40,
        )
        for row in range(n_films)
    ]
    return films, group


def likes_by_group(group: np.ndarray, n_visitors: int = 30, seed: int = 4) -> Likes:
    """Each visitor likes eight films of one group."""
    rng = np.random.default_rng(seed)
    pairs = [
        (visitor, film)
        for visitor in range(n_visitors)
        for film in rng.choice(np.flatnonzero(group == visitor % 2), 8, replace=False)
    ]
    visitors, films = np.array(pairs).T
    return Likes(visitors, films)


def same_group_share(vectors: np.ndarray, group: np.ndarray, k: int = 5) -> float:
    """How many of each film's k nearest neighbours belong to its group, on average."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return float((group[nearest] == group[:, None]).mean())


def seed_films() -> list[FilmRecord]:
    """The original system's catalogue of Russian films."""
    return [
        FilmRecord(
            title=row["name"],
            description=row["description"],
            genres=_list(row["genre"], ","),
            directors=_list(row["director"], ","),
            cast=_list(row["cast"], ","),
            countries=_list(row["country"], ","),
            year=int(float(row["year"])) if row["year"] else None,
        )
        for row in _rows("seed/films.csv")
    ]


def benchmark() -> tuple[list[FilmRecord], Likes]:
    """The benchmark catalogue and its likes."""
    rows = _rows("benchmark/catalogue.csv")
    films = [
        FilmRecord(
            title=row["title"],
            description=row["description"],
            genres=_list(row["genres"], "|"),
            directors=_list(row["directors"], "|"),
            cast=_list(row["cast"], "|"),
            keywords=_list(row["keywords"], "|"),
            year=int(row["year"]) if row["year"] else None,
        )
        for row in rows
    ]
    at = {row["movielens_id"]: place for place, row in enumerate(rows)}
    pairs = np.array([(int(like["userId"]), at[like["movieId"]]) for like in _rows("benchmark/likes.csv")])
    return films, Likes(pairs[:, 0], pairs[:, 1])


def tag_requests() -> list[tuple[str, list[int]]]:
    """Tags that people gave to at least two films of the benchmark, with those films' rows."""
    at = {row["movielens_id"]: place for place, row in enumerate(_rows("benchmark/catalogue.csv"))}
    found: dict[str, set[int]] = defaultdict(set)
    for row in _rows("movielens/tags.csv"):
        tag = row["tag"].lower().strip()
        if row["movieId"] in at and tag != "in netflix queue":
            found[tag].add(at[row["movieId"]])
    return [(tag, sorted(films)) for tag, films in sorted(found.items()) if len(films) >= 2]


def series(films: list[FilmRecord]) -> list[list[int]]:
    """Rows of films that share their title up to a colon or a number."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row, film in enumerate(films):
        if name := re.split(r"[:\d]", film.title)[0].strip().lower():
            groups[name].append(row)
    return [rows for rows in groups.values() if len(rows) > 1]


def _list(cell: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(separator) if part.strip())


def _rows(name: str) -> list[dict[str, str]]:
    with shared_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
