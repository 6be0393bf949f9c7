"""Takes an uploaded file apart: a ZIP into its files, within limits that no honest export meets, or the one file."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zlib import error as ZlibError

from django.utils.translation import gettext as _

from catalog.importing.encoding import Unreadable

LARGEST_UPLOAD = 50 << 20
MOST_ENTRIES = 2000
LARGEST_ENTRY = 64 << 20
LARGEST_TOTAL = 128 << 20
HIGHEST_RATIO = 100  # unpacked to packed; texts of films stay below 30
_SMALL = 1 << 20  # below it a ratio says nothing
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar")
_READ = (".csv", ".tsv", ".txt", ".json")
_BLOCK = 1 << 18


@dataclass(frozen=True)
class Part:
    """One file to read: its name as it was packed, and where it lies now."""

    name: str
    path: Path

    @property
    def base(self) -> str:
        """The name without folders, in small letters."""
        return PurePosixPath(self.name).name.lower()

    @property
    def folders(self) -> set[str]:
        """The folders on the way to it, in small letters."""
        return {folder.lower() for folder in PurePosixPath(self.name).parts[:-1]}


@contextmanager
def parts_of(path: Path, name: str) -> Iterator[list[Part]]:
    """The files in a ZIP, unpacked to a folder that is gone afterwards; any other file is its only part."""
    if path.stat().st_size > LARGEST_UPLOAD:
        raise Unreadable(too_large())
    if not is_packed(path):
        yield [Part(name, path)]
        return
    with TemporaryDirectory(prefix="movierec-import-") as folder:
        yield _unpacked(path, Path(folder))


def is_packed(path: Path) -> bool:
    """Whether the file is a ZIP, whatever its name."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def too_large() -> str:
    """What is said about a file beyond the limit."""
    return _("The file is larger than %(most)d MB. Exports of films are smaller; is it the right file?") % {
        "most": LARGEST_UPLOAD >> 20
    }


def _unpacked(path: Path, folder: Path) -> list[Part]:
    try:
        with zipfile.ZipFile(path) as packed:
            entries = [entry for entry in packed.infolist() if not _is_litter(entry)]
            _refuse_dangers(packed.infolist(), entries)
            parts = []
            for number, entry in enumerate(entries):
                if entry.filename.lower().endswith(_READ):
                    parts.append(Part(entry.filename, _unpack(packed, entry, folder / str(number))))
            return parts
    except (zipfile.BadZipFile, ZlibError, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise Unreadable(_("The ZIP file is damaged. Download your export once more and try again.")) from problem


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what a Mac puts beside the files."""
    pieces = PurePosixPath(entry.filename).parts
    return entry.is_dir() or "__MACOSX" in pieces or not pieces or pieces[-1] in (".DS_Store", "Thumbs.db")


def _refuse_dangers(everything: list[zipfile.ZipInfo], entries: list[zipfile.ZipInfo]) -> None:
    if len(everything) > MOST_ENTRIES:
        raise Unreadable(
            _("The ZIP holds more than %(most)d files. Is it the export of a film site?") % {"most": MOST_ENTRIES}
        )
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Unreadable(_("The ZIP is locked with a password. Unpack it, and pack it again without one."))
        if _leads_out(entry):
            raise Unreadable(
                _("The ZIP holds a file with an unsafe path: %(name)s. Use the file just as the site gave it to you.")
                % {"name": entry.filename[:80]}
            )
        if entry.filename.lower().endswith(_ARCHIVES):
            raise Unreadable(
                _("The ZIP holds another archive: %(name)s. Unpack it, and choose the file inside.")
                % {"name": entry.filename[:80]}
            )
        if entry.compress_type not in _PACKINGS:
            raise Unreadable(_("The ZIP is packed in an unusual way. Unpack it, and pack it again as a plain ZIP."))
        if entry.file_size > max(_SMALL, HIGHEST_RATIO * entry.compress_size) or entry.file_size > LARGEST_ENTRY:
            raise Unreadable(_too_much())
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise Unreadable(_too_much())


def _too_much() -> str:
    return _("The ZIP unpacks to far more than an export of films has. Is it the right file?")


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """Absolute paths, paths with "..", Windows drives, and links to elsewhere."""
    name = entry.orig_filename
    path = PurePosixPath(name.replace("\\", "/"))
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return path.is_absolute() or ".." in path.parts or ":" in name.split("/")[0] or "\0" in name or is_link


def _unpack(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> Path:
    """Write one entry under a name of our own. What the ZIP says about its size is not trusted."""
    left = entry.file_size
    with packed.open(entry) as source, target.open("wb") as file:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise Unreadable(_too_much())
            file.write(block)
    return target
