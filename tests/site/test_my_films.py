"""My films: what was liked, seen, wanted and put away."""

import pytest
from django.test import Client

from catalog.models import Mark
from tests.builders import like, make_movie, make_user
from tests.site.pages import shown, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_liked_films_stand_newest_first(client: Client) -> None:
    user, old, new = make_user(), make_movie(), make_movie()
    like(user, old, new)
    client.force_login(user)
    assert shown(client.get("/my-films/")) == [new.pk, old.pk]


@pytest.mark.parametrize("kind", Mark.Kind.values)
def test_each_mark_has_its_tab(client: Client, kind: str) -> None:
    user, movie = make_user(), make_movie()
    Mark.objects.create(user=user, movie=movie, kind=kind)
    client.force_login(user)
    assert shown(client.get("/my-films/", {"tab": kind})) == [movie.pk]
    assert shown(client.get("/my-films/")) == []


def test_nobody_sees_the_films_of_another(client: Client) -> None:
    like(make_user(), make_movie())
    client.force_login(make_user())
    answer = client.get("/my-films/")
    assert shown(answer) == []
    assert "Like three films and your recommendations fill." in words_of(answer)


def test_a_visitor_without_an_account_has_a_shelf_too(client: Client) -> None:
    movie = make_movie()
    client.post(f"/films/{movie.pk}/like/", {"liked": "1"})
    answer = client.get("/my-films/")
    assert shown(answer) == [movie.pk]
    assert "kept in this browser only" in words_of(answer)


def test_a_film_that_was_unpublished_is_left_out(client: Client) -> None:
    user = make_user()
    like(user, make_movie(is_published=False))
    client.force_login(user)
    assert shown(client.get("/my-films/")) == []


def test_an_unknown_tab_leads_to_the_first(client: Client) -> None:
    assert client.get("/my-films/", {"tab": "stolen"}).headers["Location"] == "/my-films/"


def test_many_films_are_paged(client: Client) -> None:
    user = make_user()
    like(user, *(make_movie() for _ in range(50)))
    client.force_login(user)
    first, second = (shown(client.get("/my-films/", {"page": page})) for page in (1, 2))
    assert len({*first, *second}) == 50


def test_search_and_order(client: Client) -> None:
    user = make_user()
    films = [make_movie("Solaris", year=1972), make_movie("Alien", year=1979), make_movie("Stalker", year=1960)]
    make_movie("Solaris 2")
    like(user, *films)
    client.force_login(user)
    assert shown(client.get("/my-films/", {"q": "s"})) == [films[2].pk, films[0].pk]
    assert shown(client.get("/my-films/", {"sort": "title"})) == [films[1].pk, films[0].pk, films[2].pk]
    assert shown(client.get("/my-films/", {"sort": "newest"})) == [films[1].pk, films[0].pk, films[2].pk]
    assert shown(client.get("/my-films/", {"sort": "oldest", "q": "solaris"})) == [films[0].pk]
    assert "None of these films fits." in words_of(client.get("/my-films/", {"q": "zzz"}))


def test_nonsense_as_an_order_is_ignored(client: Client) -> None:
    user, movie = make_user(), make_movie()
    like(user, movie)
    client.force_login(user)
    assert shown(client.get("/my-films/", {"sort": "random"})) == [movie.pk]


def test_the_taste_is_told_from_three_likes_on(client: Client) -> None:
    user = make_user()
    like(user, *(make_movie(genres=["Drama"], directors=["Agnès Varda"], year=1960 + n) for n in range(2)))
    client.force_login(user)
    assert "Your taste so far" not in words_of(client.get("/my-films/"))
    like(user, make_movie(genres=["Noir", "Drama"], directors=["Orson Welles"], year=1948))
    taste = client.get("/my-films/").context["taste"]
    assert [(often.name, often.films) for often in taste["genre"]] == [("Drama", 3), ("Noir", 1)]
    assert [(often.name, often.films) for often in taste["director"]] == [("Agnès Varda", 2)]
    assert [(often.name, often.films) for often in taste["decade"]] == [("1960", 2)]
