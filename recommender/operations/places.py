"""Where the site keeps files, and how much they take."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models


def uploads() -> dict[str, Path]:
    """Folders of what people handed in, by their name in a backup: pictures for everybody, and private files."""
    return {"media": Path(settings.MEDIA_ROOT), "uploads": Path(settings.VAR_DIR) / "uploads"}


def named_in_database(folder: Path) -> set[Path]:
    """Files of a folder that some row of any model names."""
    found: set[Path] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField) and Path(field.storage.path("")).resolve() == folder.resolve():
                names = model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                found.update(folder / str(name) for name in names.iterator() if name)
    return found


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; 0 for what is not there."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for file in path.rglob("*") if path.is_dir() else ():
        try:
            total += file.lstat().st_size if file.is_file() else 0
        except FileNotFoundError:  # gone this instant
            continue
    return total
