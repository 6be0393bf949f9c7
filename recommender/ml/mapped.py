"""Named arrays as a folder of plain .npy files: whole or absent, and mapped into memory by many processes at once."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .files import draft_folder, sweep, sync_folder, write_through

Arrays = dict[str, NDArray[Any]]

_FORMAT = 1
_MANIFEST = "manifest.json"
_PIECE = 1 << 22  # bytes of a file that a checksum reads at once


class Unreadable(Exception):
    """The folder is missing, damaged or written by other code; whoever wants its arrays makes them anew."""


@dataclass(frozen=True)
class Mapped:
    """A folder that was read and checked; `facts` are what its writer said about the arrays."""

    folder: Path
    facts: Mapping[str, Any]
    names: tuple[str, ...]

    def arrays(self) -> Arrays:
        """The arrays, mapped afresh: pages are shared with all other readers until somebody writes to one of them.

        Raises Unreadable when the folder was taken away meanwhile.
        """
        # Mode "c" is copy on write: a change stays in this mapping, neither the file nor other readers see it.
        try:
            return {name: np.load(self.folder / f"{name}.npy", "c", allow_pickle=False) for name in self.names}
        except OSError as problem:
            raise Unreadable(f"{self.folder} is not there any more") from problem


def write(folder: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write the folder in one step; one that is there already is replaced."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent)
    with draft_folder(folder.parent) as draft:
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        files = {path.name: _checksum(path) for path in sorted(draft.iterdir())}
        manifest = {"format": _FORMAT, "facts": dict(facts), "files": files}
        write_through(draft / _MANIFEST, json.dumps(manifest).encode())
        sync_folder(draft)
        remove(folder)
        draft.rename(folder)
        sync_folder(folder.parent)


def read(folder: Path) -> Mapped:
    """Check a folder's files and give what it holds. Raises Unreadable."""
    facts, files = _manifest(folder)
    for file, checksum in files.items():
        try:
            found = _checksum(folder / file)
        except OSError as problem:
            raise Unreadable(f"{folder / file} cannot be read: {problem}") from problem
        if found != checksum:
            raise Unreadable(f"{folder / file} is damaged")
    return Mapped(folder, facts, tuple(file.removesuffix(".npy") for file in files))


def remove(folder: Path) -> None:
    """Take a folder away; processes that have it mapped keep what they see."""
    with suppress(OSError):
        # The manifest goes first: half a folder must not look whole. Where nothing can be removed, checksums decide.
        (folder / _MANIFEST).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _manifest(folder: Path) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        known, facts, files = manifest["format"], dict(manifest["facts"]), dict(manifest["files"])
    except (OSError, KeyError, TypeError, ValueError) as problem:
        raise Unreadable(f"{folder} has no manifest that can be read") from problem
    if known != _FORMAT:
        raise Unreadable(f"{folder} has format {known}, this code reads {_FORMAT}")
    return facts, files


def _checksum(path: Path) -> int:
    """CRC-32: it finds what a disk or a full one does to a file, at the speed of memory."""
    checksum = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            checksum = zlib.crc32(piece, checksum)
    return checksum
