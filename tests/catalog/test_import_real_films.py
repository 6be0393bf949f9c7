"""The real files: both catalogues of the original system, the benchmark and TMDB go in whole; twice changes nothing."""

import time

import pytest

from catalog.models import Country, Genre, Movie
from tests.catalog.files import run
from tests.shared_data import shared_file

pytestmark = [pytest.mark.django_db, pytest.mark.real_data]


@pytest.mark.parametrize(
    ("name", "films", "seconds"),
    [
        ("seed/films.csv", 1287, 15),
        ("seed/anime.csv", 2112, 15),
        ("benchmark/catalogue.csv", 4807, 60),
        ("tmdb/tmdb_5000_movies.csv", 3000, 60),
    ],
)
def test_a_real_file_goes_in_without_a_rejected_row(name: str, films: int, seconds: int) -> None:
    path = shared_file(name)
    started = time.monotonic()
    assert f"{films} created, 0 updated, 0 unchanged, 0 rejected" in run("import_movies", path)
    assert time.monotonic() - started < seconds
    assert Movie.objects.count() == films
    assert f"0 created, 0 updated, {films} unchanged, 0 rejected" in run("import_movies", path)


def test_russian_films_get_our_genres_and_countries() -> None:
    run("import_movies", shared_file("seed/films.csv"))
    run("import_movies", shared_file("seed/anime.csv"))
    strangers = Genre.objects.filter(name__regex="[а-яА-Я]") or Country.objects.filter(name__regex="[а-яА-Я]")
    assert list(strangers) == []
    assert {"Drama", "Science Fiction", "Slice of Life"} <= set(Genre.objects.values_list("name", flat=True))


def test_films_have_people_and_series_keep_their_brackets() -> None:
    run("import_movies", shared_file("seed/films.csv"))
    assert not Movie.objects.filter(credits=None).exists()
    assert not Movie.objects.filter(runtime=None).exists()
    run("import_movies", shared_file("seed/anime.csv"))
    assert Movie.objects.filter(title__endswith="[1-12 из 12]").count() > 100


def test_lists_in_json_become_names() -> None:
    run("import_movies", shared_file("tmdb/tmdb_5000_movies.csv"))
    film = Movie.objects.get(tmdb_id=19995)
    assert "Science Fiction" in [genre.name for genre in film.genres.all()]
    assert "space war" in film.keywords
    assert not Genre.objects.filter(name__contains="[").exists()
