"""Makes rows for tests: sensible defaults, and only what a test says differs."""

import itertools
from collections.abc import Iterable
from typing import Any

from catalog.models import Country, Credit, Genre, Like, Movie, Person, User

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
