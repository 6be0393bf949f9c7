"""Genres and countries go by their names in the page's language, and those names are understood when typed."""

import pytest
from django.test import Client
from django.utils import translation

from catalog import names, vocabulary
from catalog.models import Genre
from recommender import choices
from recommender.understanding import understand
from tests.builders import like, make_movie, make_user

pytestmark = pytest.mark.django_db
RUSSIAN, KAZAKH = {"Accept-Language": "ru"}, {"Accept-Language": "kk"}


def test_every_known_name_has_all_languages() -> None:
    assert set(names._GENRES) == {*vocabulary._GENRES, *vocabulary._NARROW_GENRES}
    assert set(names._COUNTRIES) == set(vocabulary._COUNTRIES)
    shown = [name for table in (names._GENRES, names._COUNTRIES) for pair in table.values() for name in pair]
    assert not [name for name in shown if any("a" <= letter <= "z" for letter in name.lower())]


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_what_is_shown_leads_back_to_what_is_kept(language: str) -> None:
    with translation.override(language):
        assert [vocabulary.genre_name(names.shown_genre(name)) for name in names._GENRES] == [*names._GENRES]
        shown = [names.shown_country(name) for name in names._COUNTRIES]
    assert len({*shown}) == len(shown)
    if language == "ru":
        assert [vocabulary.country_name(name) for name in shown] == [*names._COUNTRIES]


def test_unknown_names_stay_as_they_are() -> None:
    with translation.override("kk"):
        assert names.shown_genre("Heimatfilm") == "Heimatfilm"
        assert names.shown_country("Ruritania") == "Ruritania"


def test_pages_name_them_in_their_language(client: Client) -> None:
    film = make_movie(genres=["Drama", "Horror"], countries=["Japan"])
    page = client.get(film.get_absolute_url(), headers=RUSSIAN).content.decode()
    assert ">Ужасы</a>" in page
    assert "<dd>Япония</dd>" in page
    page = client.get(f"/genres/{Genre.objects.get(name='Horror').pk}/", headers=KAZAKH).content.decode()
    assert "<h1>Қорқынышты</h1>" in page
    assert "<span>Қорқынышты</span>" in client.get("/", headers=KAZAKH).content.decode()


def test_forms_list_them_in_alphabetical_order() -> None:
    for genre in ("Drama", "Biography", "Family", "Fantasy", "Crime", "Adventure"):
        Genre.objects.create(name=genre)
    with translation.override("kk"):
        offered = [name for _pk, name in choices.genres()]
    assert offered == ["Драма", "Қиял-ғажайып", "Қылмыс", "Отбасылық", "Өмірбаян", "Шытырман оқиға"]
    assert choices.genres()[0][1] == "Adventure"


def test_typed_genres_are_understood_and_named_in_the_language_of_the_page(client: Client) -> None:
    make_movie(genres=["Horror"])
    make_movie(genres=["Comedy"])
    assert understand("қорқынышты фильм").genres == ["Horror"]
    assert understand("не ужасы").without_genres == ["Horror"]
    page = client.get("/", {"q": "horror"}, headers=RUSSIAN).content.decode()
    assert "</span>Ужасы<svg" in page


def test_a_taste_names_its_genres_in_the_language_of_the_page(client: Client) -> None:
    ana = make_user()
    like(ana, *(make_movie(genres=["War"]) for _ in range(3)))
    client.force_login(ana)
    assert "<li>Соғыс <span" in client.get("/my-films/", headers=KAZAKH).content.decode()
