"""What a million films add to web workers: memory, how fast a worker starts, and how fast it sees a change.

    python -m benchmarks.million FOLDER [--films 1000000] [--workers 2]

The films have made-up vectors and no texts: this measures the vectors and filter columns that workers share.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.site import ROOT, Site, environment_line

_FILL = """
import numpy as np
from django.db import connection
from catalog.models import Genre, Movie
from recommender.models import Embedding, ModelVersion
rng = np.random.default_rng(0)
version = ModelVersion.objects.create(
    name="made-up", dimension=128, films=%(films)d, likes=0, seconds=0, is_active=True, revision=1
)
genres = [Genre.objects.create(name=f"Genre {number}").pk for number in range(20)]
for start in range(0, %(films)d, 10_000):
    numbers = range(start, min(start + 10_000, %(films)d))
    films = Movie.objects.bulk_create(Movie(title=f"Film {n}", year=1920 + n %% 105) for n in numbers)
    vectors = rng.normal(size=(len(films), 128)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO recommender_embedding (movie_id, version_id, vector, fingerprint, revision, updated_at)"
            " VALUES (%%s, %%s, %%s, '', 1, '2026-01-01')",
            [(film.pk, version.pk, row.tobytes()) for film, row in zip(films, vectors)],
        )
        cursor.executemany(
            "INSERT INTO catalog_movie_genres (movie_id, genre_id) VALUES (%%s, %%s)",
            [(film.pk, genres[int(g)]) for film in films for g in rng.choice(20, 2, replace=False)],
        )
"""
_WORKER = """
import json, sys, time
from benchmarks.timing import memory_of
from django.contrib.auth.models import AnonymousUser
from catalog.models import Genre
from recommender import index
from recommender.models import Embedding, ModelVersion
from recommender.services import recommend
from recommender.vectors import next_revision
from recommender.wishes import Wish
before = memory_of()
started = time.perf_counter()
films = index.current()
loaded = time.perf_counter() - started
wish = Wish(liked=tuple(films.ids[:50].tolist()), genres=(Genre.objects.first().pk,))
recommend(wish, user=AnonymousUser())
started = time.perf_counter()
recommend(wish, user=AnonymousUser())
asked = time.perf_counter() - started
version = ModelVersion.objects.active()
Embedding.objects.filter(movie=films.ids[7]).update(revision=next_revision(version))
started = time.perf_counter()
index.current()
followed = time.perf_counter() - started
print("ready", flush=True)
sys.stdin.readline()
after = memory_of()
print(json.dumps({
    "start s": round(loaded, 2), "recommend ms": round(1000 * asked, 1), "changed film ms": round(1000 * followed, 1),
    **{f"{name} MB added": round(after[name] - before[name]) for name in after},
}))
"""


def filled(folder: Path, films: int) -> Site:
    """The site with so many films; one that was filled before is taken as it is."""
    site = Site(folder / f"million-{films}")
    if not (site.folder / "filled").exists():
        site.folder.mkdir(parents=True, exist_ok=True)
        site.manage("migrate", "-v0")
        site.shell(_FILL % {"films": films})
        (site.folder / "filled").touch()
    return site


def workers(site: Site, count: int) -> list[dict[str, float]]:
    """What each of several processes says once all of them have the films."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", _WORKER]
    running = []
    for _ in range(count):
        process = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        running.append(process)
    return [json.loads(process.communicate("\n")[0].strip().splitlines()[-1]) for process in running]


def main() -> None:
    """Print one line per worker; the first of all takes the snapshot, so it is started once before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(environment_line())
    site = filled(options.folder, options.films)
    print(json.dumps({"without a snapshot": workers(site, 1)[0]}))
    for found in workers(site, options.workers):
        print(json.dumps(found))


if __name__ == "__main__":
    main()
