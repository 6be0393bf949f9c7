"""Keeps the search entries in step with the films."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q
from django.dispatch import receiver

from catalog.bulk import write_rows
from catalog.models import Credit, FilmText, Movie, SearchEntry
from catalog.services import hold
from catalog.signals import movies_changed

_AT_ONCE = 500  # films written together
_IN_A_REQUEST = 2000  # films that one page view may catch up with
_CHECKED = "search:checked"
_CHECK_EVERY = 30  # seconds
_LONGEST = 4000  # characters of one entry
_NO_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case, no accents, one space between words: what is typed and what is searched go through the same."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return " ".join(_NO_WORD.sub(" ", plain).split())


def title_key(title: str) -> str:
    """What titles of the same film have in common; one without any letters is its own key."""
    return (fold(title) or title.casefold())[:300]


@receiver(movies_changed)
def refresh(movie_ids: Collection[int], **_rest: Any) -> None:
    """Write the entries of these films anew."""
    ids = sorted(movie_ids)
    for start in range(0, len(ids), _AT_ONCE):
        _write(ids[start : start + _AT_ONCE])


def catch_up() -> None:
    """Write entries that are missing or older than their film, as after loading fixtures; looked for now and then."""
    if not cache.add(_CHECKED, True, _CHECK_EVERY):
        return
    behind = Movie.objects.filter(Q(search_entry=None) | Q(updated_at__gt=F("search_entry__made_at")))
    ids = list(behind.order_by("pk").values_list("pk", flat=True)[:_IN_A_REQUEST])
    refresh(ids)
    if len(ids) == _IN_A_REQUEST:
        cache.delete(_CHECKED)  # there is more: the next search goes on


@transaction.atomic
def _write(ids: Sequence[int]) -> None:
    hold(ids)  # what is read stays so until it is written: neither deleted nor overtaken by somebody's newer words
    names: dict[int, list[str]] = defaultdict(list)
    titles: dict[int, list[str]] = defaultdict(list)
    for movie, title in FilmText.objects.filter(movie__in=ids).values_list("movie", "title"):
        titles[movie].append(title)
    for movie, name in Credit.objects.filter(movie__in=ids).values_list("movie", "person__name"):
        names[movie].append(name)
    movies = Movie.objects.filter(pk__in=ids).only("title", "original_title", "keywords", "year", "updated_at")
    write_rows(
        SearchEntry,
        ("movie", "title_key", "titles", "words", "made_at"),
        [_entry(movie, titles[movie.pk], names[movie.pk]) for movie in movies],
        unique=1,
    )


def _entry(movie: Movie, others: Sequence[str], names: Sequence[str]) -> tuple[Any, ...]:
    """The values of a film's entry."""
    titles = dict.fromkeys(fold(title) for title in (movie.title, movie.original_title, *others))
    words = dict.fromkeys([*titles, *map(fold, names), *map(fold, movie.keywords), str(movie.year or "")])
    # Each title and name stands between spaces, so that " word" finds beginnings of words.
    return (
        movie.pk,
        title_key(movie.title),
        f" {'  '.join(filter(None, titles))} ",
        f" {'  '.join(filter(None, words))} "[:_LONGEST],
        movie.updated_at,
    )
