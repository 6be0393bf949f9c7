"""The same films on SQLite and on PostgreSQL, searched in memory and by pgvector: speed, memory, and what is missed.

    python -m benchmarks.backends FOLDER [--films 10000 100000] [--seconds 10] [--server ADDRESS]

Starts a PostgreSQL server of its own (requirements-test-postgres.txt), or takes the one at ADDRESS, in which {} stands
for a database's name. Needs wrk for the throughput.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.filled import filled_site, session_of
from benchmarks.load import press
from benchmarks.site import Site, environment_line
from benchmarks.timing import in_turns
from tests.postgres import address, server

_TOP, _ROUNDS = 50, 15
_CREATE = """
from django.db import connection
connection.cursor().execute('CREATE DATABASE "%s"')
"""
# Twenty visitors, each with some of their likes, under several filters.
_ASK = """
import json, time
from statistics import median
from catalog.models import Country, Genre, Like, User
from recommender.services import rank
from recommender.wishes import Wish
genres, countries = (list(kind.objects.order_by("pk").values_list("pk", flat=True)) for kind in (Genre, Country))
words = ("fivarbe", "dosdar", "fivarbe dosdar")
kinds = {}
for number in range(20):
    likes = Like.objects.filter(user__username=f"visitor{number}").newest_first().values_list("movie_id", flat=True)
    liked, year = tuple(likes[: 1 + number * 17 %% 50]), 1925 + number * 3
    genre, country = genres[number %% len(genres)], countries[number %% len(countries)]
    for kind, filters in {
        "taste": {},
        "one genre": {"genres": (genre,)},
        "half the genres left out": {"without_genres": tuple(genres[: len(genres) // 2])},
        "ten years": {"year_from": year, "year_to": year + 9},
        "genre, country, years": {"genres": (genre,), "countries": (country,), "year_from": year},
        "taste and words": {"text": words[number %% 3]},
        "words": {"liked": (), "text": words[number %% 3]},
        "hidden gems": {"dial": 0.5},
        "popular": {"dial": -0.5},
    }.items():
        kinds.setdefault(kind, []).append(Wish(**{"liked": liked} | filters))
rank(kinds["taste and words"][:1], top=%(top)d)
found = {}
for kind, wishes in kinds.items():
    taken, films = [], []
    for wish in wishes:
        started = time.perf_counter()
        films.append([one.movie_id for one in rank([wish], top=%(top)d)[0]])
        taken.append(time.perf_counter() - started)
    found[kind] = {"ms": round(1000 * median(taken), 1), "films": films}
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Searched(Site):
    """A site whose database finds the nearest films."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "VECTOR_SEARCH": "pgvector"}


def backends(folder: Path, films: int, address_of: Callable[[str], str]) -> dict[str, Site]:
    """The three sites over the same films; the first time they are copied and the index is built."""
    site = filled_site(folder, films)
    site.manage("migrate", "-v0")
    name = f"films_{films}"
    moved, searched = site.folder / "moved", Searched(site.folder, address_of(name))
    if not moved.exists() or moved.read_text() != address_of(name):
        Site(site.folder, address_of("postgres")).shell(_CREATE % name)
        site.manage("move_database", address_of(name), "-v0")
        ran = searched.manage("refresh_embeddings", "-v0")
        print(
            json.dumps({"films": films, "seconds of refresh_embeddings with the index": round(ran.seconds)}), flush=True
        )
        moved.write_text(address_of(name))
    searched.manage("migrate", "-v0")
    return {
        "SQLite, memory": site,
        "PostgreSQL, memory": Site(site.folder, address_of(name)),
        "PostgreSQL, pgvector": searched,
    }


def ask(site: Site) -> dict[str, dict[str, Any]]:
    """For each kind of wish how long it took, and the films that were found."""
    found: dict[str, dict[str, Any]] = json.loads(site.shell(_ASK % {"top": _TOP}).strip().splitlines()[-1])
    return found


def measure(site: Site, seconds: int) -> dict[str, Any]:
    """Pages, load and memory of one site."""
    with site.serve() as served:
        session = session_of(site)
        paths = ("/", "/recommendations/", "/films/7/")
        calls: dict[str, Callable[[], object]] = {path: lambda path=path: served.get(path, session) for path in paths}
        taken = in_turns(calls, _ROUNDS)
        memory = served.workers()[0]
    pressed = press(site, seconds)
    if pressed["refused"] or pressed["broken"]:
        raise SystemExit(f"Some requests were not answered as they should be: {pressed}")
    return {
        "page ms": {path: round(1000 * median(times), 1) for path, times in taken.items()},
        "a second with 8 connections": round(pressed["requests"] / seconds, 1),
        "p50 and p99 ms": [pressed["p50"], pressed["p99"]],
        "worker MB": {name: round(value) for name, value in memory.items()},
    }


def recall(found: list[list[int]], exact: list[list[int]]) -> float:
    """The share of the exact lists' films that were found, on average over the lists."""
    shares = [len({*one} & {*other}) / len(other) for one, other in zip(found, exact, strict=True) if other]
    return round(fmean(shares), 4)


@contextmanager
def running(folder: Path, given: str | None) -> Iterator[Callable[[str], str]]:
    """Addresses of databases by their names."""
    if given:
        yield given.format
        return
    for marker in folder.glob("*/moved"):  # a server of its own ends with the run, and what was moved there
        marker.unlink()
    with server(folder / "postgres") as own:
        yield lambda name: address(own, name)


def main() -> None:
    """Print one line for each site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--server")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    print(environment_line())
    with running(options.folder, options.server) as address_of:
        for films in options.films:
            sites = backends(options.folder, films, address_of)
            answers = {name: ask(site) for name, site in sites.items()}  # before the load changes what people like
            exact = answers["PostgreSQL, memory"]
            for name, site in sites.items():
                asked = answers[name]
                missed = {kind: recall(of["films"], exact[kind]["films"]) for kind, of in asked.items()}
                row = {"films": films, "site": name, "service ms": {kind: of["ms"] for kind, of in asked.items()}}
                print(json.dumps(row | {f"recall@{_TOP}": missed} | measure(site, options.seconds)), flush=True)


if __name__ == "__main__":
    main()
