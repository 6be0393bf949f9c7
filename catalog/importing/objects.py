"""Reads films from JSON, an array or one object after another, in constant memory and with their lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from catalog.importing.encoding import Unreadable

LARGEST_FILM = 2 << 20  # characters; parsed, empty lists take thirty times as much memory
MOST_FIELDS = 500
_BLOCK = 1 << 20
_BLANK = " \t\r\n"


def is_json(path: Path, encoding: str) -> bool:
    """Whether a file begins as JSON does; no table with headers begins with a bracket."""
    with path.open(encoding=encoding) as file:
        head = file.read(4096)
    return head.lstrip(f"{_BLANK}\ufeff").startswith(("[", "{"))


def objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, film); of several films on one line each further one counts as a line of its own."""
    with path.open(encoding=encoding) as file:
        last = 0
        for line, found in _Reader(file).values():
            if not isinstance(found, dict):
                raise _unreadable(line, _("each film has to be an object: {…}"))
            last = max(line, last + 1)
            yield last, found


def fields_of(path: Path, encoding: str) -> list[str]:
    """The names that the objects use, in the order in which they first appear."""
    names: dict[str, None] = {}
    for line, found in objects(path, encoding):
        names.update(dict.fromkeys(found))
        if len(names) > MOST_FIELDS:
            raise _unreadable(line, _("there are more than %(count)d names of fields") % {"count": MOST_FIELDS})
    return list(names)


def as_cell(value: Any) -> str:
    """A value as a cell of a table would hold it; lists stay JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "ignore").decode()  # a lone half of a surrogate pair is no letter


def _unreadable(line: int, reason: str) -> Unreadable:
    return Unreadable(_("Line %(line)d cannot be read as JSON: %(reason)s.") % {"line": line, "reason": reason})


class _Reader:
    """Walks through a file from value to value and keeps no more of it than the value that it is at."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._decoder = json.JSONDecoder()

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield (line, value) of an array's items, or of values that stand one after another."""
        in_array = self._next() == "["
        if in_array:
            self._at += 1
        while (first := self._next(",")) and not (in_array and first == "]"):
            line = self._line
            yield line, self._value()
        if in_array and first != "]":
            raise _unreadable(self._line, _("the list breaks off"))
        self._at += in_array
        if in_array and self._next():
            raise _unreadable(self._line, _("something follows the list"))

    def _next(self, separators: str = "") -> str:
        """The next character that is no blank, or nothing at the end."""
        while True:
            while self._at < len(self._text):
                character = self._text[self._at]
                if character not in _BLANK and character not in separators and character != "\ufeff":
                    return character
                self._line += character == "\n"
                self._at += 1
            if not self._more():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError as problem:
                raise _unreadable(self._line, _("it is nested too deep")) from problem
            except json.JSONDecodeError as problem:
                held = len(self._text) - self._at
                if held <= LARGEST_FILM and self._more(held):  # twice as much, as each try begins anew
                    continue
                line = self._line + self._text.count("\n", self._at, problem.pos)
                raise _unreadable(line, problem.msg) from problem
            except ValueError as problem:  # a number of thousands of digits
                raise _unreadable(self._line, str(problem)) from problem
            self._line += self._text.count("\n", self._at, end)
            self._at = end
            return value

    def _more(self, size: int = _BLOCK) -> bool:
        block = self._file.read(max(size, _BLOCK))
        self._text = self._text[self._at :] + block
        self._at = 0
        return bool(block)
