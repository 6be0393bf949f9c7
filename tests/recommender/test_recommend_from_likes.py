"""What a visitor's likes bring up, in which order, and why."""

import math

import pytest

from catalog.models import Genre, Movie
from recommender.services import Basis, recommend
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def films() -> dict[str, Movie]:
    """Two worlds, three films each, and one film in between."""
    films = {
        "space 1": make_movie(
            "space 1", genres=["Science Fiction"], year=1979, runtime=117, countries=["United Kingdom"]
        ),
        "space 2": make_movie("space 2", genres=["Science Fiction"], year=1986, runtime=137),
        "space 3": make_movie("space 3", genres=["Science Fiction", "Horror"], year=1992, runtime=114),
        "farce 1": make_movie("farce 1", genres=["Comedy"], year=1959, runtime=121),
        "farce 2": make_movie("farce 2", genres=["Comedy"], year=1960, runtime=125),
        "farce 3": make_movie("farce 3", genres=["Comedy"], year=None),
        "between": make_movie("between", genres=["Comedy", "Science Fiction"], year=1984, runtime=105),
    }
    vectors = {
        "space 1": [1, 0, 0.0],
        "space 2": [1, 0.1, 0],
        "space 3": [1, 0.3, 0],
        "farce 1": [0, 1, 0],
        "farce 2": [0.1, 1, 0],
        "farce 3": [0, 1, 0.4],
        "between": [1, 1, 0],
    }
    make_version({films[name]: vector for name, vector in vectors.items()})
    return films


def titles(wish: Wish, **options: int) -> list[str]:
    return [found.movie.title for found in recommend(wish, **options).suggestions]


def test_films_like_the_liked_one_come_first(films: dict[str, Movie]) -> None:
    assert titles(Wish(liked=(films["space 1"].pk,)))[:3] == ["space 2", "space 3", "between"]
    assert titles(Wish(liked=(films["farce 1"].pk,)))[:3] == ["farce 2", "farce 3", "between"]


def test_two_tastes_meet_in_between(films: dict[str, Movie]) -> None:
    assert titles(Wish(liked=(films["space 1"].pk, films["farce 1"].pk)))[0] == "between"


def test_liked_and_hidden_films_never_come_back(films: dict[str, Movie]) -> None:
    wish = Wish(liked=(films["space 1"].pk,), hidden=frozenset({films["space 2"].pk}))
    found = titles(wish, top=100)
    assert sorted(found) == sorted(set(films) - {"space 1", "space 2"})


def test_unpublished_films_are_not_shown(films: dict[str, Movie]) -> None:
    film = films["space 2"]
    film.is_published = False
    film.save()
    assert "space 2" not in titles(Wish(liked=(films["space 1"].pk,)))


def test_the_similarity_is_the_cosine(films: dict[str, Movie]) -> None:
    answer = recommend(Wish(liked=(films["space 1"].pk,)))
    similarity = {found.movie.title: found.similarity for found in answer.suggestions}
    assert similarity["between"] == pytest.approx(math.sqrt(0.5), abs=1e-6)
    assert similarity["farce 1"] == pytest.approx(0, abs=1e-6)
    assert answer.basis == Basis.TASTE


def test_shares_of_the_liked_films_add_up_to_the_similarity(films: dict[str, Movie]) -> None:
    liked = (films["space 1"].pk, films["farce 2"].pk, films["farce 3"].pk)
    for found in recommend(Wish(liked=liked)).suggestions:
        assert found.similarity is not None
        assert sum(share.part for share in found.shares) == pytest.approx(found.similarity, abs=1e-5)
        assert {share.film_id for share in found.shares} == set(liked)
        parts = [share.part for share in found.shares]
        assert parts == sorted(parts, reverse=True)


def test_the_nearest_liked_film_is_the_first_reason(films: dict[str, Movie]) -> None:
    liked = (films["space 1"].pk, films["farce 1"].pk)
    answer = recommend(Wish(liked=liked))
    reasons = {found.movie.title: found.shares[0].film_id for found in answer.suggestions}
    assert reasons["space 3"] == films["space 1"].pk
    assert reasons["farce 3"] == films["farce 1"].pk


def test_pages_follow_each_other_without_gap_or_repetition(films: dict[str, Movie]) -> None:
    wish = Wish(liked=(films["space 1"].pk,))
    paged = [title for start in range(0, 8, 2) for title in titles(wish, top=2, offset=start)]
    assert paged == titles(wish, top=100)
    assert titles(wish, offset=100) == []


def test_the_same_wish_gives_the_same_answer(films: dict[str, Movie]) -> None:
    wish = Wish(liked=(films["farce 1"].pk, films["space 2"].pk))
    first, second = (recommend(wish) for _ in range(2))
    assert [found.similarity for found in first.suggestions] == [found.similarity for found in second.suggestions]
    assert [found.movie for found in first.suggestions] == [found.movie for found in second.suggestions]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year_from": 1980}, {"space 2", "space 3", "between"}),
        ({"year_to": 1960}, {"farce 1", "farce 2"}),
        ({"longest": 115}, {"space 3", "between"}),
        ({"year_from": 3000}, set()),
    ],
)
def test_filters_narrow_the_list(films: dict[str, Movie], filters: dict[str, int], expected: set[str]) -> None:
    answer = recommend(Wish(liked=(films["space 1"].pk,), **filters))  # type: ignore[arg-type]
    assert {found.movie.title for found in answer.suggestions} == expected
    assert answer.total == len(expected)


def test_genres_can_be_wanted_and_not_wanted(films: dict[str, Movie]) -> None:
    ids = dict(Genre.objects.values_list("name", "pk"))
    liked = (films["space 1"].pk,)
    assert set(titles(Wish(liked=liked, genres=(ids["Comedy"],)))) == {"farce 1", "farce 2", "farce 3", "between"}
    without = Wish(liked=liked, genres=(ids["Comedy"],), without_genres=(ids["Science Fiction"],))
    assert set(titles(without)) == {"farce 1", "farce 2", "farce 3"}
    assert set(titles(Wish(liked=liked, genres=(ids["Horror"], ids["Comedy"])))) >= {"space 3", "between"}


def test_the_dial_turns_towards_popular_films_and_hidden_gems(films: dict[str, Movie]) -> None:
    for _ in range(3):
        like(make_user(), films["space 3"])
    liked = (films["space 1"].pk,)
    assert titles(Wish(liked=liked))[:2] == ["space 2", "space 3"]
    assert titles(Wish(liked=liked, dial=-1))[0] == "space 3"
    assert titles(Wish(liked=liked, dial=1))[0] == "space 2"


def test_variety_lets_neighbours_in_the_list_differ(films: dict[str, Movie]) -> None:
    liked = (films["space 1"].pk, films["farce 1"].pk)
    plain, varied = titles(Wish(liked=liked)), titles(Wish(liked=liked, variety=0.7))
    assert plain[0] == varied[0] == "between"
    assert sorted(plain) == sorted(varied)
    assert {title[:5] for title in varied[1:3]} == {"space", "farce"}


def test_without_likes_and_words_the_most_liked_films_come_first(films: dict[str, Movie]) -> None:
    for _ in range(2):
        like(make_user(), films["farce 3"])
    answer = recommend(Wish())
    assert answer.basis == Basis.POPULAR
    assert answer.suggestions[0].movie.title == "farce 3"
    assert answer.suggestions[0].similarity is None


def test_liked_films_without_a_vector_are_no_taste() -> None:
    silent, other = make_movie("silent"), make_movie("other")
    make_version({silent: [0, 0], other: [1, 0]})
    answer = recommend(Wish(liked=(silent.pk, 10**9)))
    assert answer.basis == Basis.POPULAR
    assert [found.movie.title for found in answer.suggestions] == ["other"]


def test_everything_liked_leaves_nothing_and_says_so(films: dict[str, Movie]) -> None:
    answer = recommend(Wish(liked=tuple(film.pk for film in films.values())))
    assert answer.suggestions == []
    assert answer.total == 0


def test_before_the_first_training_popular_films_are_shown() -> None:
    liked, plain = make_movie("liked", genres=["Drama"]), make_movie("plain", genres=["Drama"])
    like(make_user(), liked)
    make_movie("other genre", genres=["Comedy"])
    make_movie("hidden", genres=["Drama"], is_published=False)
    answer = recommend(Wish(genres=(Genre.objects.get(name="Drama").pk,)))
    assert [found.movie for found in answer.suggestions] == [liked, plain]
    assert (answer.basis, answer.model, answer.total) == (Basis.POPULAR, None, 2)
    assert titles(Wish(text="drama")) == ["liked", "plain"]
    assert titles(Wish(text="not drama")) == ["other genre"]


def test_before_the_first_training_every_like_counts_once() -> None:
    crowded = make_movie("river crowded", genres=["Drama", "War"], cast=["Ann River", "Bo River", "Cy River"])
    loved = make_movie("river loved", genres=["Drama"])
    like(make_user(), crowded)
    for _ in range(2):
        like(make_user(), loved)
    assert titles(Wish(text="river")) == ["river loved", "river crowded"]


def test_the_number_of_queries_does_not_grow_with_the_films(django_assert_max_num_queries: object) -> None:
    films = [make_movie(genres=["Drama", "War"]) for _ in range(40)]
    make_version({film: [1, number] for number, film in enumerate(films)})
    wish = Wish(liked=(films[0].pk,))
    recommend(wish)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        found = recommend(wish, top=39).suggestions
        assert len([genre.name for suggestion in found for genre in suggestion.movie.genres.all()]) == 78
