"""Keeps posters in the media folder and gives them to films; files that no film shows any more go."""

from __future__ import annotations

import logging
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from catalog.models import Movie
from catalog.posters.names import name_of, sizes_of
from catalog.posters.pictures import Poster
from catalog.services import announce_changes

log = logging.getLogger(__name__)


def keep(poster: Poster) -> str:
    """Write the files that are not there yet, and return the name that a film keeps."""
    name = name_of(poster.key, poster.width)
    for width, file in sizes_of(name).items():
        content = poster.files[width]
        if default_storage.exists(file):
            if default_storage.size(file) == len(content):
                continue
            default_storage.delete(file)  # somebody was killed while writing it
        try:
            written = default_storage.save(file, ContentFile(content))
        except OSError:
            default_storage.delete(file)  # the disk is full: half a picture must not stay
            raise
        if written != file:  # somebody else wrote the same picture this instant
            default_storage.delete(written)
    return name


def give(movie: Movie, poster: Poster) -> None:
    """Let the film show this poster from now on."""
    with transaction.atomic():
        rows = Movie.objects.select_for_update().filter(pk=movie.pk)
        old = rows.values_list("poster", flat=True).first()
        if old is None:
            return  # the film was deleted meanwhile
        movie.poster = keep(poster)  # Django takes a name for a file
        rows.update(poster=movie.poster.name, updated_at=timezone.now())
        if old != movie.poster.name:
            let_go(old)
        announce_changes([movie.pk])  # workers remember cards


def let_go(name: str) -> None:
    """Remove a poster's files once the transaction is in the database, unless another film shows the same picture."""
    if name:
        transaction.on_commit(lambda: _remove(name))


def _remove(name: str) -> None:
    if Movie.objects.filter(poster=name).exists():
        return
    for file in sizes_of(name).values() or [name]:
        try:
            default_storage.delete(file)
        except OSError as problem:  # a file too many is no harm; `prune` finds it later
            log.warning("%s cannot be removed: %s", file, problem)


@receiver(post_delete, sender=Movie)
def forget_poster(instance: Movie, **kwargs: Any) -> None:
    """A film that goes takes its poster along."""
    let_go(instance.poster.name or "")
