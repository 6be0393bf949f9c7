"""What a film's page tells curators: its neighbours and doubles, its vector, its words, and why it is shown or not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.admin import plugs
from catalog.models import Movie, SearchEntry, User
from catalog.search_entries import catch_up, title_key
from recommender import index
from recommender.corpus import record_of
from recommender.index import FilmIndex
from recommender.listing import PER_PAGE
from recommender.ml.records import FilmRecord
from recommender.ml.tokenizer import ALPHABET, Tokenizer
from recommender.models import Embedding, ModelVersion
from recommender.showing import times_shown
from recommender.standing import Place, Standing, Whose, standing

NEIGHBOURS = 10
ALIKE = 0.9  # films of the same time that are so close may be one film
_DOUBLES = 10
_CHARACTERS = 12
_DAYS = 30


@dataclass(frozen=True)
class Near:
    """A film close to this one."""

    movie: Movie
    similarity: float | None
    merge_address: str = ""


@dataclass(frozen=True)
class Outside:
    """What of a film's text the tokenizer drops."""

    share: float
    characters: str

    @property
    def percent(self) -> float:
        """The share as people read it."""
        return 100 * self.share


@dataclass(frozen=True)
class Rival:
    """A film that stands above this one, in so many of the lists."""

    movie: Movie
    lists: int
    of: int


def film_panel(request: HttpRequest, movie: Movie) -> SafeString:
    """All of it, computed when the page is opened."""
    version, films = ModelVersion.objects.active(), index.current()
    record = record_of(movie)
    vector = Embedding.objects.of(version).filter(movie=movie).first() if version else None
    found = standing(films, movie.pk) if films is not None and films.is_whole else None
    near = _nearest(films, movie)
    context = {
        "movie": movie,
        "version": version,
        "vector": vector,
        "is_stale": vector is not None and vector.fingerprint != record.fingerprint(),
        "outside": outside(record),
        "likes": movie.likes.count(),
        "shown": times_shown(movie.pk, since=timezone.localdate() - timedelta(days=_DAYS)),
        "days": _DAYS,
        "neighbours": [one for one in near if one.movie.is_published][:NEIGHBOURS],
        "doubles": _doubles(movie, near) if _may_merge(request) else [],
        "verdicts": verdicts(movie, record, version, vector, found),
        "standing": found,
        "best": [(place, _whose(place)) for place in found.places[:3]] if found else [],
        "rivals": _rivals(found) if found else [],
    }
    return SafeString(render_to_string("recommender/admin/film_panel.html", context, request))


def outside(record: FilmRecord) -> Outside:
    """The share of titles and descriptions that the alphabet lacks, and its most frequent characters."""
    text = " ".join([*record.titles(), *record.descriptions()])
    lost = Counter(char for char in text.lower() if char not in ALPHABET and not char.isspace())
    return Outside(Tokenizer().outside_share(text), " ".join(char for char, _n in lost.most_common(_CHARACTERS)))


def verdicts(
    movie: Movie, record: FilmRecord, version: ModelVersion | None, vector: Embedding | None, found: Standing | None
) -> list[str]:
    """Why it is seldom or never recommended, the plainest reason first."""
    said = []
    if not movie.is_published:
        said.append(_("It is not published, so visitors never see it."))
    if version is None:
        said.append(_("No model is active, so films are ranked by likes alone."))
    elif vector is None:
        said.append(_("It has no vector under the active model. Compute it from the list of films."))
    elif not any(bytes(vector.vector)):
        said.append(_("The model knows none of its words. A description or keywords would help."))
    if not record.descriptions() and not record.keywords:
        said.append(_("It has no description and no keywords: title, genres and people alone speak for it."))
    if found is not None:
        said.append(_place_in_words(found))
    return said


def _place_in_words(found: Standing) -> str:
    if not found.places:
        return _("There are no tastes to measure it by: nobody has liked anything yet.")
    on_top, of = found.within(PER_PAGE), len(found.places)
    best = found.places[0]
    if on_top:
        words = ngettext(
            "It stands on the first page of %(count)d of %(of)d lists looked at; its best place is %(place)d.",
            "It stands on the first page of %(count)d of %(of)d lists looked at; its best place is %(place)d.",
            on_top,
        )
        return words % {"count": on_top, "of": of, "place": best.place}
    words = _("It is always outranked: in none of %(of)d lists it reaches the first page. Its best place is %(place)d.")
    return words % {"of": of, "place": best.place}


def _whose(place: Place) -> str:
    """Whose list it is; visitors stay unnamed, since their likes are their own."""
    taste = place.taste
    if taste.whose == Whose.PROFILE:
        return _("the demo profile “%(name)s”") % {"name": User.objects.get(pk=taste.owner)}
    if taste.whose == Whose.NEIGHBOUR:
        return _("somebody who likes just “%(film)s”") % {"film": Movie.objects.get(pk=taste.owner)}
    words = ngettext("a visitor with %(count)d like", "a visitor with %(count)d likes", len(taste.liked))
    return words % {"count": len(taste.liked)}


def _nearest(films: FilmIndex | None, movie: Movie) -> list[Near]:
    """The closest films, hidden ones among them: a double may be unpublished."""
    if films is None:
        return []
    films = films.around(movie.pk, NEIGHBOURS * 3, listed=False)
    rows = films.rows([movie.pk])
    if not len(rows) or not films.vectors[rows[0]].any():
        return []
    closeness = np.clip(films.vectors @ films.vectors[rows[0]], -1, 1)
    closeness[rows[0]] = -np.inf
    order = np.argsort(-closeness, kind="stable")[: NEIGHBOURS * 3]
    movies = Movie.objects.in_bulk([int(films.ids[at]) for at in order])
    found = [(movies.get(int(films.ids[at])), float(closeness[at])) for at in order]
    return [Near(other, score, _merge_address(movie, other)) for other, score in found if other is not None]


def _doubles(movie: Movie, near: list[Near]) -> list[Near]:
    """Films with the same folded title within a year, and films of the same time that are very close."""
    catch_up()
    key = title_key(movie.title)
    same = SearchEntry.objects.filter(Q(title_key=key) | Q(titles__contains=f" {key} ")).exclude(movie=movie)
    entries = same.select_related("movie")[: _DOUBLES * 5]
    named = [one.movie for one in entries if one.title_key == key or key in one.titles.strip().split("  ")]
    found = {other.pk: Near(other, None, _merge_address(movie, other)) for other in named if _same_time(movie, other)}
    for one in near:
        if one.movie.pk in found or ((one.similarity or 0) >= ALIKE and _same_time(movie, one.movie)):
            found[one.movie.pk] = one
    return list(found.values())[:_DOUBLES]


def _same_time(one: Movie, other: Movie) -> bool:
    return one.year is None or other.year is None or abs(one.year - other.year) <= 1


def _merge_address(movie: Movie, other: Movie) -> str:
    query = urlencode([("ids", movie.pk), ("ids", other.pk), ("stays", movie.pk)])
    return f"{reverse('admin:catalog_movie_merge')}?{query}"


def _may_merge(request: HttpRequest) -> bool:
    return request.user.has_perms(["catalog.change_movie", "catalog.delete_movie"])


def _rivals(found: Standing) -> list[Rival]:
    movies: dict[int, Any] = Movie.objects.in_bulk([pk for pk, _lists in found.rivals])
    return [Rival(movies[pk], lists, len(found.places)) for pk, lists in found.rivals if pk in movies]


plugs.film_panels.append(film_panel)
