"""Reads a safetensors file in place: its arrays are mapped, so that processes share what they use.

The format: eight bytes with the length of a JSON header; the header: type, shape and place of each array; the data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}


def map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The file's arrays, read-only. Raises OSError, ValueError or KeyError when it is no such file."""
    data = np.memmap(path, np.uint8, "r")
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    if not 8 < start <= len(data):
        raise ValueError(f"{path} is no safetensors file")
    header = json.loads(data[8:start].tobytes())
    header.pop("__metadata__", None)
    return {name: _array(data, start, about) for name, about in header.items()}


def _array(data: NDArray[np.uint8], start: int, about: dict[str, Any]) -> NDArray[Any]:
    first, end = about["data_offsets"]
    return data[start + first : start + end].view(_TYPES[about["dtype"]]).reshape(about["shape"])
