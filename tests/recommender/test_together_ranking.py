"""What two to six people are offered: from the average to the film that is bad for nobody."""

import itertools
import math

import numpy as np
import pytest
from django.utils import timezone

from catalog.models import Movie, User
from recommender.ml import together
from recommender.models import Night, NightGuest
from recommender.together.films import Choices, choose, step_of, tenths_of
from recommender.together.people import tastes_of
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user, make_version


def test_fits_are_shares_of_films_that_suit_less() -> None:
    assert together.fits(np.array([0.3, 0.1, 0.2], np.float32)).tolist() == [1.0, 0.0, 0.5]
    assert together.fits(np.array([0.3, 0.1, 0.3], np.float32)).tolist() == [0.75, 0.0, 0.75]
    assert together.fits(np.array([0.3], np.float32)).tolist() == [1.0]
    assert together.fits(np.array([], np.float32)).tolist() == []


def test_fits_do_not_depend_on_how_high_somebodys_scores_are() -> None:
    scores = np.array([0.9, 0.2, 0.5, 0.4], np.float32)
    assert together.fits(scores).tolist() == together.fits(0.1 * scores + 0.7).tolist()


def test_the_dial_goes_from_the_average_to_least_misery() -> None:
    people = np.array([[1.0, 0.6, 0.5], [0.3, 0.6, 0.5]], np.float32)  # film 0 divides them, film 1 is fair
    none = np.zeros(3, np.int64)
    assert together.order(people, 0.0, none).tolist() == [0, 1, 2]
    assert together.order(people, 1.0, none).tolist() == [1, 2, 0]
    assert together.agreed(people, 0.5).tolist() == pytest.approx([0.475, 0.6, 0.5])


def test_equal_films_go_by_the_average_and_then_by_popularity() -> None:
    people = np.array([[0.5, 0.5, 0.5], [0.5, 0.7, 0.5]], np.float32)
    assert together.order(people, 1.0, np.array([1, 0, 2])).tolist() == [1, 2, 0]


@pytest.mark.parametrize("misery", [0.0, 0.3, 0.75, 1.0])
def test_the_order_of_the_people_does_not_matter(misery: float) -> None:
    people = np.random.default_rng(1895).random((6, 50), np.float32)
    expected = together.order(people, misery, np.zeros(50, np.int64)).tolist()
    for seats in itertools.islice(itertools.permutations(range(6)), 0, 720, 37):
        assert together.order(people[list(seats)], misery, np.zeros(50, np.int64)).tolist() == expected


def test_steps_and_tenths_are_coarse() -> None:
    assert [step_of(fit) for fit in (0.0, 0.2, 0.45, 0.7, 0.9, 1.0)] == [1, 2, 3, 4, 5, 5]
    assert [tenths_of(fit) for fit in (0.0, 0.09, 0.876, 1.0)] == [0, 0, 8, 9]


@pytest.fixture
def films(db: None) -> dict[str, Movie]:
    """Films in a fan from comedy (0°) to horror (90°)."""
    films = {f"at {angle}": make_movie(f"at {angle}", runtime=90 + angle) for angle in range(0, 91, 10)}
    films |= {name: make_movie(name) for name in ("funny", "scary")}
    angles = {f"at {angle}": angle for angle in range(0, 91, 10)} | {"funny": 0, "scary": 90}
    make_version({films[n]: [math.cos(math.radians(a)), math.sin(math.radians(a))] for n, a in angles.items()})
    return films


@pytest.fixture
def ana(films: dict[str, Movie]) -> User:
    user = make_user("ana")
    like(user, films["funny"])
    return user


@pytest.fixture
def ben(films: dict[str, Movie]) -> User:
    user = make_user("ben")
    like(user, films["scary"])
    return user


def ask(*users: User, wish: Wish | None = None, vetoed: frozenset[int] = frozenset(), misery: float = 1.0) -> Choices:
    night = Night.objects.create(expires_at=timezone.now())
    guests = [NightGuest.objects.create(night=night, user=user, name=user.username) for user in users]
    return choose(tastes_of(guests), wish or Wish(), vetoed=vetoed, misery=misery, top=20)


def titles(found: Choices) -> list[str]:
    names = dict(Movie.objects.values_list("pk", "title"))
    return [names[choice.movie_id] for choice in found.films]


def test_two_opposite_tastes_meet_in_the_middle(ana: User, ben: User) -> None:
    assert set(titles(ask(ana, ben))[:2]) == {"at 40", "at 50"}


def test_each_bar_belongs_to_its_guest(ana: User, ben: User) -> None:
    fits = {title: choice.fits for title, choice in zip(titles(ask(ana, ben)), ask(ana, ben).films, strict=True)}
    assert fits["at 0"] == (1.0, 0.0)
    assert fits["at 90"] == (0.0, 1.0)
    swapped = ask(ben, ana)
    assert titles(swapped) == titles(ask(ana, ben))
    assert {t: c.fits[::-1] for t, c in zip(titles(swapped), swapped.films, strict=True)} == fits


def test_liked_and_seen_films_of_anybody_stay_out_unless_they_may_come(
    ana: User, ben: User, films: dict[str, Movie]
) -> None:
    ben.marks.create(movie=films["at 40"], kind="seen")
    assert not {"funny", "scary", "at 40"} & {*titles(ask(ana, ben))}
    night = Night.objects.create(expires_at=timezone.now())
    guests = [
        NightGuest.objects.create(night=night, user=user, name=user.username, leaves_out_seen=user == ana)
        for user in (ana, ben)
    ]
    found = titles(choose(tastes_of(guests), Wish(), vetoed=frozenset(), misery=1.0, top=20))
    assert "funny" not in found
    assert {"scary", "at 40"} <= {*found}


def test_what_is_not_for_one_of_them_is_for_none(ana: User, ben: User, films: dict[str, Movie]) -> None:
    ben.marks.create(movie=films["at 40"], kind="hidden")
    assert "at 40" not in titles(ask(ana, ben))


def test_vetoes_and_filters_hold_for_all(ana: User, ben: User, films: dict[str, Movie]) -> None:
    found = ask(ana, ben, wish=Wish(longest=130), vetoed=frozenset({films["at 30"].pk}))
    assert set(titles(found)) == {"at 0", "at 10", "at 20", "at 40"}
    assert titles(found)[-1] in ("at 0", "at 40")
    assert found.total == 4


def test_before_the_first_training_they_are_the_most_liked(db: None) -> None:
    known, loved = make_movie("known"), make_movie("loved")
    ana, ben, cleo = (make_user(name) for name in ("ana", "ben", "cleo"))
    like(cleo, loved)
    found = ask(ana, ben)
    assert (titles(found), found.learned) == (["loved", "known"], False)
    assert [choice.fits for choice in found.films] == [(), ()]
    assert known.pk == found.films[1].movie_id
