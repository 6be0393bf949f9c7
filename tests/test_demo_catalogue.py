"""The demo catalogue keeps its promises: enough films, right shapes, every text its own."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from catalog.models import Country, Genre, Like, Movie, Person, User

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PARTS = sorted(FIXTURES.glob("films/*.json"))
LABELS = ["genres", "countries", "people", *(f"films/{part.name}" for part in PARTS), "profiles"]
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
OUR_LANDS = {"Soviet Union", "Russia", "Kazakhstan"}

Row = dict[str, Any]


def rows(model: str) -> list[Row]:
    return [row["fields"] for part in PARTS for row in json.loads(part.read_text("utf-8")) if row["model"] == model]


FILMS = rows("catalog.movie")
TEXTS = rows("catalog.filmtext")
CREDITS = rows("catalog.credit")


def key(film: Row) -> str:
    return f"{film['title']} ({film['year']})"


def words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


@pytest.mark.django_db
def test_it_loads_into_an_empty_database_and_passes_validation() -> None:
    call_command("loaddata", *LABELS, verbosity=0)
    assert Movie.objects.count() == len(FILMS)
    for movie in Movie.objects.all():
        movie.full_clean()
    assert not Person.objects.filter(credits=None).exists()
    assert not Genre.objects.filter(movies=None).exists()
    assert not Country.objects.filter(movies=None).exists()
    assert not Movie.objects.filter(credits__role="director", genres=None).exists()
    demo = User.objects.filter(is_demo=True)
    assert demo.count() >= 40
    assert not any(user.has_usable_password() for user in demo)
    likes = Counter(Like.objects.values_list("user", flat=True))
    assert min(likes.values()) >= 12
    assert max(likes.values()) <= 40
    assert len(likes) == demo.count()


def test_there_are_enough_films_of_every_kind() -> None:
    assert len(FILMS) >= 600
    assert min(film["year"] for film in FILMS) <= 1902
    assert max(film["year"] for film in FILMS) >= 2024
    assert sum(film["year"] < 1970 for film in FILMS) >= 120
    genres = Counter(genre for film in FILMS for (genre,) in film["genres"])
    assert min(genres.values()) >= 15, genres
    assert len({country for film in FILMS for (country,) in film["countries"]}) >= 40
    assert sum(bool(OUR_LANDS & {country for (country,) in film["countries"]}) for film in FILMS) >= 60


def test_no_two_films_share_title_and_year_or_an_id() -> None:
    assert [name for name, times in Counter(map(key, FILMS)).items() if times > 1] == []
    ids = Counter(film["imdb_id"] for film in FILMS if film["imdb_id"])
    assert [one for one, times in ids.items() if times > 1] == []


def test_the_parts_are_sorted_by_year_and_title() -> None:
    for part in PARTS:
        films = [row["fields"] for row in json.loads(part.read_text("utf-8")) if row["model"] == "catalog.movie"]
        assert all((a["year"], a["title"]) <= (b["year"], b["title"]) for a, b in pairwise(films)), part.name


def test_every_film_is_described_in_45_to_90_words_and_4_to_8_keywords() -> None:
    wrong = [
        key(film)
        for film in FILMS
        if not 45 <= len(words(film["description"])) <= 90
        or not 4 <= len(film["keywords"]) <= 8
        or not film["runtime"]
        or not re.fullmatch(r"[a-z]{2,3}", film["language"])
    ]
    assert wrong == []


def test_every_film_has_directors_and_a_cast_of_up_to_six() -> None:
    directors = {tuple(credit["movie"]) for credit in CREDITS if credit["role"] == "director"}
    cast = Counter(tuple(credit["movie"]) for credit in CREDITS if credit["role"] == "cast")
    for film in FILMS:
        name = (film["title"], film["year"])
        assert name in directors
        spoken = {genre for (genre,) in film["genres"]}.isdisjoint({"Documentary", "Animation"})
        assert (3 if spoken else 0) <= cast[name] <= 6, film["title"]


def test_texts_in_russian_and_kazakh() -> None:
    languages = Counter(text["language"] for text in TEXTS)
    assert languages["ru"] >= 250
    assert languages["kk"] >= 60
    for text in TEXTS:
        assert text["title"], text["movie"]
        assert 25 <= len(words(text["description"])) <= 95, text["movie"]
        assert re.search("[а-яәіңғүұқөһ]", text["description"].lower()), text["movie"]


def test_no_two_descriptions_share_ten_words_in_a_row() -> None:
    owners: dict[tuple[str, ...], str] = {}
    shared = []
    named = [(key(film), film["description"]) for film in FILMS]
    named += [(f"{text['movie'][0]} {text['language']}", text["description"]) for text in TEXTS]
    for name, text in named:
        run = words(text)
        for start in range(len(run) - 9):
            ten = tuple(run[start : start + 10])
            if owners.setdefault(ten, name) != name:
                shared.append((name, owners[ten]))
    assert shared == []


def test_openings_differ() -> None:
    openings = Counter(tuple(words(film["description"])[:3]) for film in FILMS)
    assert max(openings.values()) <= 5
