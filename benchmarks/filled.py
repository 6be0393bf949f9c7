"""Sites with made-up films, likes and a small model trained on the first of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks import made_up
from benchmarks.site import Ran, Site

SMALL = 2000  # films, and ten times as many likes, that the model is trained on
EPOCHS = "2"

_VISITORS = """
import numpy as np
from catalog.models import Like, Movie, User
rng = np.random.default_rng(0)
ids = list(Movie.objects.order_by("pk").values_list("pk", flat=True))
people = User.objects.bulk_create([User(username=f"visitor{n}", password="!") for n in range(200)])
Like.objects.bulk_create(
    [Like(user=user, movie_id=pk) for user in people for pk in rng.choice(ids, 50, replace=False).tolist()]
)
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


def empty_site(folder: Path, films: int, likes: int = 0, *, database: str = "") -> Site:
    """A site without films, and files to import."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    site = Site(folder, database)
    site.manage("migrate", "-v0")
    site.manage("collectstatic", "-v0", "--no-input")
    made_up.write_films(folder / "films.csv", films)
    if likes:
        made_up.write_likes(folder / "likes.csv", films, likes)
    return site


def with_small_model(folder: Path, films: int, *, database: str = "") -> Site:
    """A site with the first films and a model, and the file of all films to import."""
    site = empty_site(folder, films, database=database)
    made_up.write_films(folder / "small.csv", SMALL)
    made_up.write_likes(folder / "likes.csv", SMALL, 10 * SMALL)
    site.manage("import_movies", str(folder / "small.csv"), "-v0")
    site.manage("import_likes", str(folder / "likes.csv"), "-v0")
    site.manage("train_vae", "--epochs", EPOCHS, "-v0")
    return site


def import_all(site: Site) -> Ran:
    """Import the file of all films while the model is active, so that each of them is encoded, too."""
    return site.manage("import_movies", str(site.folder / "films.csv"), "-v0")


def filled_site(folder: Path, films: int) -> Site:
    """A site with so many films and 200 visitors of 50 likes; one that was filled before is taken as it is."""
    site = Site(folder / f"site-{films}")
    if not (site.folder / "filled").exists():
        site = with_small_model(site.folder, films)
        import_all(site)
        site.shell(_VISITORS)
        site.manage("refresh_embeddings", "-v0")
        (site.folder / "filled").touch()
    return site


def session_of(site: Site) -> str:
    """The key of a session in which a visitor with 50 likes is logged in."""
    return site.shell(_SESSION).strip().splitlines()[-1]
