"""The films, accounts and models that a crowd meets on, on a database that all its threads share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connections
from django.test import Client

from catalog.models import Movie, User
from catalog.search_entries import refresh as refresh_entries
from recommender import trials
from recommender.ml import artifacts
from recommender.ml.training import train
from recommender.models import ModelVersion
from recommender.upkeep import bring_up_to_date
from tests.builders import make_movie, make_user
from tests.ml.films import QUICK, SMALL

PASSWORD = "an evening at the pictures"
STEADY, PAIRS, DOOMED = 16, 12, 12  # films that stay; pairs that may be merged; films that may be deleted
VISITORS, LEAVING = 5, 6  # accounts that stay, and those that may be deleted
_WORDS = ("harbour", "storm", "verdict", "judge", "island", "trial", "captain", "witness", "reef", "alibi")


@dataclass
class World:
    """Ids of all that the crowd may touch, and the cookies of its accounts."""

    steady: list[int]
    pairs: list[tuple[int, int]]
    doomed: list[int]
    visitors: list[User]
    leaving: list[User]
    curator: User
    versions: list[str]
    cookies: dict[int, str]

    def family(self, film: int) -> int:
        """Films that may become one share a family."""
        return self._families[film]

    def __post_init__(self) -> None:
        self._families = {film: film for film in (*self.steady, *self.doomed)}
        self._families |= {film: pair[0] for pair in self.pairs for film in pair}

    @property
    def films(self) -> list[int]:
        """All films that visitors press on."""
        return list(self._families)

    def browser(self, user: User | None = None) -> Client:
        """A browser in which somebody is logged in, sharing the session with their others."""
        browser = Client(raise_request_exception=False)
        if user is not None:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[user.pk]
        return browser


def film(title: str, number: int) -> Movie:
    """A film with words, people and a genre, some of them shared with others."""
    words = " ".join(_WORDS[(number * step) % len(_WORDS)] for step in (1, 3, 7))
    genre, person = ("Drama", "Comedy", "Western")[number % 3], f"Person {number % 7}"
    return make_movie(title, year=1950 + number, description=words, genres=[genre], directors=[person], cast=["Al Bo"])


def make_world() -> World:
    """Fill an empty database; two model versions with artifacts of their own, the first one active."""
    steady = [film(f"Steady {number}", number) for number in range(STEADY)]
    pairs = [(film(f"Pair {n} left", n), film(f"Pair {n} right", n + 1)) for n in range(PAIRS)]
    doomed = [film(f"Doomed {number}", number) for number in range(DOOMED)]
    refresh_entries([*(movie.pk for movie in (*steady, *doomed)), *(movie.pk for pair in pairs for movie in pair)])
    visitors = [make_user(f"visitor-{number}") for number in range(VISITORS)]
    leaving = [make_user(f"leaving-{number}") for number in range(LEAVING)]
    for user in leaving:
        user.set_password(PASSWORD)
        user.save()
    curator = make_user("the-curator", is_staff=True)
    curator.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["catalog", "recommender"]))
    cookies = {}
    for user in (*visitors, *leaving, curator):
        browser = Client()
        browser.force_login(user)
        cookies[user.pk] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return World(
        steady=[movie.pk for movie in steady],
        pairs=[(left.pk, right.pk) for left, right in pairs],
        doomed=[movie.pk for movie in doomed],
        visitors=visitors,
        leaving=leaving,
        curator=curator,
        versions=_two_versions(),
        cookies=cookies,
    )


def _two_versions() -> list[str]:
    corpus = trials.read_corpus()
    likes = trials.Likes(corpus.visitors, corpus.films)
    trained = train(corpus.records, likes, model_config=SMALL, train_config=QUICK)
    names = ["one", "two"]
    for name in names:
        artifacts.publish(settings.MODELS_DIR, name, trained, film_ids=corpus.ids)
        version = ModelVersion.objects.create(
            name=name,
            dimension=trained.model_config.dimension,
            films=trained.n_films,
            likes=0,
            seconds=0,
            is_active=name == "one",
        )
        bring_up_to_date(version)
    return names


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """A database that threads with connections of their own share: the tests' SQLite in memory becomes a real file."""
    ours: Any = connections["default"]
    if ours.vendor != "sqlite":
        yield
        return
    ours.ensure_connection()
    file = folder / "crowd.sqlite3"
    file.write_bytes(ours.connection.serialize())
    known = connections.settings["default"]
    connections.settings["default"] = {**known, "NAME": str(file)}
    connections["default"] = type(ours)(connections.settings["default"], "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = ours
        connections.settings["default"] = known
        for left in folder.glob("crowd.sqlite3*"):
            left.unlink()


def forget_snapshots() -> None:
    """As if no worker had ever written one."""
    shutil.rmtree(settings.INDEX_DIR, ignore_errors=True)
