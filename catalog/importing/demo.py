"""Brings in the demo catalogue: the project's own fixtures, through the same bulk writing as any import.

Plain `loaddata` reads these files too, but asks the database several questions for each of ten thousand rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.importing.matching import Ambiguous, FilmIndex, Known
from catalog.importing.rows import FilmRow
from catalog.importing.writing import changes_of, create_films, update_films
from catalog.models import Like, User
from catalog.services import announce_changes

Key = tuple[str, int | None]

_PLAIN = {"title", "original_title", "year", "runtime", "language", "keywords", "description", "poster_url"}
_IDS = {"imdb_id", "tmdb_id", "movielens_id"}
_LISTS = {"genres", "countries"}
_STAMPS = {"created_at", "updated_at"}  # loaddata needs them; here the database gives the time


class DemoUnreadable(Exception):
    """The fixtures are missing or say something that cannot be read; the message names the cure."""


@dataclass
class DemoReport:
    """What loading did, and what it left out because it belongs to somebody."""

    films_created: int = 0
    films_updated: int = 0
    films_known: int = 0
    profiles_created: int = 0
    left_out: list[str] = field(default_factory=list)


@dataclass
class Profile:
    """A demo profile with its likes."""

    username: str
    display_name: str
    likes: dict[Key, datetime] = field(default_factory=dict)


def load_demo(folder: Path, *, again: bool = False) -> DemoReport:
    """Add the demo films and profiles that are not there; with `again`, put the texts of the others back as well."""
    films = _read_films(folder)
    profiles = _read_profiles(folder)
    report = DemoReport()
    with transaction.atomic():
        ids = _write_films(films, report, again=again)
        _write_profiles(profiles, ids, report, again=again)
    return report


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        for row in rows:
            yield row["model"], dict(row["fields"])
    except OSError as problem:
        raise DemoUnreadable(
            _("%(path)s is missing. Bring it back with: git checkout -- fixtures") % {"path": path}
        ) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise DemoUnreadable(
            _("%(path)s is no fixture (%(problem)s). Bring it back with: git checkout -- fixtures")
            % {"path": path, "problem": problem}
        ) from problem


def _read_films(folder: Path) -> dict[Key, FilmRow]:
    paths = sorted((folder / "films").glob("*.json"))
    if not paths:
        raise DemoUnreadable(
            _("There are no films in %(path)s. Bring them back with: git checkout -- fixtures")
            % {"path": folder / "films"}
        )
    films: dict[Key, FilmRow] = {}
    for path in paths:
        for model, fields in _objects(path):
            try:
                _add_to_films(films, model, fields)
            except (KeyError, ValueError, TypeError, IndexError) as problem:
                raise DemoUnreadable(
                    _("%(path)s: %(model)s cannot be read (%(problem)r) near %(fields)s")
                    % {"path": path, "model": model, "problem": problem, "fields": str(fields)[:100]}
                ) from problem
    return films


def _add_to_films(films: dict[Key, FilmRow], model: str, fields: dict[str, Any]) -> None:
    """Take in a film, or a text or credit of a film before."""
    if model == "catalog.movie":
        unknown = fields.keys() - _PLAIN - _IDS - _LISTS - _STAMPS
        if unknown:
            raise ValueError(f"unknown fields {sorted(unknown)}")
        known: dict[str, Any] = {name: value for name, value in fields.items() if name in _PLAIN | _IDS}
        for name in _LISTS:
            known[name] = [item[0] for item in fields.get(name, [])]
        films[fields["title"], fields.get("year")] = FilmRow(line=len(films) + 1, **known)
        return
    film = films[_key(fields["movie"])]
    if model == "catalog.filmtext":
        film.texts[fields["language"]] = {name: fields.get(name, "") for name in ("title", "description")}
    elif model == "catalog.credit":
        people = {"director": film.directors, "cast": film.cast}[fields["role"]]
        if fields["position"] != len(people):
            raise ValueError("credits have to stand in their order")
        people.append(fields["person"][0])
    else:
        raise ValueError("unknown model")


def _read_profiles(folder: Path) -> list[Profile]:
    profiles: dict[str, Profile] = {}
    path = folder / "profiles.json"
    for model, fields in _objects(path):
        try:
            if model == "catalog.user" and fields["is_demo"]:
                profiles[fields["username"]] = Profile(fields["username"], fields.get("display_name", ""))
            elif model == "catalog.like":
                time = parse_datetime(fields["created_at"]) if "created_at" in fields else None
                profiles[fields["user"][0]].likes[_key(fields["movie"])] = time or now()
            else:
                raise ValueError("not a demo profile or a like")
        except (KeyError, ValueError, TypeError, IndexError) as problem:
            raise DemoUnreadable(
                _("%(path)s: %(model)s cannot be read (%(problem)r)")
                % {"path": path, "model": model, "problem": problem}
            ) from problem
    return list(profiles.values())


def _key(natural: Sequence[Any]) -> Key:
    title, year = natural
    return title, year


def _write_films(films: Mapping[Key, FilmRow], report: DemoReport, *, again: bool) -> dict[Key, int]:
    """Create what is not there. A film that a curator has renamed is still found by its IMDb id."""
    index = FilmIndex()
    given = [row.ids() for row in films.values()]
    index.load(
        {kind: {ids_[kind] for ids_ in given if kind in ids_} for kind in _IDS}, {row.title for row in films.values()}
    )
    new: dict[Key, FilmRow] = {}
    matched: list[tuple[Known, FilmRow]] = []
    ids: dict[Key, int] = {}
    for key, row in films.items():
        try:
            known = index.find(row.title, row.year, row.ids())
        except Ambiguous as problem:
            report.left_out.append(f"{row.title} ({row.year}): {problem}")
            continue
        if known is None or known.pk is None:
            new[key] = row
        else:
            matched.append((known, row))
            ids[key] = known.pk
    created = create_films(list(new.values()))
    ids.update(zip(new, created, strict=True))
    changes = changes_of(matched) if again else []
    update_films(changes)
    announce_changes([*created, *(change.movie.pk for change in changes)])
    report.films_created, report.films_updated = len(created), len(changes)
    report.films_known = len(matched) - len(changes)
    return ids


def _write_profiles(profiles: Sequence[Profile], films: Mapping[Key, int], report: DemoReport, *, again: bool) -> None:
    """Create the profiles that are not there with their likes; an account of a person is never touched."""
    names = {profile.username.lower() for profile in profiles}
    rows = User.objects.annotate(lower=Lower("username")).filter(lower__in=names)
    there: dict[str, User] = {user.username.lower(): user for user in rows}
    chosen: list[tuple[User, Profile]] = []
    for profile in profiles:
        user = there.get(profile.username.lower())
        if user is None:
            user = User(username=profile.username, display_name=profile.display_name, is_demo=True)
            user.password = make_password(None)
            user.save()
            report.profiles_created += 1
        elif not user.is_demo:
            report.left_out.append(_("%(name)s: a visitor has this name") % {"name": profile.username})
            continue
        elif not again:
            continue
        chosen.append((user, profile))
    Like.objects.bulk_create(
        [
            Like(user=user, movie_id=films[key], created_at=time)
            for user, profile in chosen
            for key, time in profile.likes.items()
            if key in films
        ],
        ignore_conflicts=True,
    )
