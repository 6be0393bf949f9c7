"""Shows a row of an import to people: field by field, old and new."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.importing.values import field_name, in_order
from catalog.models import ImportRow

_LONGEST = 400  # characters of a value; a whole description would hide the other rows


@dataclass(frozen=True)
class ShownRow:
    """What the page says about one row."""

    row: ImportRow
    address: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)  # name, old, new


def shown(row: ImportRow) -> ShownRow:
    """A row for the page."""
    address = reverse("admin:catalog_movie_change", args=[row.movie_id]) if row.movie_id else ""
    return ShownRow(
        row, address, [(field_name(name), _words(old), _words(new)) for name, (old, new) in in_order(row.diff)]
    )


def _words(value: Any) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
