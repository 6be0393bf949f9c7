"""Why a film is shown: one sentence, and shares that add up to the score to the last digit."""

import pytest

from catalog.models import FilmText
from recommender.reasons import cards, closeness, rounded
from recommender.services import Share, Suggestion
from tests.builders import make_movie


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([0.1, 0.2, 0.3], 600),
        ([1 / 3, 1 / 3, 1 / 3], 1000),
        ([0.0004, 0.0004, 0.0004], 1),
        ([-0.2, 0.5, 0.1234], 423),
        ([0.9999], 1000),
        ([], 0),
        ([-0.3335, -0.3335], -667),
    ],
)
def test_rounded_shares_add_up(values: list[float], total: int) -> None:
    whole = rounded(values, total)
    assert sum(whole) == total
    assert all(abs(part - value * 1000) <= 1 for part, value in zip(whole, values, strict=True))


def test_closeness_is_said_in_words() -> None:
    assert [closeness(value) for value in (0.9, 0.4, 0.2, 0.0, -1.0)] == [
        "very close",
        "close",
        "related",
        "a distant relative",
        "a distant relative",
    ]


@pytest.mark.django_db
def test_the_sentence_names_what_weighs_most_first() -> None:
    heat, thief, up = make_movie("Heat"), make_movie("Thief"), make_movie("Up")
    shares = (
        Share(heat.pk, "", 0.3),
        Share(thief.pk, "", 0.2),
        Share(up.pk, "", 0.01),
        Share(None, "rainy night", 0.1),
    )
    (card,) = cards([Suggestion(make_movie(), 0.61, shares)])
    assert card.reason is not None
    expected = "Because you liked <i>Heat</i> and <i>Thief</i>. For your words “rainy night”"
    assert card.reason.sentence == expected
    assert [part.value for part in card.reason.parts] == ["0.300", "0.200", "0.010", "0.100"]
    (card,) = cards([Suggestion(make_movie(), 0.8, (Share(None, "rainy night", 0.7), Share(heat.pk, "", 0.1)))])
    assert card.reason is not None
    assert card.reason.sentence.startswith("For your words “rainy night”. Because")


@pytest.mark.django_db
def test_many_likes_are_added_up_in_the_last_part() -> None:
    films = [make_movie() for _ in range(9)]
    shares = tuple(Share(movie.pk, "", 0.1 - n / 1000) for n, movie in enumerate(films))
    (card,) = cards([Suggestion(make_movie(), sum(share.part for share in shares), shares)])
    assert card.reason is not None
    parts = card.reason.parts
    assert parts[-1].label == "3 more films"
    assert round(sum(float(part.value) for part in parts), 3) == float(card.reason.score)
    assert parts[-1].start + parts[-1].length == pytest.approx(100, abs=0.1)


@pytest.mark.django_db
def test_titles_stand_in_the_language_of_the_page() -> None:
    movie = make_movie("Mirror")
    FilmText.objects.create(movie=movie, language="en", title="The Mirror")
    FilmText.objects.create(movie=movie, language="ru", title="Зеркало")
    (card,) = cards([Suggestion(make_movie(), 0.5, (Share(movie.pk, "", 0.5),))])
    assert card.reason is not None
    assert "The Mirror" in card.reason.sentence


@pytest.mark.django_db
def test_markup_in_words_and_titles_is_text() -> None:
    movie = make_movie("<b>Heat")
    (card,) = cards([Suggestion(make_movie(), 0.5, (Share(movie.pk, "", 0.3), Share(None, "<script>", 0.2)))])
    assert card.reason is not None
    assert "<b>" not in card.reason.sentence
    assert "<script>" not in card.reason.sentence
