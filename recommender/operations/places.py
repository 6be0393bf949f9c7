"""Where the site keeps files, and how much they take."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models


def uploads() -> dict[str, Path]:
    """Folders of what people handed in, by their name in a backup; none where another storage keeps it."""
    return {"media": Path(default_storage.path(""))} if isinstance(default_storage, FileSystemStorage) else {}


def named_in_database(folder: Path) -> set[Path]:
    """Files of the folder of uploads that some row of any model names."""
    found: set[Path] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField) and field.storage is default_storage:
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
