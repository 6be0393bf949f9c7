"""Keeps spreadsheets from running what a film is called: marks cells that would be formulas, and takes the mark off."""

from __future__ import annotations

import re

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula, also behind blanks and our own mark.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_MARKED = re.compile(rf"'{_FORMULA.pattern}")


def neutralised(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet would run it; "'=1" gets a second one."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def original(cell: str) -> str:
    """A neutralised cell as it was."""
    return cell[1:] if _MARKED.match(cell) else cell
