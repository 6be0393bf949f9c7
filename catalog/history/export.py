"""Everything that is somebody's, as one JSON document; rows are found by what refers to the account, not by a list."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, Field, ForeignKey, Model, Q
from django.utils import timezone

from catalog.history.rule import Rule
from catalog.history.sources.own import FORMAT, VERSION
from catalog.history.writing import times_of
from catalog.models import HistoryImport, HistoryRow, Like, Mark, Movie, User

_FILM = ("title", "year", "imdb_id", "tmdb_id", "movielens_id")
_SECRETS = {"password"}  # of no use to its owner, and a danger in a file
# Where the rows of the models that everybody knows stand; those of any other model stand under its own name.
_SECTIONS: dict[type[Model], str] = {Like: "likes", Mark: "marks", HistoryImport: "imports", HistoryRow: "import_rows"}
_KNOWN_AS: dict[tuple[type[Model], str], str] = {
    (Like, "movie"): "film",
    (Like, "created_at"): "since",
    (Mark, "movie"): "film",
    (Mark, "created_at"): "since",
}
_AT_ONCE = 2000


def document(user: User) -> Iterator[str]:
    """The pieces of the JSON document, row by row, so that no list is ever held whole."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": timezone.now().isoformat(),
        "account": _account(user),
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    for model, section in _SECTIONS.items():
        yield from _array(section, _rows(model, user))
    yield from _array("waiting", _waiting(user))
    for model in owned_models():
        if model not in _SECTIONS:
            yield from _array(model._meta.label_lower, _rows(model, user))
    yield "\n}\n"


@lru_cache(maxsize=1)
def owned_models() -> dict[type[Model], tuple[str, ...]]:
    """All models whose rows are somebody's, with the ways from a row to its owner.

    Theirs is what names the account, and what dies with something of theirs. A row that names a person is that
    person's alone: what a friend left in my movie night is not mine to take along.
    """
    models = [model for model in apps.get_models(include_auto_created=True) if model is not User]
    found = {model: ways for model in models if (ways := [name for name, _dies in _keys(model, User)])}
    dying = {model: [name for name, dies in _keys(model, User) if dies] for model in found}
    fresh = {model: ways for model, ways in dying.items() if ways}
    while fresh:
        fresh = {
            model: ways
            for model in models
            if model not in found
            and (
                ways := [
                    f"{name}__{way}"
                    for parent, its_ways in fresh.items()
                    for name, dies in _keys(model, parent)
                    if dies
                    for way in its_ways
                ]
            )
        }
        found |= fresh
    return {model: tuple(ways) for model, ways in sorted(found.items(), key=lambda item: item[0]._meta.label_lower)}


def _keys(model: type[Model], target: type[Model]) -> list[tuple[str, bool]]:
    """The foreign keys of a model to another one, and whether its rows die with what they refer to."""
    keys = [field for field in model._meta.concrete_fields if _target(field) is target]
    return [(field.name, getattr(field.remote_field, "on_delete", None) is CASCADE) for field in keys]


def _target(field: Field[Any, Any]) -> type[Model] | None:
    return field.related_model if isinstance(field, ForeignKey) and isinstance(field.related_model, type) else None


def _rows(model: type[Model], user: User) -> Iterator[dict[str, Any]]:
    """The rows of one model that belong to somebody: one query, with the films that they name."""
    mine = Q()
    for way in owned_models()[model]:
        mine |= Q(**{way: user})
    fields = [field for field in model._meta.concrete_fields if field.name not in _SECRETS]
    films = [field.name for field in fields if _target(field) is Movie]
    names = [field.attname for field in fields] + [f"{name}__{part}" for name in films for part in _FILM]
    rows = model._base_manager.filter(mine).order_by("pk").values(*names)
    for values in rows.iterator(chunk_size=_AT_ONCE):
        yield {_KNOWN_AS.get((model, field.name), field.name): _value(field, values, user) for field in fields}


def _value(field: Field[Any, Any], values: dict[str, Any], user: User) -> Any:
    value = values[field.attname]
    target = _target(field)
    if value is None or target is None:
        return value
    if target is Movie:
        return _film(value, [values[f"{field.name}__{part}"] for part in _FILM])
    if target is User:
        return "me" if value == user.pk else "somebody else"  # the file tells nothing about other people
    return value


def _film(pk: int, values: list[Any]) -> dict[str, Any]:
    film = {name: value for name, value in zip(_FILM, values, strict=True) if value}
    return {"id": pk, **film}


def _waiting(user: User) -> Iterator[dict[str, Any]]:
    """Films of imports that nobody found yet, with the shelves that they will go to: what an import reads again."""
    rows = HistoryRow.objects.waiting().filter(history__user=user, history__state=HistoryImport.State.APPLIED)
    for row in rows.select_related("history").order_by("pk").iterator(chunk_size=_AT_ONCE):
        shelves = Rule.read(row.history.rule).shelves(times_of(row), row.rating, row.rated_at)
        film = {name: value for name in _FILM if (value := getattr(row, name))}
        yield {**film, "shelves": shelves}


def _account(user: User) -> dict[str, Any]:
    """The account itself, without its password, with its groups and rights by name."""
    fields = [field for field in user._meta.concrete_fields if field.name not in _SECRETS]
    account = {field.name: field.value_from_object(user) for field in fields}
    account["groups"] = list(user.groups.values_list("name", flat=True))
    account["user_permissions"] = list(user.user_permissions.values_list("codename", flat=True))
    return json.loads(_json(account))  # type: ignore[no-any-return]


def _array(name: str, rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f",\n {json.dumps(name)}: ["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n  {_json(row)}"
    yield "]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    return str(value)
