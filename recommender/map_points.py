"""The film map as browsers read it: places, genres and fame of all films in one compact block of bytes.

Layout, little endian: "FMAP", uint32 number of films n, then n values each of uint32 film ids (each less the one before
it), uint16 x, uint16 y (0 to 65535 across the map, from -1 to 1), uint8 genres (bit i: the i-th main genre) and uint8
fame (255 for the most liked film).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from catalog.models import FilmText, Movie
from recommender import index
from recommender.index import FilmIndex
from recommender.map import Floats, ids_on, places_of
from recommender.posters import PALETTE

MAIN_GENRES = 7  # have a colour of their own; the other films are grey
_STEPS = 65535  # across the map
_RANK = {name: rank for rank, name in enumerate(PALETTE)}


@dataclass(frozen=True)
class MainGenre:
    """A genre with a colour of its own: its id and name, and how many films of the map have it."""

    pk: int
    name: str
    films: int


@dataclass(frozen=True)
class FilmMapPoints:
    """The m published films that stand on the map, ascending by id."""

    films: FilmIndex
    rows: NDArray[np.intp]  # (m,) rows of the index
    places: Floats  # (n, 2) of all rows of the index, NaN where there is no place
    genres: list[MainGenre]  # the most telling one first: a film has the colour of its first
    masks: NDArray[np.uint8]  # (m,) bit i: the film has the i-th main genre
    _titles: dict[str, bytes] = field(default_factory=dict)  # by language, filled when somebody asks

    @property
    def key(self) -> str:
        """Changes whenever what browsers read does."""
        return f"{self.films.version.pk}-{self.films.version.revision}"

    def holds(self, movie_id: int) -> bool:
        """Whether a film stands on the map for everybody to see."""
        rows = self.films.rows([movie_id])
        return bool(len(rows) and self.films.published[rows[0]] and not np.isnan(self.places[rows[0], 0]))

    @cached_property
    def packed(self) -> bytes:
        """The bytes that the top of this module describes."""
        ids = self.films.ids[self.rows]
        steps = np.rint((np.clip(self.places[self.rows], -1, 1) + 1) / 2 * _STEPS)
        order = np.argsort(np.argsort(self.films.likes[self.rows], kind="stable"), kind="stable")
        fame = order * 255 // max(1, len(order) - 1)
        return b"".join(
            [
                b"FMAP",
                len(ids).to_bytes(4, "little"),
                np.diff(ids, prepend=0).astype("<u4").tobytes(),
                steps[:, 0].astype("<u2").tobytes(),
                steps[:, 1].astype("<u2").tobytes(),
                self.masks.tobytes(),
                fame.astype(np.uint8).tobytes(),
            ]
        )

    def titles(self, language: str) -> bytes:
        """Titles with years of the films, in this order, as a JSON list in one language."""
        if language not in self._titles:
            texts = FilmText.objects.filter(language=language).exclude(title="").values_list("movie_id", "title")
            titles = {
                pk: (title, year) for pk, title, year in Movie.objects.listed().values_list("pk", "title", "year")
            }
            here = dict(texts)
            lines = []
            for pk in self.films.ids[self.rows].tolist():
                title, year = titles.get(pk, ("", None))
                lines.append(f"{here.get(pk, title)} ({year})" if title and year else here.get(pk, title))
            self._titles[language] = json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()
        return self._titles[language]


def current() -> FilmMapPoints | None:
    """The map as it is now, or None before the first training or the first refresh."""
    global _known
    films = index.current()
    if films is None:
        return None
    known = _known
    if known is None or known.films.source is not films.source:
        films = films if films.is_whole else films.holding(ids_on(films.version))
        titles = known._titles if known is not None and _is_same(known.films, films) else {}
        _known = known = _points(films, titles)
    return known if len(known.rows) else None


_known: FilmMapPoints | None = None


def _is_same(known: FilmIndex, films: FilmIndex) -> bool:
    """Whether only likes were counted anew."""
    return known.vectors is films.vectors and known.version.revision == films.version.revision


def _points(films: FilmIndex, titles: dict[str, bytes]) -> FilmMapPoints:
    places = places_of(films)
    rows = np.flatnonzero(films.published & ~np.isnan(places[:, 0]))
    belongs = {pk: films.genres.mask([pk], len(films))[rows] for pk in films.genre_table}
    telling = sorted(films.genre_table, key=lambda pk: (_RANK.get(films.genre_table[pk], len(_RANK)), pk))
    free = np.ones(len(rows), bool)
    own = {}  # films whose most telling genre it is
    for pk in telling:
        own[pk] = int((belongs[pk] & free).sum())
        free &= ~belongs[pk]
    chosen = sorted(telling, key=lambda pk: -own[pk])[:MAIN_GENRES]
    main = [pk for pk in telling if pk in chosen and own[pk]]
    masks = np.zeros(len(rows), np.uint8)
    for bit, pk in enumerate(main):
        masks |= belongs[pk].astype(np.uint8) << np.uint8(bit)
    genres = [MainGenre(pk, films.genre_table[pk], int(belongs[pk].sum())) for pk in main]
    return FilmMapPoints(films, rows, places, genres, masks, titles)
