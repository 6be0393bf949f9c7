"""What the site reads out of typed words, and what it leaves alone."""

import pytest

from catalog.models import Person
from recommender.understanding import Kind, understand

pytestmark = pytest.mark.django_db


def pieces(text: str) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.label) for piece in understand(text).pieces]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("90s", (1990, 1999)),
        ("the 90's", (1990, 1999)),
        ("1980s", (1980, 1989)),
        ("20s", (2020, 2029)),
        ("30s", (1930, 1939)),
        ("90-е", (1990, 1999)),
        ("комедия 80-х", (1980, 1989)),
        ("1994", (1994, 1994)),
        ("1990-1995", (1990, 1995)),
        ("1995 – 1990", (1990, 1995)),
    ],
)
def test_years_and_decades_are_understood(text: str, years: tuple[int, int]) -> None:
    asked = understand(text)
    assert asked.years == years
    assert not any(digit in asked.words for digit in "0123456789")


@pytest.mark.parametrize("text", ["apollo 13", "2001a", "45 minutes", "blade runner 2049x", "room 237"])
def test_other_numbers_are_words(text: str) -> None:
    assert understand(text).years is None


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("a comedy", "Comedy"),
        ("sci-fi", "Science Fiction"),
        ("ужасы", "Horror"),
        ("film noir", "Noir"),
        ("Комедия", "Comedy"),
    ],
)
def test_a_genre_is_understood_in_every_language(text: str, genre: str) -> None:
    assert understand(text).genres == [genre]


@pytest.mark.parametrize("text", ["not horror", "no horror", "without horror", "не ужасы", "без ужасов"])
def test_a_genre_that_is_not_wanted(text: str) -> None:
    asked = understand(text)
    assert asked.without_genres == ["Horror"]
    assert asked.genres == []
    assert asked.words == ""


def test_a_word_that_is_not_wanted_leaves_the_words() -> None:
    asked = understand("space adventure not robots please")
    assert asked.without_words == ["robots"]
    assert asked.words == "space adventure please"


def test_no_comma_stays_behind_alone() -> None:
    assert understand("a city, 90s, not robots, rain").words == "a city, rain"


def test_a_lonely_not_is_just_a_word() -> None:
    asked = understand("why not")
    assert asked.words == "why not"
    assert asked.without_words == []


def test_a_person_is_noticed_and_stays_in_the_words() -> None:
    Person.objects.create(name="Agnès Varda")
    Person.objects.create(name="Tom Hanks")
    assert ("person", "Tom Hanks") in pieces("something with tom hanks")
    assert ("person", "Agnès Varda") in pieces("Agnès Varda")
    assert "tom hanks" in understand("something with tom hanks").words


def test_one_question_to_the_database_at_most(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        understand("a very long request about many things and more of them " * 5)
    with django_assert_max_num_queries(0):  # type: ignore[operator]
        understand("horror")


@pytest.mark.parametrize("text", ["", "   ", "!!!", "🎬", "\x00", "((((", "not", "9" * 5000, "не " * 600])
def test_nonsense_is_harmless(text: str) -> None:
    assert isinstance(understand(text).pieces, list)


def test_all_kinds_together() -> None:
    kinds = [kind for kind, _ in pieces("not horror lonely sci-fi 80s")]
    assert kinds == [Kind.YEARS, Kind.WITHOUT_GENRE, Kind.GENRE, Kind.WORDS]
