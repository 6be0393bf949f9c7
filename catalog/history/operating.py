"""The same import for operators: a visitor's export from the command line, in one go and with the usual rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.history import bringing, writing
from catalog.history.shown import outcomes_of, skipped_of, written_of
from catalog.models import HistoryImport, User


def bring_in(path: Path, user: User, progress: bringing.Report) -> HistoryImport:
    """Read, match and write without asking; the visitor finds the import on their page, and can undo it there."""
    history = bringing.take_in(path, path.name, user)
    if history.state == HistoryImport.State.MATCHING:
        bringing.match(history, progress)
    bringing.begin(history)
    writing.apply(history, progress)
    history.refresh_from_db()
    return history


def as_data(history: HistoryImport) -> dict[str, Any]:
    """What came of it, for programs."""
    found = outcomes_of(history)
    return {
        "kind": history.source,
        "films": found.total,
        "found": found.matched,
        "to_choose": found.review,
        "waiting": found.waiting,
        "left_out": {reason: kept["count"] for reason, kept in history.skipped.items()},
        "added": dict(written_of(history)),
    }


def as_words(history: HistoryImport) -> str:
    """What came of it, for people."""
    found = outcomes_of(history)
    lines = [_("Read as: %(kind)s") % {"kind": history.source}]
    for skipped in skipped_of(history):
        lines.append(_("Left out: %(reason)s (%(count)d)") % {"reason": skipped.reason, "count": skipped.count})
    lines.append(
        _("%(total)d films: %(found)d found, %(review)d for %(user)s to choose, %(waiting)d wait for the catalogue")
        % {
            "total": found.total,
            "found": found.matched,
            "review": found.review,
            "user": history.user,
            "waiting": found.waiting,
        }
    )
    added = ", ".join(f"{label}: {count}" for label, count in written_of(history))
    lines.append(_("Added: %(shelves)s") % {"shelves": added or "–"})
    return "\n".join(lines)
