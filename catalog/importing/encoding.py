"""Finds out how the letters of a text file are stored, and refuses files that hold no text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

_BLOCK = 1 << 20
_NOT_TEXT = {
    b"PK\x03\x04": "ZIP",  # also .xlsx and .ods
    b"\xd0\xcf\x11\xe0": "Excel",
    b"\x1f\x8b": "gzip",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"SQLite format 3": "SQLite",
}
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LOOKS_RIGHT = re.compile(r"[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]+")
_CAPITALS = re.compile(r"[А-ЯЁІЇЄҐЎ]+")


class Unreadable(Exception):
    """The whole file cannot be read; the message names the cure."""


def encoding_of(path: Path, *, last_resort: str = "") -> str:
    """The encoding of a text file: UTF-8, UTF-16 with its mark, or else Windows-1251 if the words look like it.

    With `last_resort` any other text is taken for that encoding instead of being refused.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise Unreadable(_("The file is empty."))
    for magic, kind in _NOT_TEXT.items():
        if head.startswith(magic):
            raise Unreadable(
                _("This is a %(kind)s file, not a CSV. Unpack it, or save the table as “CSV UTF-8”.") % {"kind": kind}
            )
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1251"):
        if _fits(path, encoding):
            return encoding
    if last_resort:
        return last_resort
    raise Unreadable(
        _("The letters are neither UTF-8 nor Windows-1251 (Cyrillic). Save the file as “CSV UTF-8” and try again.")
    )


def _fits(path: Path, encoding: str) -> bool:
    right = wrong = capitals = 0
    try:
        for text in _blocks(path, encoding):
            if "\0" in text:
                raise Unreadable(_("The file has zero bytes, so it is not text. Save the table as “CSV UTF-8”."))
            if encoding != "cp1251":
                continue
            for word in filter(_CYRILLIC.search, _WORD.findall(text)):
                right += bool(_LOOKS_RIGHT.fullmatch(word))
                capitals += bool(_CAPITALS.fullmatch(word))
                wrong += not (_LOOKS_RIGHT.fullmatch(word) or _CAPITALS.fullmatch(word))
    except UnicodeError:
        return False
    # Any other eight-bit text decodes as Windows-1251 too, but into words that mix alphabets ("Amйlie") or have small
    # letters before capitals (KOI8-R, where whole words become capitals).
    return wrong * 4 <= right and capitals <= right


def _blocks(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)
