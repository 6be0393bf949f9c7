"""What makes two film records the same."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from recommender.ml.records import FilmRecord

FILM = FilmRecord(
    "Дюна",
    original_title="Dune",
    description="Sand.",
    genres=("Drama", "Adventure"),
    directors=("Denis Villeneuve",),
    cast=("Timothée Chalamet", "Zendaya"),
    keywords=("desert",),
    year=2021,
    texts=(("kk", "Құм", "Құм туралы."), ("en", "Dune", "Sand.")),
)


def test_the_fingerprint_is_a_sha_256_that_never_changes() -> None:
    assert FilmRecord("Film").fingerprint() == FilmRecord("Film").fingerprint()
    assert len(FILM.fingerprint()) == 64


def test_the_order_of_unordered_lists_does_not_count() -> None:
    turned = replace(FILM, genres=FILM.genres[::-1], texts=FILM.texts[::-1])
    assert turned.fingerprint() == FILM.fingerprint()


@pytest.mark.parametrize(
    "change",
    [{"title": "Дюна 2"}, {"year": None}, {"cast": ()}, {"texts": ()}, {"genres": ("Drama",)}, {"language": "ru"}],
)
def test_every_field_counts(change: dict[str, object]) -> None:
    assert replace(FILM, **change).fingerprint() != FILM.fingerprint()


def test_titles_are_named_once() -> None:
    assert FILM.titles() == ("Дюна", "Dune", "Құм")
    assert FILM.descriptions() == ("Sand.", "Құм туралы.", "Sand.")


def test_a_record_is_a_value() -> None:
    with pytest.raises(FrozenInstanceError):
        FILM.title = "Other"
