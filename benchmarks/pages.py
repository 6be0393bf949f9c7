"""What a recommendation page costs beside a page that only renders the base template, and what a worker holds.

    python -m benchmarks.pages FOLDER [--films 5000 100000]

Each size gets a site in its own folder, filled once: made-up films with made-up vectors, and a visitor with 50 likes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks import made_up
from benchmarks.site import Served, Site, environment_line
from benchmarks.timing import in_turns, ratio

_ROUNDS = 60
_FILL = """
import numpy as np
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from catalog.models import Genre, Like, Movie, User
from recommender.models import Embedding, ModelVersion
from recommender.vectors import pack
rng = np.random.default_rng(0)
version = ModelVersion.objects.create(name="made-up", dimension=128, films=0, likes=0, seconds=0, is_active=True)
ids = list(Movie.objects.order_by("pk").values_list("pk", flat=True))
centres = rng.normal(size=(50, 128))
for start in range(0, len(ids), 2000):
    some = ids[start : start + 2000]
    vectors = centres[rng.integers(50, size=len(some))] + rng.normal(size=(len(some), 128))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    rows = [Embedding(movie_id=pk, version=version, vector=pack(v), fingerprint="") for pk, v in zip(some, vectors)]
    Embedding.objects.bulk_create(rows)
people = User.objects.bulk_create([User(username=f"visitor{n}", password="!") for n in range(200)])
Like.objects.bulk_create(
    [Like(user=user, movie_id=pk) for user in people for pk in rng.choice(ids, 50, replace=False).tolist()]
)
from recommender import snapshot
snapshot.take(version)
"""
_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from catalog.models import User
user = User.objects.get(username="visitor0")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
print(session.session_key)
"""


def filled(folder: Path, films: int) -> Site:
    """The site with so many films; one that was filled before is taken as it is."""
    site = Site(folder / f"site-{films}")
    if not (site.folder / "filled").exists():
        site.folder.mkdir(parents=True, exist_ok=True)
        site.manage("migrate", "-v0")
        site.manage("collectstatic", "-v0", "--no-input")
        made_up.write_films(site.folder / "films.csv", films)
        site.manage("import_movies", str(site.folder / "films.csv"), "-v0")
        site.shell(_FILL)
        (site.folder / "filled").touch()
    return site


def pages(served: Served, session: str) -> dict[str, list[float]]:
    """Seconds of each page, in turns."""
    paths = {"base template": "/accounts/log-in/?bare", "home": "/", "for you": "/recommendations/"}
    paths |= {"film": "/films/7/", "films": "/films/"}

    def call(path: str) -> Callable[[], bytes]:
        return lambda: served.get(path, "" if "bare" in path else session)

    return in_turns({name: call(path) for name, path in paths.items()}, _ROUNDS)


def main() -> None:
    """Print one line per size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, nargs="+", default=[5000, 100_000])
    options = parser.parse_args()
    print(environment_line())
    first: dict[str, float] = {}
    for films in options.films:
        site = filled(options.folder, films)
        session = site.shell(_SESSION).strip().splitlines()[-1]
        with site.serve() as served:
            taken = pages(served, session)
            memory = served.workers()[0]
        milliseconds = {name: round(1000 * median(times), 1) for name, times in taken.items()}
        to_base = {name: round(ratio(times, taken["base template"]), 2) for name, times in taken.items()}
        first = first or milliseconds
        to_first = {name: round(value / first[name], 2) for name, value in milliseconds.items()}
        row = {"films": films, "ms": milliseconds, "to base template": to_base, "to the first size": to_first}
        print(json.dumps(row | {"worker MB": {name: round(value) for name, value in memory.items()}}))


if __name__ == "__main__":
    main()
