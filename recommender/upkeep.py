"""Brings a model version up to date with the catalogue: its vectors, the map of films, and what workers share."""

from __future__ import annotations

from collections.abc import Callable

from recommender import snapshot
from recommender.map import draw
from recommender.models import ModelVersion
from recommender.vectors import Refreshed, refresh


def bring_up_to_date(
    version: ModelVersion,
    *,
    every: bool = False,
    progress: Callable[[Refreshed], None] = lambda done: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Refreshed:
    """Compute the vectors that are missing or stale (or every one), then map and snapshot.

    Stopping loses nothing: the next call goes on. Raises ArtifactError when the model cannot be read.
    """
    words = snapshot.WordsDraft(version)
    done = refresh(version, every=every, passing=words.add, progress=progress, should_stop=should_stop)
    if not should_stop():
        draw(version)
        snapshot.take(version, words, done.revisions)
    return done
