"""Say what you like on the first page, and see what fits."""

import pytest
from django.test import Client

from catalog.models import Genre
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, teach, words_of

pytestmark = pytest.mark.django_db


def genre(name: str) -> int:
    return int(Genre.objects.get(name=name).pk)


def test_an_empty_catalogue_is_a_sensible_page(client: Client) -> None:
    page = words_of(client.get("/"))
    assert "What would you like to watch tonight?" in page
    assert "The catalogue is empty so far." in page


def test_without_a_model_the_most_liked_films_stand_first(client: Client) -> None:
    first, second = make_movie("A"), make_movie("B")
    like(make_user(), second)
    answer = client.get("/")
    assert shown(answer) == [second.pk, first.pk]
    assert "has not learned its films yet" in words_of(answer)


def test_without_likes_it_says_what_to_do(client: Client) -> None:
    teach({make_movie(): [1, 0]})
    assert "Pick three films that you like" in words_of(client.get("/"))


def test_the_closest_films_stand_first_with_their_reason(client: Client) -> None:
    heat, near, far = make_movie("Heat"), make_movie("Collateral"), make_movie("Bambi")
    teach({heat: [1, 0, 0], near: [0.9, 0.3, 0], far: [0, 0.2, 1]})
    user = make_user()
    like(user, heat)
    client.force_login(user)
    answer = client.get("/")
    assert shown(answer) == [near.pk, far.pk]
    assert "Because you liked <i>Heat</i>" in words_of(answer)
    assert "Films for your taste" in words_of(answer)


def test_a_like_acts_on_the_very_next_list_without_an_account(client: Client) -> None:
    films = [make_movie(title) for title in "ABC"]
    teach(dict(zip(films, ([1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]), strict=True)))
    client.post(f"/films/{films[2].pk}/like/", {"liked": "1"})
    assert films[2].pk not in shown(client.get("/"))
    client.post(f"/films/{films[2].pk}/like/", {"liked": "0"})
    client.post(f"/films/{films[0].pk}/like/", {"liked": "1"})
    assert shown(client.get("/")) == [films[1].pk, films[2].pk]


def test_filters_narrow_the_list(client: Client) -> None:
    comedy = make_movie("A", genres=["Comedy"], countries=["France"], year=1960, runtime=90)
    horror = make_movie("B", genres=["Horror", "Comedy"], countries=["Italy"], year=1980, runtime=130)
    france = comedy.countries.get().pk
    assert shown(client.get("/", {"genre": genre("Horror")})) == [horror.pk]
    assert shown(client.get("/", {"genre": genre("Comedy"), "without": genre("Horror")})) == [comedy.pk]
    assert shown(client.get("/", {"country": france})) == [comedy.pk]
    assert shown(client.get("/", {"year_from": 1970})) == [horror.pk]
    assert shown(client.get("/", {"year_to": 1970})) == [comedy.pk]
    assert shown(client.get("/", {"longest": 120})) == [comedy.pk]


def test_the_form_remembers_what_the_address_says(client: Client) -> None:
    make_movie(genres=["Comedy"])
    page = words_of(client.get("/", {"q": 'a "quiet" <b>film', "genre": genre("Comedy")}))
    assert 'value="a &quot;quiet&quot; &lt;b&gt;film"' in page
    assert f'name="genre" value="{genre("Comedy")}" checked>' in page


def test_when_filters_leave_little_it_offers_to_loosen_them(client: Client) -> None:
    make_movie(year=1960)
    page = words_of(client.get("/", {"year_from": 1999, "longest": 90}))
    assert "No film of this catalogue passes all of these filters." in page
    assert 'href="/?longest=90">any year</a>' in page
    assert 'href="/?year_from=1999">any length</a>' in page


def test_what_was_understood_can_be_taken_away(client: Client) -> None:
    make_movie(year=1994, genres=["Comedy"])
    page = words_of(client.get("/", {"q": "comedy of the 90s", "taste": "nobody"}))
    assert "1990–1999" in page
    assert 'href="/?taste=nobody&amp;q=comedy+of+the"' in page


def test_taking_the_words_away_leaves_what_was_understood(client: Client) -> None:
    make_movie(year=1994, genres=["Comedy"])
    answer = client.get("/", {"q": "rainy night, not horror, 1990s, in town"})
    chips = {chip.label: chip.address for chip in answer.context["results"].chips}
    assert chips == {
        "1990–1999": "?q=rainy+night%2C+not+horror%2C+in+town",
        "without Horror": "?q=rainy+night%2C+1990s%2C+in+town",
        "rainy night, in town": "?q=1990s+not+horror",
    }


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"year_from": "1500"}, "greater than or equal to 1888"),
        ({"year_from": "long ago"}, "Enter a whole number"),
        ({"year_from": "2000", "year_to": "1990"}, "The last year lies before the first one."),
        ({"genre": "999999"}, "999999 is not one of the available choices"),
        ({"q": "a" * 501}, "at most 500 characters"),
        ({"longest": "13"}, "13 is not one of the available choices"),
        ({"dial": "7"}, "less than or equal to 2"),
        ({"dial": "up"}, "Enter a whole number"),
    ],
)
def test_nonsense_gets_a_clear_word_and_no_list(client: Client, sent: dict[str, str], said: str) -> None:
    make_movie()
    answer = client.get("/", sent)
    assert said in words_of(answer)
    assert shown(answer) == []


def test_a_genre_cannot_be_wanted_and_unwanted(client: Client) -> None:
    make_movie(genres=["War"])
    page = words_of(client.get("/", {"genre": genre("War"), "without": genre("War")}))
    assert "A genre cannot be wanted and unwanted at once." in page


def test_htmx_gets_the_results_alone_with_the_short_address(client: Client) -> None:
    make_movie()
    sent = {"q": "", "taste": "me", "year_from": "1990", "year_to": "", "dial": ""}
    answer = client.get("/", sent, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == "/?year_from=1990"
    assert "HX-Request" in answer.headers["Vary"]


def test_nothing_can_be_posted_here(client: Client) -> None:
    assert client.post("/").status_code == 405


def all_pages(client: Client, address: str) -> list[list[int]]:
    """Follow "Show more" to the end."""
    pages = []
    while address:
        answer = client.get(address)
        pages.append(shown(answer))
        page = answer.content.decode()
        at = page.find('<li class="more"><a class="button quiet" href="')
        address = page[at:].split('"')[5].replace("&amp;", "&") if at >= 0 else ""
    return pages


def test_paging_neither_repeats_nor_skips_while_likes_change(client: Client) -> None:
    films = [make_movie() for _ in range(60)]
    teach({film: [1, at / 10, (at * 7 % 5) / 5] for at, film in enumerate(films)})
    client.post(f"/films/{films[3].pk}/like/", {"liked": "1"})
    first = shown(client.get("/"))
    address = client.get("/").context["results"].more
    client.post(f"/films/{films[50].pk}/like/", {"liked": "1"})  # the taste turns around between two pages
    rest = all_pages(client, "/" + address)
    seen = [*first, *(pk for page in rest for pk in page)]
    assert len(first) == 24
    assert len(seen) == len(set(seen))
    assert set(seen) | {films[3].pk, films[50].pk} == {film.pk for film in films}


@pytest.mark.parametrize("shown_before", ["", ".", "zzzzzzzzzzzzzzzzzz", "-1", "<b>", "1.2.x y"])
def test_a_broken_place_in_the_list_is_ignored(client: Client, shown_before: str) -> None:
    movie = make_movie()
    assert set(shown(client.get("/", {"shown": shown_before}))) <= {movie.pk}


def test_the_dial_stands_in_the_middle_until_it_is_moved(client: Client) -> None:
    make_movie()
    assert 'min="-2" max="2" step="1" value="0"' in words_of(client.get("/"))
    assert 'min="-2" max="2" step="1" value="-2"' in words_of(client.get("/", {"dial": "-2"}))
    answer = client.get("/", {"dial": "0"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/"


def test_the_dial_turns_from_popular_to_hidden_gems(client: Client) -> None:
    films = [make_movie(f"Film {n}") for n in range(6)]
    teach({movie: [1, n / 50] for n, movie in enumerate(films)})
    for n in range(5):
        like(make_user(), *films[: 5 - n])
    client.post(f"/films/{films[5].pk}/like/", {"liked": "1"})
    popular = shown(client.get("/", {"dial": "-2"}))
    unknown = shown(client.get("/", {"dial": "2"}))
    assert popular[0] == films[0].pk
    assert unknown[0] == films[4].pk
    assert set(popular) == set(unknown)
