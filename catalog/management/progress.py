"""Tells people at a terminal how far a long command is, and what it could not take."""

from __future__ import annotations

import time
from typing import Any

from django.utils.translation import gettext as _

from catalog.importing.report import Remarks

SHOWN = 20


class Progress:
    """Writes a line every few seconds; short work stays silent."""

    def __init__(self, out: Any, *, enabled: bool, every: float = 2.0) -> None:
        self.done = 0
        self._out = out
        self._enabled = enabled
        self._every = every
        self._started = self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        self.done = done
        now = time.monotonic()
        if not self._enabled or now - self._last < self._every or done >= total:
            return
        self._last = now
        left = (now - self._started) / done * (total - done)
        self._out.write(
            _("%(done)d of %(total)d rows, about %(left)d seconds left") % {"done": done, "total": total, "left": left}
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
