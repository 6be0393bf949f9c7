"""The sites that the kills start from, each made once: a small one, larger ones, and what each kind of kill needs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from benchmarks import made_up
from tests.slow.kills.databases import Database, PostgreSQL
from tests.slow.kills.seen import ONLOOKER
from tests.slow.kills.site import Site

FEW, MANY = 150, 2200  # films
BACKUP = "saved.tar.gz"
_EPOCHS = "2"

_ONLOOKER = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from catalog.models import Like, Movie, User
user = User.objects.create(username="{ONLOOKER}", password="!")
Like.objects.bulk_create(Like(user=user, movie=movie) for movie in Movie.objects.order_by("pk")[30:38])
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
print(session.session_key)
"""
# As after an import by somebody who had no model: no vector, no map, no snapshot of this version.
_BARE = """
import shutil
from django.conf import settings
from recommender.models import Embedding, FilmMap, ModelVersion
version = ModelVersion.objects.{which}
Embedding.objects.filter(version=version).delete()
FilmMap.objects.filter(version=version).delete()
shutil.rmtree(settings.INDEX_DIR / version.name, ignore_errors=True)
"""
_JOB = """
from jobs.work import start
start("train", by=None, epochs={epochs}, seed=5)
"""
# One long import that waits for its films to be found, and one that waits to be brought in.
_HISTORIES = """
from pathlib import Path
from catalog.history import bringing, steps
from catalog.models import User
for name in ("look", "bring"):
    user = User.objects.create(username=name, password="!")
    history = bringing.take_in(Path({file!r}), name + ".csv", user)
    if name == "bring":
        bringing.match(history)
        assert bringing.begin(history)
        history.refresh_from_db()
    steps.run(history)
"""


class Starts:
    """Makes the sites below a folder when they are asked for."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._database = folder, database

    def get(self, name: str) -> Site:
        """The site of this name, made now unless it was before."""
        site = Site(self._folder / f"start-{name}", self._database)
        if not (site.folder / "made").exists():
            make: Callable[[Site], None] = getattr(self, f"_{name}")
            make(site)
            (site.folder / "made").touch()
        return site

    def _small(self, site: Site) -> None:
        """A few films, likes, and a model that serves."""
        site.folder.mkdir(parents=True, exist_ok=True)
        for name in ("tmp", "backups"):
            (site.folder / name).mkdir(exist_ok=True)
        if isinstance(self._database, PostgreSQL):
            self._database.drop(site.folder)
            self._database.create(site.folder)
        made_up.write_films(site.folder / "few.csv", FEW)
        made_up.write_films(site.folder / "many.csv", MANY)
        made_up.write_likes(site.folder / "few-likes.csv", FEW, 2000)
        made_up.write_likes(site.folder / "many-likes.csv", MANY, 30_000, seed=2)
        _write_history(site.folder / "many.csv", site.folder / "history.csv")
        site.manage("migrate", "-v0")
        site.manage("collectstatic", "-v0", "--no-input")
        site.manage("import_movies", str(site.folder / "few.csv"), "-v0")
        site.manage("import_likes", str(site.folder / "few-likes.csv"), "-v0")
        (site.folder / "session").write_text(site.shell(_ONLOOKER).strip().splitlines()[-1])
        site.manage("train_vae", "--epochs", _EPOCHS, "--seed", "3", "-v0")

    def _large(self, site: Site) -> None:
        """Many films, all with vectors."""
        self.get("small").copied(site.folder)
        (site.folder / "made").unlink()
        site.manage("import_movies", str(site.folder / "many.csv"), "-v0")
        site.manage("refresh_embeddings", "-v0")

    def _bare(self, site: Site) -> None:
        """Many films without vectors, whose words changed since."""
        self._from_large(site)
        site.shell(_BARE.format(which="active()"))

    def _two_versions(self, site: Site) -> None:
        """A second version of other weights, which has no vectors yet."""
        self._from_large(site)
        site.manage("train_vae", "--epochs", _EPOCHS, "--seed", "4", "--no-activate", "-v0")
        site.shell(_BARE.format(which="get(is_active=False)"))

    def _saved(self, site: Site) -> None:
        """The small site with a backup of the large one, in which another version serves."""
        self.get("two_versions").copied(site.folder)
        (site.folder / "made").unlink()
        other = site.shell("from recommender.models import *; print(ModelVersion.objects.get(is_active=False))")
        site.manage("models", "--activate", other.strip(), "--force", "-v0")
        site.manage("backup", str(self._folder / BACKUP), "--all-models", "--force", "-v0")
        site.remove()
        self.get("small").copied(site.folder)
        (site.folder / "made").unlink()
        (self._folder / BACKUP).rename(site.folder / BACKUP)

    def _histories(self, site: Site) -> None:
        """Two visitors who brought long files, and nobody at work on them yet."""
        self._from_large(site)
        site.shell(_HISTORIES.format(file=str(site.folder / "history.csv")))

    def _job(self, site: Site) -> None:
        """The small site with a training that waits for a worker."""
        self.get("small").copied(site.folder)
        (site.folder / "made").unlink()
        site.shell(_JOB.format(epochs=6))

    def _from_large(self, site: Site) -> None:
        self.get("large").copied(site.folder)
        (site.folder / "made").unlink()


def _write_history(films: Path, file: Path) -> None:
    """What a visitor brings along: nearly all films of the catalogue with stars from 1 to 5."""
    with films.open(encoding="utf-8") as source, file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(("title", "year", "rating"))
        for number, film in enumerate(csv.DictReader(source)):
            if number < MANY - 100:
                writer.writerow((film["title"], film["year"], number % 5 + 1))
