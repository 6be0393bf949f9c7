"""Writes the files that tests import, and runs commands on them."""

import csv
import io
from pathlib import Path
from typing import Any

from django.core.management import call_command


def write(folder: Path, text: str, *, name: str = "films.csv", encoding: str = "utf-8") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def run(command: str, *args: Any, **options: Any) -> str:
    """What a command says."""
    out = io.StringIO()
    call_command(command, *map(str, args), stdout=out, stderr=out, **options)
    return out.getvalue()


def as_csv(*rows: list[str]) -> str:
    """Rows as the text of a CSV file, quoted where needed."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
