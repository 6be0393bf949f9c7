"""How the site is: what it has, how fresh its model is, who works for it, and what needs attention with the cure."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Like, Movie, User
from jobs.models import SILENT_FOR, Job, Worker
from recommender import model_files
from recommender.corpus import film_records
from recommender.map import Places
from recommender.ml.artifacts import ArtifactError
from recommender.models import Embedding, FilmMap, ModelVersion
from recommender.operations import backup, databases
from recommender.operations.address import cure
from recommender.operations.places import size_of, uploads
from recommender.pipeline import what_is_worse
from recommender.vectors import damaged

LITTLE_SPACE = 1 << 30  # bytes; a training and a backup take some hundred megabytes
LONG_WAIT = timedelta(minutes=5)
OLD_BACKUP = timedelta(days=8)


@dataclass(frozen=True)
class Need:
    """Something that needs attention, and what helps."""

    words: str
    cure: str


@dataclass
class Status:
    """Facts by subject, as plain values for people and programs, and what needs attention."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)


def gather(*, quick: bool = False, progress: Callable[[int, int], None] = lambda done, total: None) -> Status:
    """Look at everything. `quick` leaves out what reads every film: whether its vector is stale."""
    status = Status()
    try:
        _database(status)
        if status.needs:
            return status  # without its tables nothing else can be said
        _catalogue(status)
        version = ModelVersion.objects.active()
        _model(status, version)
        if version:
            _vectors(status, version, quick=quick, progress=progress)
        _jobs(status)
    except DatabaseError as problem:
        status.facts["database"] = {"kind": databases.vendor(), "answers": False}
        words = cure(problem) or _("The database does not answer: %(problem)s") % {"problem": str(problem).strip()}
        status.needs.append(Need(words, _("Start it, or correct DATABASE_URL.")))
    _disk(status)
    return status


def missing_vectors(version: ModelVersion) -> int:
    """Published films that have no vector under a version."""
    return int(Movie.objects.listed().exclude(embeddings__version=version).count())


def _stale_and_damaged(version: ModelVersion, progress: Callable[[int, int], None]) -> tuple[int, int]:
    """Films whose vector was computed from another text, and films whose vector is not what was written."""
    stale, broken, done, total = 0, 0, 0, Movie.objects.count()
    for films in film_records(Movie.objects.all()):
        rows = Embedding.objects.of(version).filter(movie__in=[pk for pk, _record in films])
        found = list(rows.values_list("movie_id", "fingerprint", "vector"))
        known = {pk: fingerprint for pk, fingerprint, _vector in found}
        broken += int(damaged([bytes(vector) for *_rest, vector in found], version.dimension).sum())
        stale += sum(pk in known and known[pk] != record.fingerprint() for pk, record in films)
        done += len(films)
        progress(done, total)
    return stale, broken


def _database(status: Status) -> None:
    waiting = databases.waiting_migrations()
    status.facts["database"] = {
        "kind": databases.vendor(),
        "answers": True,
        "size": databases.size(),
        "migrations_waiting": len(waiting),
    }
    if waiting:
        words = ngettext(
            "%(count)d migration is not applied.", "%(count)d migrations are not applied.", len(waiting)
        ) % {"count": len(waiting)}
        status.needs.append(Need(words, "manage.py migrate"))
    elif unknown := databases.unknown_migrations():
        words = _("The database is newer than this code, which does not know %(name)s.") % {"name": unknown[0]}
        status.needs.append(Need(words, _("Update the code, or bring back a backup from before")))


def _catalogue(status: Status) -> None:
    films, published = Movie.objects.count(), Movie.objects.listed().count()
    status.facts["catalogue"] = {
        "films": films,
        "published": published,
        "likes": Like.objects.count(),
        "accounts": User.objects.count(),
    }
    if not films:
        status.needs.append(Need(_("There are no films."), _("manage.py import_movies FILE, or manage.py load_demo")))


def _model(status: Status, version: ModelVersion | None) -> None:
    if version is None:
        status.facts["model"] = {"active": None, "versions": ModelVersion.objects.count()}
        if ModelVersion.objects.exists():
            cure = _("manage.py models lists the versions; manage.py models --activate VERSION")
        else:
            cure = "manage.py train_vae"
        status.needs.append(Need(_("No trained model is active; films are ranked by popularity."), cure))
        return
    status.facts["model"] = {
        "active": version.name,
        "versions": ModelVersion.objects.count(),
        "trained": version.created_at.isoformat(timespec="seconds"),
        "age_days": (timezone.now() - version.created_at).days,
        "films": version.films,
        "likes": version.likes,
        "ndcg_at_100": (version.quality("warm", "vae") or {}).get("mean"),
        "popularity_ndcg_at_100": (version.quality("warm", "popularity") or {}).get("mean"),
    }
    try:
        model_files.load(version)
    except ArtifactError as problem:
        cure = _("Bring the folder back from a backup, activate another version, or run manage.py train_vae")
        status.needs.append(Need(str(problem), cure))
    if databases.vendor() == databases.POSTGRESQL and not version.pieces.exists():
        words = _("The active model comes from older code and is not in the database, so other hosts cannot get it.")
        status.needs.append(Need(words, f"manage.py models --activate {version.name}"))
    if worse := what_is_worse(version, None):
        status.needs.append(Need(worse, _("Train again (manage.py train_vae), or go back with manage.py models")))


def _vectors(status: Status, version: ModelVersion, *, quick: bool, progress: Callable[[int, int], None]) -> None:
    missing = missing_vectors(version)
    stale, broken = (None, None) if quick else _stale_and_damaged(version, progress)
    status.facts["vectors"] = {
        "stored": Embedding.objects.of(version).count(),
        "missing": missing,
        "stale": stale,
        "damaged": broken,
    }
    if missing:
        words = ngettext(
            "%(count)d film has no vector and is not recommended.",
            "%(count)d films have no vector and are not recommended.",
            missing,
        )
        status.needs.append(Need(words % {"count": missing}, "manage.py refresh_embeddings"))
    if broken:
        words = ngettext("%(count)d vector is damaged.", "%(count)d vectors are damaged.", broken)
        status.needs.append(Need(words % {"count": broken}, "manage.py refresh_embeddings"))
    drawn = FilmMap.objects.filter(version=version).first()
    if drawn is not None and drawn.films and not len(Places.stored(drawn).ids):
        status.needs.append(Need(_("The film map is damaged."), "manage.py refresh_embeddings"))
    if stale:
        words = ngettext(
            "%(count)d vector is older than its film.", "%(count)d vectors are older than their films.", stale
        )
        status.needs.append(Need(words % {"count": stale}, "manage.py refresh_embeddings"))


def _jobs(status: Status) -> None:
    now, found = timezone.now(), dict(Job.objects.values_list("state").annotate(Count("pk")).order_by())
    workers = Worker.objects.alive().count()
    status.facts["jobs"] = {"workers": workers, **{state.value: found.get(state.value, 0) for state in Job.State}}
    running, waiting = Job.objects.filter(state=Job.State.RUNNING), Job.objects.filter(state=Job.State.WAITING)
    cure = _("Start a worker: manage.py db_worker")
    lost = running.filter(seen_at__lt=now - SILENT_FOR).count()
    if lost:
        words = ngettext("%(count)d job lost its worker.", "%(count)d jobs lost their worker.", lost)
        status.needs.append(Need(words % {"count": lost}, cure))
    late = waiting.filter(created_at__lt=now - LONG_WAIT).count()
    if late and not workers:
        words = ngettext("%(count)d job waits and no worker runs.", "%(count)d jobs wait and no worker runs.", late)
        status.needs.append(Need(words % {"count": late}, cure))


def _disk(status: Status) -> None:
    free = shutil.disk_usage(settings.VAR_DIR).free
    newest = backup.newest(settings.BACKUP_DIR)
    saved = datetime.fromtimestamp(newest.stat().st_mtime, tz=timezone.get_current_timezone()) if newest else None
    status.facts["disk"] = {
        "free": free,
        "models": size_of(settings.MODELS_DIR),
        "uploads": sum(map(size_of, uploads().values())),
        "backups": size_of(settings.BACKUP_DIR),
        "newest_backup": saved.isoformat(timespec="seconds") if saved else None,
    }
    if free < LITTLE_SPACE:
        status.needs.append(
            Need(
                _("Less than 1 GB is free in %(folder)s.") % {"folder": settings.VAR_DIR},
                _("Free some space; manage.py prune says what could go"),
            )
        )
    if saved and timezone.now() - saved > OLD_BACKUP:
        words = _("The newest backup is %(days)d days old.") % {"days": (timezone.now() - saved).days}
        status.needs.append(Need(words, _("manage.py backup; look at the timer that should run it")))
