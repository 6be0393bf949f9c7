"""Finds the folder of real files that tests may read, and skips a test where it is absent."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_PROJECT = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def shared_file(name: str) -> Path:
    """The path of a real file such as "seed/films.csv"; without it the test is skipped."""
    folder = Path(os.environ.get("MOVIEREC_SHARED_DATA") or _BESIDE_THE_PROJECT)
    path = folder / name
    if not path.is_file():
        pytest.skip(f"needs {name} in {folder}; set MOVIEREC_SHARED_DATA to the folder that has it")
    return path
