"""The page of one film: its facts, its texts, and the films closest to it."""

import pytest
from django.test import Client

from catalog.models import FilmText
from tests.builders import make_movie
from tests.site.pages import shown, teach, words_of

pytestmark = pytest.mark.django_db


def test_it_shows_everything_that_is_known(client: Client) -> None:
    movie = make_movie(
        "Mirror",
        original_title="Зеркало",
        year=1975,
        runtime=107,
        language="ru",
        description="A dying man remembers.\n\nHis mother, the war.",
        keywords=["memory", "childhood"],
        genres=["Drama"],
        countries=["Soviet Union"],
        directors=["Andrei Tarkovsky"],
        cast=["Margarita Terekhova", "Oleg Yankovsky"],
    )
    page = words_of(client.get(movie.get_absolute_url()))
    for fact in (
        '<span lang="ru">Зеркало</span>',
        "1975",
        "107 min",
        "<p>A dying man remembers.</p>",
        '?q=memory">memory</a>, <a href="/films/?q=childhood">childhood</a>',
        "Drama",
        "Soviet Union",
        "Andrei Tarkovsky",
        "Margarita Terekhova",
    ):
        assert fact in page
    assert page.index("Margarita Terekhova") < page.index("Oleg Yankovsky")
    assert "<title>Mirror (1975) · MovieRec</title>" in page


def test_its_text_in_other_languages_is_at_hand(client: Client) -> None:
    movie = make_movie("Mirror", description="English text.")
    FilmText.objects.create(movie=movie, language="ru", title="Зеркало", description="Русский текст.")
    page = words_of(client.get(movie.get_absolute_url()))
    assert '<summary lang="ru">Русский: Зеркало</summary><div lang="ru"><p>Русский текст.</p></div>' in page


def test_neighbours_stand_nearest_first_with_what_they_share(client: Client) -> None:
    heat = make_movie("Heat", directors=["Michael Mann"], keywords=["heist", "night"])
    near = make_movie("Thief", directors=["Michael Mann"], keywords=["heist"])
    far = make_movie("Up", genres=["Family"])
    teach({heat: [1, 0], near: [0.9, 0.1], far: [0.1, 1]})
    answer = client.get(heat.get_absolute_url())
    assert shown(answer) == [near.pk, far.pk]
    assert '<p class="why">same director; both: heist</p>' in words_of(answer)


def test_a_bare_film_without_a_model_is_a_whole_page(client: Client) -> None:
    movie = make_movie("Nothing Known", year=None)
    page = words_of(client.get(movie.get_absolute_url()))
    assert "Nothing Known" in page
    assert "None" not in page
    assert "Close to this film" not in page


def test_markup_in_a_film_is_text(client: Client) -> None:
    movie = make_movie("<script>alert(1)</script>", description="<b>bold</b>", keywords=["<i>"])
    page = words_of(client.get(movie.get_absolute_url()))
    assert "<script>alert(1)" not in page
    assert "&lt;b&gt;bold" in page


@pytest.mark.parametrize("address", ["/films/999999/", "/films/99999999999999999999/", "/films/heat/", "/films/-1/"])
def test_what_does_not_exist_is_a_friendly_404(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "This page is not in the programme" in words_of(answer)


def test_unpublished_films_cannot_be_found(client: Client) -> None:
    assert client.get(make_movie(is_published=False).get_absolute_url()).status_code == 404
