"""The film map: draws it when vectors are refreshed, keeps it stable, and tells where each film stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.index import FilmIndex
from recommender.ml.layout import layout
from recommender.ml.settling import aligned, settled
from recommender.models import Embedding, FilmMap, ModelVersion
from recommender.regions import Region
from recommender.vectors import next_revision, unpack

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Sums = NDArray[np.uint32]

MOST = 50_000  # films on the map; a larger catalogue shows its most liked ones
_ENOUGH = 0.2  # of the films placed one by one: time for a whole new layout


@dataclass(frozen=True)
class Places:
    """Where m films stand: ids ascending, places (m, 2) inside the unit circle, sums (m,) of their vectors."""

    ids: Ids
    xy: Floats
    sums: Sums

    @classmethod
    def stored(cls, row: FilmMap) -> Places:
        """Read what a row holds; a damaged one holds nothing, until the next refresh draws it anew."""
        try:
            xy = np.frombuffer(bytes(row.places), "<f4").reshape(-1, 2).astype(np.float32)
            ids = np.frombuffer(bytes(row.films), "<i8").astype(np.int64)
            sums = np.frombuffer(bytes(row.sums), "<u4").astype(np.uint32)
        except ValueError:  # no whole numbers
            return cls.none()
        is_sound = len(ids) == len(xy) == len(sums) and bool((np.diff(ids) > 0).all() and (np.abs(xy) <= 1.001).all())
        return cls(ids, xy, sums) if is_sound else cls.none()

    @classmethod
    def none(cls) -> Places:
        """No film stands anywhere."""
        return cls(np.zeros(0, np.int64), np.zeros((0, 2), np.float32), np.zeros(0, np.uint32))

    def at(self, ids: Ids) -> NDArray[np.intp]:
        """Positions of films in here, -1 for those that are not."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.intp)
        found = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[found] == ids, found, -1)


@dataclass(frozen=True)
class Drawn:
    """What one drawing did: films on the map, and how many of them got a new place."""

    films: int
    moved: int


def draw(version: ModelVersion) -> Drawn:
    """Bring a version's map up to date. Films whose vectors did not change stay where they are.

    A whole new layout comes only with a new version, or when many films were placed one by one since the last; it
    starts from the places before it and is turned to them.
    """
    ids, vectors = _vectors_to_draw(version)
    sums = sums_of(vectors)
    row = FilmMap.objects.filter(version=version).first()
    own = Places.stored(row) if row is not None else None
    if row is not None and own is not None:
        stay = _unchanged(own, ids, sums)
        moved = int((~stay).sum())
        if not moved and len(own.ids) == len(ids):
            return Drawn(len(ids), 0)
        if row.settled + moved <= _ENOUGH * len(ids):
            _store(version, ids, _with_newcomers(own, ids, vectors, stay), sums, settled=row.settled + moved)
            return Drawn(len(ids), moved)
    former = own if own is not None else _latest()
    _store(version, ids, _laid_out(ids, vectors, former), sums, settled=0)
    return Drawn(len(ids), len(ids))


def ids_on(version: ModelVersion) -> list[int]:
    """The films that stand on a version's map, as it was drawn last."""
    row = FilmMap.objects.filter(version=version).first()
    return [] if row is None else list(map(int, Places.stored(row).ids))


def films_inside(region: Region, version: ModelVersion) -> list[int]:
    """Those of them that stand inside a region."""
    row = FilmMap.objects.filter(version=version).first()
    if row is None:
        return []
    places = Places.stored(row)
    return list(map(int, places.ids[region.holds(places.xy)]))


def places_of(films: FilmIndex) -> Floats:
    """Where each row of the index stands, (n, 2), NaN for films that are not on the map.

    A film saved since the last refresh is placed among its neighbours here and now, just as the refresh will do it.
    """
    global _known
    known = _known
    if known is not None and known[0] is films.vectors and known[1:3] == (films.version.pk, films.version.revision):
        return known[3]
    xy = _places_of(films)
    _known = films.vectors, films.version.pk, films.version.revision, xy
    return xy


_known: tuple[object, int, int, Floats] | None = None


def sums_of(vectors: Floats) -> Sums:
    """A number for each vector (n, d) that changes whenever the vector does."""
    bits = np.ascontiguousarray(vectors, np.float32).view(np.uint32)
    factors = (np.arange(bits.shape[1], dtype=np.uint32) * np.uint32(2) + np.uint32(1)) * np.uint32(2654435761)
    return np.asarray((bits * factors).sum(axis=1, dtype=np.uint32), np.uint32)


def _places_of(films: FilmIndex) -> Floats:
    xy = np.full((len(films), 2), np.nan, np.float32)
    row = FilmMap.objects.filter(version=films.version).first()
    if row is None:
        return xy
    own = Places.stored(row)
    if not len(own.ids):
        return xy
    rows = np.flatnonzero(films.has_vector)
    stay = _unchanged(own, films.ids[rows], sums_of(films.vectors[rows]))
    if len(own.ids) >= MOST or not films.is_whole:  # newcomers wait for the next refresh, which chooses anew
        rows, stay = rows[stay], stay[stay]
    xy[rows] = _with_newcomers(own, films.ids[rows], films.vectors[rows], stay)
    return xy


def _vectors_to_draw(version: ModelVersion) -> tuple[Ids, Floats]:
    """The films that have something to say, with their vectors; the most liked ones where there are too many."""
    embeddings = Embedding.objects.of(version)
    if embeddings.count() > MOST:
        liked = Movie.objects.filter(embeddings__version=version).annotate(n_likes=Count("likes"))
        chosen = liked.order_by("-n_likes", "pk").values_list("pk", flat=True)[:MOST]
        embeddings = embeddings.filter(movie__in=list(chosen))
    found = list(embeddings.order_by("movie_id").values_list("movie_id", "vector"))
    vectors = unpack([bytes(vector) for _film, vector in found], version.dimension)
    says = vectors.any(axis=1)
    return np.array([film for film, _vector in found], np.int64)[says], vectors[says]


def _unchanged(places: Places, ids: Ids, sums: Sums) -> NDArray[np.bool_]:
    """Which of these films (n,) have a place that still fits their vector."""
    at = places.at(ids)
    known = at >= 0
    known[known] = places.sums[at[known]] == sums[known]
    return known


def _with_newcomers(places: Places, ids: Ids, vectors: Floats, stay: NDArray[np.bool_]) -> Floats:
    """The places (n, 2) of films of which some stay; the others settle among those."""
    xy = np.empty((len(ids), 2), np.float32)
    xy[stay] = places.xy[places.at(ids[stay])]
    xy[~stay] = settled(vectors[~stay], vectors[stay], xy[stay])
    return xy


def _laid_out(ids: Ids, vectors: Floats, former: Places | None) -> Floats:
    """A whole new layout, turned to the former places of the films that had one."""
    at = former.at(ids) if former is not None else np.full(len(ids), -1)
    known = at >= 0
    if former is None or known.sum() < len(ids) / 2:
        return layout(vectors)
    start = np.empty((len(ids), 2), np.float32)
    start[known] = former.xy[at[known]]
    start[~known] = settled(vectors[~known], vectors[known], start[known])
    fresh = layout(vectors, start)
    return np.clip(aligned(fresh, fresh[known], start[known]), -1, 1)


def _latest() -> Places | None:
    """The map that visitors saw last."""
    row = FilmMap.objects.order_by("-version__is_active", "-drawn_at", "-pk").first()
    return Places.stored(row) if row is not None else None


def _store(version: ModelVersion, ids: Ids, xy: Floats, sums: Sums, *, settled: int) -> None:
    """Replace the version's map at once, and let the web workers know."""
    with transaction.atomic():
        FilmMap.objects.update_or_create(
            version=version,
            defaults={
                "films": ids.astype("<i8").tobytes(),
                "places": xy.astype("<f4").tobytes(),
                "sums": sums.astype("<u4").tobytes(),
                "settled": settled,
                "drawn_at": timezone.now(),
            },
        )
        next_revision(version)
