"""Finds films by what people type: titles in any language, people, keywords, with a typo or two."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from catalog.models import Like, Movie, MovieQuerySet, SearchEntry
from catalog.search_entries import catch_up, fold
from catalog.typos import closest

SORTS = {
    "": _("best match"),
    "title": _("by title"),
    "popular": _("most liked first"),
    "newest": _("newest first"),
    "oldest": _("oldest first"),
}
COUNTED = 2000  # films of a search that filters count; beyond it numbers say little and cost much
_MOST_WORDS = 8
_CANDIDATES = 3000  # entries in which a mistyped word is looked for
_SHORTEST_TYPO = 4  # letters; shorter words are too like each other


def browse(wanted: dict[str, Any]) -> MovieQuerySet:
    """Listed films for a search with filters, in its order; every wish may be missing."""
    movies = Movie.objects.listed()
    words = fold(str(wanted.get("q") or ""))
    if words:
        catch_up()
    for word in words.split()[:_MOST_WORDS]:
        movies = movies.filter(has_word(word))
    if wanted.get("genre"):
        movies = movies.filter(genres=wanted["genre"])
    if wanted.get("country"):
        movies = movies.filter(countries=wanted["country"])
    if wanted.get("decade"):
        movies = movies.filter(year__range=(wanted["decade"], wanted["decade"] + 9))
    return _sorted(movies, str(wanted.get("sort") or ""), words)


def has_word(word: str) -> Q:
    """A folded word begins somewhere in a film's titles, names, keywords or year."""
    return Q(search_entry__words__contains=_beginning(word))


def _beginning(word: str) -> str:
    """Where a word begins; scripts that write without spaces are searched anywhere."""
    return word if any(unicodedata.east_asian_width(char) in "WF" for char in word) else f" {word}"


def _sorted(movies: MovieQuerySet, sort: str, words: str) -> MovieQuerySet:
    by_title = ("title", "year", "pk")
    if sort == "newest":
        return movies.order_by(F("year").desc(nulls_last=True), *by_title)
    if sort == "oldest":
        return movies.order_by(F("year").asc(nulls_last=True), *by_title)
    if sort == "popular":
        likes = Like.objects.filter(movie=OuterRef("pk")).order_by().values("movie").annotate(n=Count("pk")).values("n")
        return movies.order_by(Coalesce(Subquery(likes), 0).desc(), *by_title)
    if sort == "title" or not words:
        return movies.order_by(*by_title)
    match = Case(
        When(_title_starts(f" {words} "), then=Value(0)),
        When(_title_starts(f" {words}"), then=Value(1)),
        When(search_entry__titles__contains=f" {words}", then=Value(2)),
        When(search_entry__titles__contains=_beginning(words.split()[0]), then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    return movies.order_by(match, *by_title)


def _title_starts(words: str) -> Q:
    """One of the film's titles starts so; two spaces stand between titles."""
    return Q(search_entry__titles__startswith=words) | Q(search_entry__titles__contains=f" {words}")


def meant(typed: str) -> str:
    """The search with its unknown words replaced by the closest known ones, or nothing when there are none."""
    words = fold(typed).split()[:_MOST_WORDS]
    better = [_known(word) for word in words]
    return " ".join(better) if words and all(better) and better != words else ""


def _known(word: str) -> str:
    """The word itself if some film has it, else the closest word that one has, else nothing."""
    entries = SearchEntry.objects.filter(movie__is_published=True)
    if entries.filter(words__contains=_beginning(word)).exists():
        return word
    if len(word) < _SHORTEST_TYPO:
        return ""
    # One slip leaves a half of the word as it was, or, where it falls between the halves, both ends.
    half, third = len(word) // 2, len(word) // 3
    ends = Q(words__contains=f" {word[:third]}") & Q(words__contains=f"{word[-third:]} ")
    like = Q(words__contains=f" {word[:half]}") | Q(words__contains=f"{word[half:]} ") | ends
    lines = entries.filter(like).values_list("words", flat=True)[:_CANDIDATES]
    return closest(word, {known for line in lines for known in line.split()})


@dataclass(frozen=True)
class Counts:
    """How many films of a search belong to each genre and decade."""

    genres: dict[int, int]
    decades: dict[int, int]


def counts(movies: MovieQuerySet) -> Counts | None:
    """Counts for the filters, or nothing when there are too many films to count."""
    found = movies.order_by().values_list("pk", "year")
    years = list(found[: COUNTED + 1])
    if len(years) > COUNTED:
        return None
    links = Movie.genres.through.objects.filter(movie__in=movies.order_by().values("pk"))
    genres = links.values_list("genre").annotate(n=Count("pk")).order_by()
    return Counts(dict(genres), dict(Counter(year // 10 * 10 for _pk, year in years if year)))
