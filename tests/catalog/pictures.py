"""Draws the pictures that tests upload and fetch, good and bad ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(width: int = 600, height: int = 900, *, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, (width, height), options.pop("colour", None) or "teal").save(out, kind, **options)
    return out.getvalue()


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of some hundred bytes whose header promises gigabytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 500)) + chunk(b"IEND", b"")
    )
