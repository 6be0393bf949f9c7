"""The catalogues and likes that benchmarks make up are sound: they import without a rejected row."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from benchmarks import made_up
from catalog.models import Like, Movie


def test_the_same_seed_makes_the_same_films_and_another_one_others() -> None:
    assert list(made_up.films(30, seed=3)) == list(made_up.films(30, seed=3))
    assert list(made_up.films(30, seed=3)) != list(made_up.films(30, seed=4))


def test_nobody_likes_a_film_twice_and_fame_differs() -> None:
    likes = list(made_up.likes(200, 5000))
    pairs = [(visitor, film) for visitor, film, _rating, _time in likes]
    assert len(likes) == 5000
    assert len(set(pairs)) == len(pairs)
    films = Counter(film for _visitor, film in pairs)
    assert set(films) <= set(range(1, 201))
    assert films.most_common(1)[0][1] > 3 * min(films.values())


def test_words_of_a_genre_set_its_films_apart() -> None:
    films = list(made_up.films(400))
    by_genre = [{word for film in films[start::10] for word in film["keywords"].split("|")} for start in range(2)]
    assert not by_genre[0] & by_genre[1]
    titles = Counter(word for film in films for word in film["description"].lower().split())
    often = list(itertools.islice((count for _word, count in titles.most_common()), 5))
    assert often[0] > 5 * sorted(titles.values())[len(titles) // 2]


@pytest.mark.django_db
def test_they_import_whole(tmp_path: Path) -> None:
    made_up.write_films(tmp_path / "films.csv", 40)
    made_up.write_likes(tmp_path / "likes.csv", 40, 300)
    for command, file in (("import_movies", "films.csv"), ("import_likes", "likes.csv")):
        call_command(command, str(tmp_path / file), stdout=io.StringIO(), stderr=io.StringIO())
    assert Movie.objects.count() == 40
    assert Movie.objects.exclude(description="").exclude(genres=None).distinct().count() == 40
    assert Like.objects.count() == 300
