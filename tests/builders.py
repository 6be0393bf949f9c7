"""Makes rows for tests: sensible defaults, and only what a test says differs."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from catalog.models import Country, Credit, Genre, Like, Movie, Person, User
from recommender.models import Embedding, ModelVersion
from recommender.vectors import next_revision, pack

_numbers = itertools.count(1)


def make_user(username: str = "", **fields: Any) -> User:
    """A visitor who cannot log in with a password: use client.force_login."""
    user = User(username=username or f"visitor{next(_numbers)}", **fields)
    user.set_unusable_password()
    user.save()
    return user


def make_movie(
    title: str = "",
    *,
    genres: Iterable[str] = (),
    directors: Iterable[str] = (),
    cast: Iterable[str] = (),
    countries: Iterable[str] = (),
    **fields: Any,
) -> Movie:
    """A published film; genres, people and countries are given by name."""
    movie = Movie.objects.create(title=title or f"Film {next(_numbers)}", **{"year": 2001, **fields})
    movie.genres.set([Genre.objects.get_or_create(name=name)[0] for name in genres])
    movie.countries.set([Country.objects.get_or_create(name=name)[0] for name in countries])
    for role, names in ((Credit.Role.DIRECTOR, directors), (Credit.Role.CAST, cast)):
        for position, name in enumerate(names):
            person = Person.objects.get_or_create(name=name)[0]
            Credit.objects.create(movie=movie, person=person, role=role, position=position)
    return movie


def like(user: User, *movies: Movie) -> None:
    """Let somebody like films, the last one most recently."""
    for movie in movies:
        Like.objects.create(user=user, movie=movie)


def make_version(vectors: Mapping[Movie, Sequence[float]], *, name: str = "", active: bool = True) -> ModelVersion:
    """A model version whose film vectors are given by hand (made unit here); it has no artifact on disk."""
    dimension = len(next(iter(vectors.values()), [1.0]))
    version = ModelVersion.objects.create(
        name=name or f"v{next(_numbers)}", dimension=dimension, films=len(vectors), likes=0, seconds=0, is_active=active
    )
    for movie, values in vectors.items():
        set_vector(version, movie, values)
    return version


def set_vector(version: ModelVersion, movie: Movie, values: Sequence[float]) -> None:
    """Give a film another vector, as a refresh would: with the next revision."""
    vector = np.array(values, np.float32)
    vector /= np.linalg.norm(vector) or 1
    Embedding.objects.update_or_create(
        movie=movie,
        version=version,
        defaults={"vector": pack(vector), "fingerprint": "by hand", "revision": next_revision(version)},
    )
