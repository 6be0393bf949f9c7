"""Says what two films have in common, from their people, keywords and genres."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.facts import Facts
from catalog.models import Movie
from catalog.names import shown_genre

_MOST = 3  # words or names in one note


def in_common(film: Movie, facts: Facts, other: Movie, others: Facts) -> str:
    """A short note such as "same director; both: space, solitude"; empty when there is nothing certain to say."""
    notes = []
    if _both((p.name for p in facts.directors), (p.name for p in others.directors)):
        notes.append(_("same director"))
    if actors := _both((p.name for p in facts.cast), (p.name for p in others.cast)):
        notes.append(_("with %(names)s") % {"names": ", ".join(actors[:2])})
    words = _both(film.keywords, other.keywords)
    if not words and not notes:
        words = [*map(shown_genre, _both((g.name for g in film.genres.all()), (g.name for g in other.genres.all())))]
    if words:
        notes.append(_("both: %(words)s") % {"words": ", ".join(words[:_MOST])})
    return "; ".join(notes[:2])


def _both(here: Iterable[str], there: Iterable[str]) -> list[str]:
    others = set(there)
    return [name for name in here if name in others]
