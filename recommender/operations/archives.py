"""A backup as one file: a tar with a manifest of all its files, whole or absent, checked before it is believed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from recommender.ml.files import DRAFT, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
MANIFEST = "manifest.json"
PARTS = ("database", "models", "media", "uploads")
_PIECE = 1 << 20
_MOST_MANIFEST = 64 << 20


class DamagedBackup(Exception):
    """The file is no backup, or not the one that was written; the message names the cure."""


@dataclass
class Writer:
    """Adds files to a backup and remembers what was added."""

    tar: tarfile.TarFile
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Add a file under this name. A file that vanished meanwhile raises FileNotFoundError."""
        with path.open("rb") as source:
            facts = os.fstat(source.fileno())
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = facts.st_size, int(facts.st_mtime), 0o644
            counted = _Hashed(source)
            self.tar.addfile(member, counted)  # all that it needs is read()
        self.files[name] = {"sha256": counted.digest.hexdigest(), "size": facts.st_size}

    def finish(self, about: dict[str, Any]) -> None:
        """Write the manifest, which makes the backup whole."""
        manifest = {"format": FORMAT, **about, "files": self.files}
        content = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(content), 0o644
        self.tar.addfile(member, io.BytesIO(content))


@contextmanager
def writing(path: Path, room: Path) -> Iterator[Writer]:
    """Write a backup in a room beside it and put it in place in one step; it holds secrets, so it is private."""
    draft = room / "backup"
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
        with (
            _packed(file, path) as stream,
            tarfile.open(fileobj=stream, mode="w") as tar,
        ):
            yield Writer(tar)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into an empty folder, check every file, and give its manifest. Raises DamagedBackup."""
    try:
        with path.open("rb") as file, _unpacked(file) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as tar:
                manifest, found = _members(tar, folder)
            while stream.read(_PIECE):  # to the end, where gzip has its checksum
                pass
    except (tarfile.TarError, zlib.error, EOFError, ValueError, OSError) as problem:
        if isinstance(problem, OSError) and problem.filename and Path(problem.filename).is_relative_to(folder):
            raise
        raise DamagedBackup(
            _("%(file)s is no backup of this site, or it is damaged (%(problem)s). Use another backup.")
            % {"file": path.name, "problem": problem}
        ) from problem
    _compare(path, manifest, found)
    return manifest


def leftovers(folder: Path) -> list[Path]:
    """What was being written in a folder when its process was killed."""
    return sorted(folder.glob(f"{DRAFT}*")) if folder.is_dir() else []


def _members(tar: tarfile.TarFile, folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    manifest: dict[str, Any] = {}
    found: dict[str, dict[str, Any]] = {}
    for member in tar:
        source = tar.extractfile(member) if member.isfile() else None
        if source is None:
            raise ValueError(f"{member.name} is not a plain file")
        if member.name == MANIFEST:
            manifest = json.loads(source.read(_MOST_MANIFEST))
            continue
        if not _is_ours(member.name) or member.name in found:
            raise ValueError(f"{member.name} does not belong there")
        target = folder / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        found[member.name] = {"sha256": _copy(source, target), "size": member.size}
    return manifest, found


def _is_ours(name: str) -> bool:
    """Whether a name stays inside the folder it is unpacked to."""
    path = PurePosixPath(name)
    return len(path.parts) > 1 and path.parts[0] in PARTS and ".." not in path.parts and "\0" not in name


def _compare(path: Path, manifest: dict[str, Any], found: dict[str, dict[str, Any]]) -> None:
    if not manifest:
        raise DamagedBackup(
            _("%(file)s is not whole: its list of files is missing. Use another backup.") % {"file": path.name}
        )
    if manifest.get("format") != FORMAT:
        raise DamagedBackup(
            _("%(file)s has format %(theirs)s and this code reads %(ours)s. Use the code that wrote it.")
            % {"file": path.name, "theirs": manifest.get("format"), "ours": FORMAT}
        )
    listed = manifest.get("files", {})
    wrong = sorted(name for name in {*listed, *found} if listed.get(name) != found.get(name))
    if wrong:
        raise DamagedBackup(
            _("%(file)s is damaged: %(name)s is not what was saved. Use another backup.")
            % {"file": path.name, "name": wrong[0]}
        )


def _copy(source: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while piece := source.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


@contextmanager
def _packed(file: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    """The file itself, or through gzip when its name says so; level 3, since weights and vectors hardly shrink."""
    if path.suffix in {".gz", ".tgz"}:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=3) as packed:
            yield packed  # type: ignore[misc]
    else:
        yield file


@contextmanager
def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if is_packed:
        with gzip.GzipFile(fileobj=file, mode="rb") as stream:
            yield stream  # type: ignore[misc]
    else:
        yield file


class _Hashed:
    """Reads a file and its SHA-256 at once."""

    def __init__(self, source: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


def files_below(folder: Path) -> Iterable[Path]:
    """All plain files of a folder and its folders, hidden ones left out."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if (
            path.is_file()
            and not path.is_symlink()
            and not any(p.startswith(".") for p in path.relative_to(folder).parts)
        ):
            yield path
