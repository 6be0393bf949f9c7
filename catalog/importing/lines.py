"""Reads the lines of a table for Python's csv module, and refuses rows that no table of films has.

The module itself takes whatever comes: one line as long as the file, or a row of millions of cells.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from django.utils.translation import gettext as _

LARGEST_CELL = 16 << 20  # characters; TMDB's lists of everybody in a film pass Python's limit of 128 KB
_MOST_SEPARATORS = 1_000_000  # in one row; those inside of cells count, too


class Lines:
    """An iterator over lines. Whoever gets a row out of them says so with `row_done`."""

    def __init__(self, file: TextIO, delimiter: str) -> None:
        self._file = file
        self._delimiter = delimiter
        self.row_done()

    def row_done(self) -> None:
        """The next line begins a new row."""
        self._size = self._separators = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LARGEST_CELL + 1)
        if not line:
            raise StopIteration
        self._size += len(line)
        self._separators += line.count(self._delimiter)
        if self._size > LARGEST_CELL or self._separators > _MOST_SEPARATORS:
            raise csv.Error(_("the row is far too long"))
        return line
