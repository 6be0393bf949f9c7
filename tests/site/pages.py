"""Helpers of the page tests: read a page, and give films vectors without training."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

import numpy as np
from django.http import HttpResponse

from catalog.models import Movie
from recommender.map import sums_of
from recommender.models import Embedding, FilmMap, ModelVersion
from recommender.vectors import pack, unpack


def teach(films: Mapping[Movie, Sequence[float]]) -> ModelVersion:
    """An active model whose vectors are given: films that point the same way are alike."""
    rows = {movie: np.array(vector, np.float32) for movie, vector in films.items()}
    size = len(next(iter(rows.values())))
    version = ModelVersion.objects.create(
        name="taught", is_active=True, dimension=size, films=len(rows), likes=0, seconds=1.0, revision=1
    )
    for movie, vector in rows.items():
        blob = pack(vector / np.linalg.norm(vector))
        Embedding.objects.create(movie=movie, version=version, vector=blob, fingerprint="0" * 64, revision=1)
    return version


def put_on_the_map(version: ModelVersion, places: Mapping[Movie, tuple[float, float]]) -> FilmMap:
    """A drawn map whose places are given, so that no test waits for a layout."""
    films = sorted(places, key=lambda movie: movie.pk)
    blobs = dict(Embedding.objects.of(version).values_list("movie_id", "vector"))
    vectors = unpack([bytes(blobs[movie.pk]) for movie in films], version.dimension)
    return FilmMap.objects.create(
        version=version,
        films=np.array([movie.pk for movie in films], "<i8").tobytes(),
        places=np.array([places[movie] for movie in films], "<f4").tobytes(),
        sums=sums_of(vectors).astype("<u4").tobytes(),
    )


class _Cards(HTMLParser):
    """Collects the film ids of the cards in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "data-card" in found:
            self.ids.append(int((found["id"] or "").removeprefix("film-")))


def shown(response: HttpResponse) -> list[int]:
    """Ids of the films on a page, in its order."""
    assert response.status_code == 200, response.status_code
    reader = _Cards()
    reader.feed(response.content.decode())
    return reader.ids


def words_of(response: HttpResponse) -> str:
    """The page's source in one line, for looking up words."""
    return " ".join(response.content.decode().split())
