"""Keeps files that were handed in and wait for their work: in the database, never among what the site serves.

So a background worker on another host can read them, and a backup of the database holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.db.models.query import QuerySet
from django.utils.deconstruct import deconstructible

from catalog.models.waiting_files import FilePiece


@deconstructible
class PrivateFiles(Storage):
    """Files as rows of `FilePiece`, without an address; `on_disk` reads them."""

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return _pieces(name).exists()

    def size(self, name: str) -> int:
        """Its length in bytes."""
        return int(_pieces(name).aggregate(bytes=Sum(Length("content")))["bytes"] or 0)

    def delete(self, name: str) -> None:
        """Forget it."""
        _pieces(name).delete()

    def url(self, name: str | None) -> str:
        """Nobody may fetch these."""
        raise ValueError("A private file has no address.")

    def _save(self, name: str, content: File[Any]) -> str:
        with transaction.atomic():
            for number, piece in enumerate(content.chunks(FilePiece.SIZE)):
                FilePiece.objects.create(name=name, number=number, content=piece)
        return name


@contextmanager
def on_disk(name: str) -> Iterator[Path]:
    """A private file as a file on this host, gone afterwards. Raises FileNotFoundError."""
    with NamedTemporaryFile(prefix="movierec-private-") as copy:
        contents = _pieces(name).order_by("number").values_list("content", flat=True)
        copy.writelines(contents.iterator(chunk_size=2))
        if not copy.tell():
            raise FileNotFoundError(name)
        copy.flush()
        yield Path(copy.name)


def _pieces(name: str) -> QuerySet[FilePiece]:
    return FilePiece.objects.filter(name=name)
