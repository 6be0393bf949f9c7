"""The page of a taste: yours, without an account too, or a lent one; honest about chance, and nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Like, Movie, User
from recommender.film_ids import read_ids, write_ids
from recommender.taste import Verdict, verdict
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, teach, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def films() -> list[Movie]:
    """Forty films: one in four is a western of the sixties by one director, the others are dramas."""
    films = [
        make_movie(
            f"Western {n}" if n % 4 == 0 else f"Drama {n}",
            year=1962 if n % 4 == 0 else 1994,
            genres=["Western"] if n % 4 == 0 else ["Drama"],
            countries=["Italy"] if n % 4 == 0 else ["France"],
            directors=["Sergio Leone"] if n % 4 == 0 else [f"Director {n}"],
            keywords=["desert"] if n % 4 == 0 else ["family"],
        )
        for n in range(40)
    ]
    teach({film: [1, 0.1 * (at % 3), 0] if at % 4 == 0 else [0, 0.1 * (at % 3), 1] for at, film in enumerate(films)})
    return films


@pytest.fixture
def ana(client: Client, films: list[Movie]) -> User:
    """Likes seven westerns and three dramas, the dramas lately."""
    user = make_user("ana")
    now = timezone.now()
    for age, film in enumerate([*films[1:4], *films[0:28:4]]):
        Like.objects.create(user=user, movie=film, created_at=now - timedelta(days=age))
    client.force_login(user)
    return user


def lines(answer: object, chart: str) -> dict[str, tuple[int, str]]:
    context = answer.context  # type: ignore[attr-defined]
    return {bar.line.label: (bar.line.films, str(bar.line.verdict)) for bar in context[chart].bars}


def test_genres_decades_and_countries_beside_the_catalogue(client: Client, ana: User) -> None:
    answer = client.get("/my-films/taste/")
    assert lines(answer, "genres") == {"Western": (7, "more"), "Drama": (3, "less")}
    assert lines(answer, "decades") == {"the 1960s": (7, "more"), "the 1990s": (3, "less")}
    assert lines(answer, "countries") == {"Italy": (7, "more"), "France": (3, "less")}
    page = words_of(answer)
    assert "Western: more than usual." in page
    assert '<th scope="row">Western</th><td>7</td><td>70 %</td><td>25 %</td><td>more than usual</td>' in page
    assert "That is little" in page


def test_people_who_come_up_again(client: Client, ana: User) -> None:
    answer = client.get("/my-films/taste/")
    assert [(p.name, p.films, p.here) for p in answer.context["directors"]] == [("Sergio Leone", 7, 10)]
    assert answer.context["actors"] == []
    assert "7 of 10 here" in words_of(answer)


def test_how_a_taste_changed(client: Client, ana: User) -> None:
    chart = client.get("/my-films/taste/").context["times"]
    assert [period.films for period in chart.times.periods] == [5, 5]
    assert {curve.name: curve.shares for curve in chart.curves} == {"Western": [1.0, 0.4], "Drama": [0.0, 0.6]}


def test_likes_of_one_day_tell_nothing_about_time(client: Client, films: list[Movie]) -> None:
    user = make_user()
    like(user, *films[:20])
    client.force_login(user)
    answer = client.get("/my-films/taste/")
    assert answer.context["times"] is None
    assert "Not yet: it takes ten likes, and more than one day." in words_of(answer)


def test_each_interest_has_a_name_films_and_a_way_on(client: Client, ana: User, films: list[Movie]) -> None:
    answer = client.get("/my-films/taste/")
    westerns, dramas = answer.context["interests"]
    assert (westerns.films, dramas.films) == (7, 3)
    assert westerns.name.startswith("Sergio Leone, Western")
    assert {movie.title.split()[0] for movie in westerns.typical} == {"Western"}
    more = client.get("/" + westerns.address)
    assert set(shown(more)[:3]) == {film.pk for film in films[28:40:4]}
    assert [chip.label for chip in more.context["results"].chips] == ["like 7 chosen films"]
    assert "Films like the chosen ones" in words_of(more)
    assert "Close to <i>Western" in words_of(more)
    assert {film.pk for film in films[1:4]}.isdisjoint(shown(more))


def test_without_an_account_the_session_is_shown(client: Client, films: list[Movie]) -> None:
    assert "Like 3 more films" in words_of(client.get("/my-films/taste/"))
    for film in films[:3]:
        client.post(f"/films/{film.pk}/like/", {"liked": "1"})
    answer = client.get("/my-films/taste/")
    assert "From 3 liked films." in words_of(answer)
    assert answer.context["times"] is None


def test_a_lent_taste_is_shown_where_the_site_lends_it(client: Client, settings: Settings, films: list[Movie]) -> None:
    dora = make_user("dora", display_name="Dora", is_demo=True)
    like(dora, *films[0:20:4])
    refused = words_of(client.get("/my-films/taste/", {"taste": dora.pk}))
    assert "This taste is not yours to look at." in refused
    assert "Dora" not in refused
    settings.DEMO_MODE = True
    page = words_of(client.get("/my-films/taste/", {"taste": dora.pk}))
    assert "The taste “Dora”" in page
    assert "From 5 liked films." in page


@pytest.mark.parametrize("taste", ["stranger", "999999", "-1", "nobody", "1 or 1"])
def test_nobody_elses_taste_is_shown(client: Client, settings: Settings, ana: User, taste: str) -> None:
    settings.DEMO_MODE = True
    stranger = make_user("stranger")
    for asked in (taste, stranger.pk):
        answer = client.get("/my-films/taste/", {"taste": asked})
        assert "This taste is not yours to look at." in words_of(answer)
        assert answer.context["films"] == 0


def test_before_the_first_training_only_interests_are_missing(client: Client) -> None:
    user = make_user()
    like(user, *(make_movie(genres=["Drama"]) for _ in range(3)))
    client.force_login(user)
    answer = client.get("/my-films/taste/")
    assert lines(answer, "genres") == {"Drama": (3, "usual")}
    assert "Interests appear once this site has learned its films." in words_of(answer)


def test_films_that_nobody_may_see_do_not_count(client: Client, ana: User, films: list[Movie]) -> None:
    Movie.objects.filter(pk=films[0].pk).update(is_published=False)
    page = words_of(client.get("/my-films/taste/"))
    assert "From 9 liked films." in page
    assert films[0].title not in page


def test_chosen_films_that_nobody_may_see_are_not_named(client: Client, films: list[Movie]) -> None:
    secret = make_movie("Secret plans", is_published=False)
    answer = client.get("/", {"like": write_ids([secret.pk, films[0].pk])})
    assert "Secret" not in words_of(answer)
    assert [chip.label for chip in answer.context["results"].chips] == ["like 1 chosen film"]
    assert client.get("/", {"like": "%%%.zz zz.-5"}).context["results"].chips == []


def test_my_films_leads_there(client: Client, ana: User) -> None:
    assert 'href="/my-films/taste/"' in words_of(client.get("/my-films/"))


@pytest.mark.parametrize(
    ("films_", "likes", "usual", "wanted"),
    [
        (7, 10, 0.25, Verdict.MORE),
        (4, 10, 0.25, Verdict.USUAL),  # chance does that one time in five
        (0, 10, 0.25, Verdict.USUAL),
        (0, 40, 0.25, Verdict.LESS),
        (1, 3, 0.001, Verdict.USUAL),  # one film is no habit, however rare its kind
        (3, 3, 1.0, Verdict.USUAL),
        (3, 3, 0.0, Verdict.USUAL),
        (900, 2000, 0.3, Verdict.MORE),
    ],
)
def test_only_what_chance_hardly_does_gets_a_word(films_: int, likes: int, usual: float, wanted: Verdict) -> None:
    assert verdict(films_, likes, usual) == wanted


def test_film_ids_in_addresses_are_read_as_written() -> None:
    assert read_ids(write_ids([1, 35, 36, 123456789]), 10) == [1, 35, 36, 123456789]
    assert read_ids("1.2.3", 2) == [1, 2]
    assert read_ids("", 5) == read_ids("...", 5) == read_ids("Ä.١.-", 5) == []
