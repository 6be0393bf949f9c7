"""Keeps files that were handed in and wait for their work: beside the database, never among what the site serves."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateFiles(FileSystemStorage):
    """The folder `uploads` in VAR_DIR, readable by the site's own account alone. It has no address."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:  # read anew: a setting may change
        """Where the files lie."""
        return str(settings.VAR_DIR / "uploads")

    @property
    def location(self) -> str:
        """Where the files lie."""
        return self.base_location

    def url(self, name: str | None) -> str:
        """Nobody may fetch these."""
        raise ValueError("A private file has no address.")
