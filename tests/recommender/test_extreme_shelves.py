"""Shelves, requests and catalogues at their extremes: what a visitor gets is defined, and adds up.

`NUMBERS_CASES=2000 .venv/bin/pytest tests/recommender/test_extreme_shelves.py` draws that many wishes by chance.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Like, Movie
from recommender import index
from recommender.models import ModelVersion
from recommender.services import Answer, Basis, nearest, rank, recommend
from recommender.vectors import unpack
from recommender.wishes import Wish
from tests.builders import make_movie, make_user, make_version, set_vector
from tests.ml.test_numbers import how_often

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOTHING_SAID = ["", " ", "🎬🎬", "not", "не", "емес", "the of and", "!!!", "\x00", "-", "not not", "a"]
INF, NAN = float("inf"), float("nan")


@pytest.fixture
def films() -> list[Movie]:
    """Nine films: two of them identical, one opposite, one without anything to say, one that nobody sees."""
    rows = {
        "one": [1, 0, 0], "two": [0.9, 0.3, 0], "twin": [0.9, 0.3, 0], "three": [0, 1, 0], "x": [0, 0.9, 0.2],
        "opposite": [-1, 0, 0], "silent": [0, 0, 0], "far": [0, 0, 1], "hidden away": [1, 0.1, 0],
    }  # fmt: skip
    years = [None, 1888, 2100, 1950, 1951, 1999, 2000, 2001, 2002]
    made = [
        make_movie(
            title, genres=["Drama"] if at % 2 else ["Comedy"], year=years[at], is_published=title != "hidden away"
        )
        for at, title in enumerate(rows)
    ]
    make_version(dict(zip(made, rows.values(), strict=True)))
    return made


def ids(answer: Answer) -> list[int]:
    return [found.movie.pk for found in answer.suggestions]


def is_sound(answer: Answer, wish: Wish) -> None:
    """What holds for every answer."""
    found = ids(answer)
    assert len(found) == len(set(found))
    assert not {*found} & {*wish.liked, *wish.hidden}
    assert len(found) <= answer.total
    for suggestion in answer.suggestions:
        assert suggestion.movie.is_published
        if suggestion.similarity is None:
            assert answer.basis == Basis.POPULAR
            continue
        assert -1 <= suggestion.similarity <= 1
        assert math.fsum(share.part for share in suggestion.shares) == pytest.approx(suggestion.similarity, abs=2e-5)
        assert {share.film_id for share in suggestion.shares} <= {None, *wish.liked}


def wishes(known: list[int]) -> st.SearchStrategy[Wish]:
    """Wishes of which nearly nothing is likely."""
    some = st.lists(st.sampled_from([*known, -1, 0, 2**62]), max_size=12, unique=True).map(tuple)
    year = st.none() | st.sampled_from([-(2**40), 0, 1, 1888, 1950, 2100, 32767, 32768, 2**40])
    return st.builds(
        Wish,
        liked=some,
        text=st.sampled_from([*NOTHING_SAID, "one", "x", "drama", "not comedy", "two three", "9" * 400])
        | st.text(max_size=20),
        hidden=some.map(frozenset),
        year_from=year,
        year_to=year,
        longest=st.none() | st.sampled_from([-5, 0, 1, 10**12]),
        dial=st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]),
        variety=st.sampled_from([0.0, 0.5, 1.0]),
    )


@how_often(80)
@given(data=st.data())
def test_any_wish_has_a_sound_answer(films: list[Movie], data: st.DataObject) -> None:
    wish = data.draw(wishes([film.pk for film in films]))
    whole = recommend(wish, top=20)
    is_sound(whole, wish)
    assert ids(recommend(wish, top=20)) == ids(whole)
    assert len(whole.suggestions) == min(20, whole.total)
    assert [film.movie_id for film in rank([wish], top=20)[0]] == ids(whole)
    if not wish.variety:
        pages = [recommend(wish, top=3, offset=at) for at in range(0, 12, 3)]
        assert [pk for page in pages for pk in ids(page)] == ids(whole)
    turned_round = replace(wish, liked=wish.liked[::-1], hidden=frozenset(wish.hidden))
    assert set(ids(recommend(turned_round, top=20))) == set(ids(whole))


def test_who_likes_everything_is_told_so(films: list[Movie]) -> None:
    answer = recommend(Wish(liked=tuple(film.pk for film in films)))
    assert (answer.suggestions, answer.total, answer.basis) == ([], 0, Basis.TASTE)


def test_who_hides_everything_gets_nothing(films: list[Movie]) -> None:
    assert recommend(Wish(hidden=frozenset(film.pk for film in films))).suggestions == []


def test_ten_thousand_likes_are_one_taste(films: list[Movie]) -> None:
    liked = (films[0].pk, *range(10**6, 10**6 + 10_000))
    answer = recommend(Wish(liked=liked))
    assert ids(answer) == ids(recommend(Wish(liked=(films[0].pk,))))
    is_sound(answer, Wish(liked=liked))


def test_ten_thousand_liked_films_are_one_taste() -> None:
    movies = Movie.objects.bulk_create([Movie(title=f"Film {n}", year=2000) for n in range(60)])
    rng = np.random.default_rng(1)
    make_version({movie: rng.standard_normal(3).tolist() for movie in movies})
    wish = Wish(liked=tuple(movie.pk for movie in movies[:50]) * 200)
    is_sound(recommend(wish), Wish(liked=tuple(movie.pk for movie in movies[:50])))


def test_a_taste_that_contradicts_itself_says_nothing(films: list[Movie]) -> None:
    wish = Wish(liked=(films[0].pk, films[5].pk))
    is_sound(recommend(wish), wish)
    assert recommend(wish).basis == Basis.POPULAR


@pytest.mark.parametrize("text", NOTHING_SAID)
def test_a_request_that_says_nothing_falls_back_to_what_is_liked(films: list[Movie], text: str) -> None:
    wish = Wish(text=text, liked=(films[0].pk,))
    answer = recommend(wish)
    is_sound(answer, wish)
    assert answer.suggestions


def test_identical_films_stand_beside_each_other_the_more_liked_one_first(films: list[Movie]) -> None:
    two, twin = films[1].pk, films[2].pk
    wish = Wish(liked=(films[0].pk,))
    assert ids(recommend(wish))[:2] == [two, twin]
    Like.objects.create(user=make_user(), movie_id=twin)
    index.forget()
    assert ids(recommend(wish))[:2] == [twin, two]
    assert dict(nearest(two))[twin] == pytest.approx(1)


def test_more_likes_than_small_numbers_hold(films: list[Movie]) -> None:
    known = index.current()
    assert known is not None
    known.__dict__["likes"] = np.arange(len(known), dtype=np.int64) * 10**15
    for dial in (-1.0, 0.0, 1.0):
        wish = Wish(liked=(films[0].pk,), dial=dial)
        is_sound(recommend(wish), wish)
    popular = [film.pk for film in films if film.is_published][::-1]
    assert ids(recommend(Wish())) == popular


@pytest.mark.parametrize("titles", [[], ["a"], ["only"]])
def test_a_catalogue_of_no_or_one_film(titles: list[str]) -> None:
    movies = [make_movie(title) for title in titles]
    make_version({movie: [1.0, 0.0] for movie in movies})
    for wish in (Wish(), Wish(liked=tuple(movie.pk for movie in movies)), Wish(text="a"), Wish(dial=1.0, variety=1.0)):
        answer = recommend(wish)
        is_sound(answer, wish)
        assert len(answer.suggestions) == (0 if wish.liked else len(recommend(wish).suggestions))
    for movie in movies:
        assert nearest(movie.pk) == []


@pytest.mark.parametrize(
    "blob",
    [b"", b"\x00", np.ones(2, "<f4").tobytes(), np.ones(5, "<f4").tobytes(), np.array([NAN, 0, 0], "<f4").tobytes(),
     np.array([INF, 0, 0], "<f4").tobytes()],
)  # fmt: skip
def test_a_vector_that_is_none_says_nothing(films: list[Movie], blob: bytes) -> None:
    version = ModelVersion.objects.get()
    set_vector(version, films[1], [1, 0, 0])
    version.embeddings.filter(movie=films[1]).update(vector=blob)
    assert not unpack([blob], 3).any()
    wish = Wish(liked=(films[0].pk,))
    answer = recommend(wish)
    is_sound(answer, wish)
    assert {found.movie.pk: found.similarity for found in answer.suggestions}[films[1].pk] == 0
    assert recommend(Wish(liked=(films[1].pk,))).basis == Basis.POPULAR
