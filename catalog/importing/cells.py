"""Turns the text of one cell into a value: a year, minutes, an id, an address, a list of names."""

from __future__ import annotations

import ast
import json
import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_aware, make_aware
from django.utils.translation import gettext as _

from catalog.models.films import FIRST_YEAR, LAST_YEAR, LONGEST_RUNTIME

_LARGEST_ID = 2_147_483_647
_EMPTY = {"", "\\n", "nan", "null", "none", "n/a"}
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_MINUTES = re.compile(r"([0-9]+)(?:[.,][0-9]+)?\s*(?:min|mins|minutes|minute|m|мин|минут|минуты|минута)?\.?")
_HOURS = re.compile(r"([0-9]{1,3})\s*(?:h|hr|hrs|hours?|ч|:)\.?\s*(?:([0-9]{1,2})\s*(?:m|min|mins|minutes|мин)?\.?)?")
_IMDB = re.compile(r"(?:.*/)?(?:tt)?([0-9]{1,10})/?(?:\?.*)?")
_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?")
_TITLE_YEAR = re.compile(r"(.*\S)\s*\(([0-9]{4})(?:[–-][0-9]{0,4})?\)\s*")
_ARTICLE = re.compile(
    r"(.+), (The|A|An|Les|Le|La|L'|Il|El|Los|Las|Der|Die|Das|Det|Den|De|Lo|Gli|I|O|Os|Una|Un)((?: \(.+)?)"
)
_GENERATION = {"jr", "sr", "ii", "iii", "iv", "мл", "ст"}
_NO_DAY = date.min
# Control characters, and halves of surrogate pairs, which no database can store.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)])
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class BadCell(ValueError):
    """A cell that cannot be what its column says; the message is for the report."""


def text(cell: str) -> str:
    """Text in composed letters (NFC), without control characters and outer blanks. A formula stays plain text."""
    return unicodedata.normalize("NFC", cell).translate(_CONTROL).replace("\r\n", "\n").strip()


def line(cell: str) -> str:
    """Text on one line."""
    return " ".join(text(cell).split())


def exact(cell: str) -> str:
    """What our own export wrote, to the letter."""
    return cell.translate(_CONTROL)


def is_empty(cell: str) -> bool:
    """Whether a cell says nothing, in the habit of any tool."""
    return cell.strip().casefold() in _EMPTY


def year(cell: str) -> int | None:
    """The year in a year or a date."""
    if is_empty(cell):
        return None
    found = _YEAR.search(cell)
    if not found or not FIRST_YEAR <= int(found[0]) <= LAST_YEAR:
        raise BadCell(
            _("“%(cell)s” is no year between %(first)d and %(last)d")
            % {"cell": _short(cell), "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return int(found[0])


def minutes(cell: str) -> int | None:
    """Minutes, written as 90, 90.0, 90 min, 1h 30m or 1:30; 0 means not known."""
    if is_empty(cell):
        return None
    plain = cell.strip().casefold()
    if found := _MINUTES.fullmatch(plain):
        value = int(found[1])
    elif found := _HOURS.fullmatch(plain):
        value = int(found[1]) * 60 + int(found[2] or 0)
    else:
        raise BadCell(_("“%(cell)s” is no number of minutes") % {"cell": _short(cell)})
    if value > LONGEST_RUNTIME:
        raise BadCell(_("“%(cell)s” is too long for a film") % {"cell": _short(cell)})
    return value or None


def imdb_id(cell: str) -> str:
    """An IMDb id as tt and seven digits or more, from an id, its digits or the address of its page."""
    if is_empty(cell):
        return ""
    found = _IMDB.fullmatch(cell.strip())
    if not found:
        raise BadCell(_("“%(cell)s” is no IMDb id, such as tt0017136") % {"cell": _short(cell)})
    return f"tt{found[1]:0>7}" if int(found[1]) else ""


def number_id(cell: str) -> int | None:
    """A numeric id; 0 means none."""
    if is_empty(cell):
        return None
    found = _WHOLE.fullmatch(cell.strip())
    if not found or int(found[1]) > _LARGEST_ID:
        raise BadCell(_("“%(cell)s” is no id; it should be a whole number") % {"cell": _short(cell)})
    return int(found[1]) or None


def stars(cell: str) -> float | None:
    """A rating in stars from 0 to 5."""
    if is_empty(cell):
        return None
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 5:
        raise BadCell(_("“%(cell)s” is no rating from 0 to 5 stars") % {"cell": _short(cell)})
    return value


def moment(cell: str) -> datetime | None:
    """A time: seconds since 1970 as MovieLens counts them, or a date with or without a time of day."""
    if is_empty(cell):
        return None
    plain = cell.strip()
    try:
        if _WHOLE.fullmatch(plain):
            return datetime.fromtimestamp(int(float(plain)), UTC)
        found = parse_datetime(plain) or datetime.combine(parse_date(plain) or _NO_DAY, time())
        if found.year > LAST_YEAR or found.date() == _NO_DAY:
            raise ValueError
        return found if is_aware(found) else make_aware(found)
    except (ValueError, OverflowError, OSError) as problem:
        raise BadCell(_("“%(cell)s” is no time") % {"cell": _short(cell)}) from problem


def title_and_year(title: str) -> tuple[str, int | None]:
    """Take MovieLens titles apart: "Matrix, The (1999)" is The Matrix of 1999."""
    found = _TITLE_YEAR.fullmatch(title)
    released = int(found[2]) if found else None
    bare = found[1] if found else title
    if moved := _ARTICLE.fullmatch(bare):
        blank = "" if moved[2].endswith("'") else " "
        bare = f"{moved[2]}{blank}{moved[1]}{moved[3]}"
    return bare, released if released and FIRST_YEAR <= released <= LAST_YEAR else None


@lru_cache(maxsize=256)
def language(cell: str) -> str:
    """A language code; names in English or in the language itself are known, anything else stays as it is."""
    if is_empty(cell):
        return ""
    name = cell.strip().casefold()
    for code, info in LANG_INFO.items():
        if name in {str(info.get("name", "")).casefold(), str(info.get("name_local", "")).casefold()}:
            return code
    return name if len(name) <= 3 else cell.strip()


def names(cell: str, *, commas: bool = True) -> list[str]:
    """The names in a cell: a JSON list, a Python list, or a text separated by "|" or by commas."""
    if is_empty(cell):
        return []
    if cell.lstrip().startswith(("[", "{")):
        listed = _listed(cell)
        if listed is not None:
            return _unique(_name_of(item) for item in listed)
        if cell.lstrip().startswith(("[{", '["', "['", "{")):
            raise BadCell(_("“%(cell)s” is a broken list") % {"cell": _short(cell)})
    if "|" in cell:
        return _unique(cell.split("|"))
    return _unique(_with_generations(cell.split(","))) if commas else _unique([cell])


def exact_names(cell: str) -> list[str]:
    """The names that our own export wrote: with "|" between them, or as JSON where a name has that sign itself."""
    listed = _listed(cell) if cell.startswith("[") else cell.split("|")
    if listed is None:
        raise BadCell(_("“%(cell)s” is a broken list") % {"cell": _short(cell)})
    return [name for name in dict.fromkeys(map(exact, map(_name_of, listed))) if name]


def yes_or_no(cell: str) -> bool | None:
    """Yes or no; an empty cell says neither."""
    if is_empty(cell):
        return None
    if cell.strip().casefold() not in _YES_NO:
        raise BadCell(_("“%(cell)s” is neither yes nor no") % {"cell": _short(cell)})
    return _YES_NO[cell.strip().casefold()]


def directors_in_crew(cell: str) -> list[str]:
    """The directors in TMDB's list of everybody who worked on a film."""
    return _unique(
        _name_of(item) for item in _listed(cell) or [] if isinstance(item, dict) and item.get("job") == "Director"
    )


def _listed(cell: str) -> list[Any] | None:
    """A cell in JSON, or in Python's notation as in The Movies Dataset; literals only, nothing is executed."""
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(cell.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return value if isinstance(value, list) else [value]
    return None


def _name_of(item: Any) -> str:
    value = item.get("name", "") if isinstance(item, dict) else item
    return value if isinstance(value, str) else ""


def _with_generations(parts: Iterable[str]) -> list[str]:
    """Put "Jr." and "мл." back to the name before the comma."""
    whole: list[str] = []
    for part in parts:
        if whole and part.strip(" .").casefold() in _GENERATION:
            whole[-1] += f",{part}"
        else:
            whole.append(part)
    return whole


def _unique(parts: Iterable[str]) -> list[str]:
    """The names on one line each, in their order, each once."""
    return [name for name in dict.fromkeys(map(line, parts)) if name]


def _short(cell: str) -> str:
    plain = line(cell)
    return plain if len(plain) <= 40 else f"{plain[:39]}…"
