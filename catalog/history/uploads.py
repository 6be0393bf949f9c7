"""Receives an uploaded file: refuses what is too large before it is stored, and gives the rest a path to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from catalog.history.unpack import LARGEST_UPLOAD

_FORM = 1 << 16  # bytes that the rest of the form may take


class Limit(FileUploadHandler):
    """Passes over the files of a request that is larger than any honest export; nothing of them is kept."""

    too_large = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        """Look at the announced size before anything is read."""
        self.too_large = content_length > LARGEST_UPLOAD + _FORM

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip the file if the request is too large."""
        super().new_file(*args, **kwargs)
        if self.too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the data to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


@contextmanager
def path_of(file: UploadedFile[Any]) -> Iterator[Path]:
    """Where the upload lies on disk; a small one is written there for as long as it is read."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    with NamedTemporaryFile(prefix="movierec-upload-") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
