"""Makes titles comparable: letters folded, a moved article back in its place, other titles taken out of brackets."""

from __future__ import annotations

import re

from catalog.importing.cells import title_and_year
from catalog.search_entries import fold

LONGEST_KEY = 300
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ALSO_KNOWN = re.compile(r"^\s*(?:a\.?k\.?a\.?|aka)\s+", re.IGNORECASE)


def key_of(title: str) -> str:
    """A title without case, accents, marks and moved article; a title of marks alone stays what it is."""
    bare = title_and_year(title)[0] if ", " in title else title
    return (fold(bare.replace("&", " and ")) or bare.strip().casefold())[:LONGEST_KEY]


def keys_of(title: str) -> list[str]:
    """All keys under which a title may be known: whole, without its brackets, and what stands in them."""
    keys = [key_of(title)]
    if "(" in title:
        keys.append(key_of(_BRACKETS.sub(" ", title).strip()))
        keys += [key_of(_ALSO_KNOWN.sub("", other)) for other in _BRACKETS.findall(title) if not other.isdigit()]
    return [key for key in dict.fromkeys(keys) if key]
