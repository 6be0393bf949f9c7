"""Tells people at a terminal how far a long command is, and what it could not take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from catalog.importing.report import Remarks

SHOWN = 20


class Progress:
    """Says how far the work is every few seconds; short work stays silent."""

    def __init__(self, say: Callable[[str], None], *, every: float = 2.0) -> None:
        self.done = 0
        self._say = say
        self._every = every
        self._started = self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        self.done = done
        now = time.monotonic()
        if now - self._last < self._every or not 0 < done < total:
            return
        self._last = now
        left = (now - self._started) / done * (total - done)
        self._say(
            _("%(done)d of %(total)d, about %(left)d seconds left") % {"done": done, "total": total, "left": left}
        )


def remarks(heading: str, found: Remarks, *, everything: bool) -> list[str]:
    """The remarks as lines of a report, shortened unless everything is wanted."""
    if not found.count:
        return []
    shown = found.first if everything else found.first[:SHOWN]
    lines = [
        f"{heading}:",
        *(_("  line %(line)d: %(words)s") % {"line": line, "words": words} for line, words in shown),
    ]
    if found.count > len(shown):
        more = _("  and %(count)d more") % {"count": found.count - len(shown)}
        lines.append(more if everything else more + _(" (-v 2 shows them)"))
    return lines


def remarks_for_programs(found: Remarks) -> dict[str, Any]:
    """The same as data: how many there are, and the first of them."""
    return {"count": found.count, "first": [{"line": line, "words": words} for line, words in found.first]}
