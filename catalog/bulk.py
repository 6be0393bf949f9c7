"""Writes many rows of a table in one go, where making a model instance of each would take most of the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router

# Fields whose values databases take as they are.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def write_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, unique: int = 0
) -> None:
    """Insert rows of values of these fields; the table's other columns must have no default in Python.

    With `unique`, the first so many columns are a key: rows that are there already get the values of the others.
    """
    connection = connections[router.db_for_write(model)]
    by_name = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    fields = [by_name[name] for name in columns]
    prepare = [(at, field) for at, field in enumerate(fields) if not isinstance(field, _PLAIN)]
    values = [list(row) for row in rows]
    for row in values:
        for at, field in prepare:
            row[at] = field.get_db_prep_save(row[at], connection)
    if not values:
        return
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    sql = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)}) "  # noqa: S608 (from models)
        f"VALUES ({', '.join(['%s'] * len(names))})"
    )
    if unique:
        others = ", ".join(f"{name} = excluded.{name}" for name in names[unique:])
        sql += f" ON CONFLICT ({', '.join(names[:unique])}) DO UPDATE SET {others}"
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)
