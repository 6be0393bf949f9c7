"""Moves everything from the site's database to another one, of another kind too: all of it or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.models.sql import InsertQuery
from django.db.utils import load_backend
from django.utils.translation import gettext as _

from recommender.operations import databases
from recommender.operations.address import cure, read_address

TARGET = "target"
_AT_ONCE = 1000  # rows in memory
_MEMORY = 32 << 20  # bytes that they may take where rows are large
_DIGEST = 1 << 256

Model = type[models.Model]
Progress = Callable[[int, int], None]


class CannotMove(Exception):
    """The target is as empty as before, and the site's own database untouched; the message names the cure."""


@dataclass(frozen=True)
class Moved:
    """How many rows each table has in both databases now."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def move(
    url: str,
    *,
    progress: Callable[[], Progress] = lambda: lambda done, total: None,
    say: Callable[[str], None] = lambda words: None,
) -> Moved:
    """Copy all rows to an empty database, ids included, and compare both afterwards. Raises CannotMove.

    The tables are made by migrations; then everything happens in one transaction of the target. What is read is the
    site's database at one moment, but what is written to it later is not moved: stop the site before. `progress` is
    asked for what counts the rows when copying begins.
    """
    with _connected(url):
        try:
            _prepare(say)
            with _reading(), transaction.atomic(using=TARGET):
                return _copy(progress, say)
        except DatabaseError as problem:
            raise CannotMove(
                cure(problem) or _("The target refuses what it gets: %(problem)s") % {"problem": str(problem).strip()}
            ) from problem


@contextmanager
def _connected(url: str) -> Iterator[None]:
    """The target beside the site's own database, as long as it takes."""
    try:
        config = read_address(url, name="TARGET")
    except ImproperlyConfigured as problem:
        raise CannotMove(str(problem)) from problem
    config = connections.configure_settings({DEFAULT_DB_ALIAS: {}, TARGET: config})[TARGET]
    connections[TARGET] = load_backend(config["ENGINE"]).DatabaseWrapper(config, TARGET)
    try:
        if _place(TARGET) == _place(DEFAULT_DB_ALIAS):
            raise CannotMove(_("The target is the database that the site uses now. Name another one."))
        yield
    finally:
        connections[TARGET].close()
        del connections[TARGET]


def _place(alias: str) -> list[str]:
    found = connections[alias].settings_dict
    return [str(found[name] or found["OPTIONS"].get(name.lower(), "")) for name in ("ENGINE", "NAME", "HOST", "PORT")]


def _prepare(say: Callable[[str], None]) -> None:
    """Refuse what cannot go well, and make the target's tables. Raises CannotMove."""
    if databases.waiting_migrations():
        raise CannotMove(_("The site's database waits for migrations. Run: manage.py migrate"))
    if unknown := sorted(set(databases.applied_migrations()) - databases.known_migrations()):
        raise CannotMove(
            _("The site's database is newer than this code (it has %(name)s). Update the code first.")
            % {"name": unknown[0]}
        )
    tables = set(connections[TARGET].introspection.table_names())
    ours = {model._meta.db_table for model in _models()} | {"django_migrations"}
    if tables - ours:
        raise CannotMove(
            _("The target has a table of something else (%(name)s). Make a new database and name that.")
            % {"name": min(tables - ours)}
        )
    if tables and not databases.is_empty(TARGET):
        raise CannotMove(_("The target has films or accounts already. Make a new database and name that."))
    say(_("Making the tables"))
    call_command("migrate", database=TARGET, interactive=False, verbosity=0)


@contextmanager
def _reading() -> Iterator[None]:
    """The site's database as it is at one moment."""
    source = connections[DEFAULT_DB_ALIAS]
    with transaction.atomic():
        if source.vendor == databases.POSTGRESQL and len(source.savepoint_ids) == 0:
            with source.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _copy(progress: Callable[[], Progress], say: Callable[[str], None]) -> Moved:
    """All rows of all tables, inside the target's transaction."""
    target, tables = connections[TARGET], _models()
    total = sum(_rows(model, DEFAULT_DB_ALIAS).count() for model in tables)
    for model in tables:  # migrations write rows, too; the site's own take their places
        _rows(model, TARGET)._raw_delete(TARGET)
    say(_("Rows to copy: %(count)d") % {"count": total})
    count_rows = progress()
    done, digests = 0, dict[Model, tuple[int, int]]()
    for model in tables:
        count = digest = 0
        at_once = _at_once(model)
        for rows in _batches(_rows(model, DEFAULT_DB_ALIAS).iterator(at_once), at_once):
            _insert(model, rows)
            digest = sum(map(_digest, rows), digest) % _DIGEST
            count += len(rows)
            count_rows(done + count, total)
        digests[model] = count, digest
        done += count
    target.check_constraints()
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
    say(_("Comparing both databases"))
    _compare(digests)
    return Moved({model._meta.db_table: count for model, (count, _digest) in digests.items()})


def _insert(model: Model, rows: list[models.Model]) -> None:
    """Write rows as they are: no signal, no automatic date, no new id."""
    target, fields = connections[TARGET], _fields(model)
    size = max(1, target.ops.bulk_batch_size(fields, rows))
    try:
        for some in _batches(rows, size):
            query = InsertQuery(model)
            query.insert_values(fields, some, raw=True)
            query.get_compiler(using=TARGET).execute_sql()
    except (DatabaseError, ValueError) as problem:
        raise CannotMove(
            _(
                "%(table)s, ids %(first)s to %(last)s: the target does not take a value (%(problem)s). "
                "Correct it in the admin, and move again."
            )
            % {
                "table": model._meta.verbose_name_plural,
                "first": rows[0].pk,
                "last": rows[-1].pk,
                "problem": str(problem).splitlines()[0],
            }
        ) from problem


def _compare(digests: dict[Model, tuple[int, int]]) -> None:
    """Read everything back; every value of every row is what it was, or nothing is kept. Raises CannotMove."""
    for model, expected in digests.items():
        count = digest = 0
        for row in _rows(model, TARGET).iterator(_at_once(model)):
            count, digest = count + 1, (digest + _digest(row)) % _DIGEST
        if (count, digest) != expected:
            raise CannotMove(
                _("%(table)s came out differently: %(theirs)d of %(ours)d rows, or other values. Nothing was kept.")
                % {"table": model._meta.verbose_name_plural, "theirs": count, "ours": expected[0]}
            )


def _digest(row: models.Model) -> int:
    """A number for the values of a row. Sums of them compare tables whatever the order of their rows."""
    values = [field.value_from_object(row) for field in _fields(type(row))]
    return int.from_bytes(hashlib.sha256(json.dumps(values, sort_keys=True, default=_plain).encode()).digest())


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def _models() -> list[Model]:
    """Every table of the site, those between films and genres included."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def _rows(model: Model, alias: str) -> models.QuerySet[Any]:
    """All rows, whatever a manager leaves out, in the order of their ids."""
    return models.QuerySet(model, using=alias).order_by("pk")


def _at_once(model: Model) -> int:
    """How many rows to hold in memory; a model whose rows are large says how large."""
    return min(_AT_ONCE, _MEMORY // getattr(model, "SIZE", 1))


def _fields(model: Model) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def _batches(rows: Iterable[models.Model], size: int) -> Iterator[list[models.Model]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
