"""A curator joins films that are one: all moves or is joined, clashes are shown, and nothing happens by halves."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.merging import MOST
from catalog.merging_rows import _NOT_MOVED, _columns
from catalog.models import (
    CatalogueImport,
    Credit,
    FilmText,
    Genre,
    ImportRow,
    Like,
    Mark,
    MergedFilm,
    Movie,
    SearchEntry,
    User,
)
from catalog.signals import movies_changed
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import make_group_curator

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MERGE = reverse("admin:catalog_movie_merge")
FILMS = reverse("admin:catalog_movie_changelist")


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_group_curator())
    return client


def merge(client: Client, stays: Movie, *goes: Movie, **choices: Any) -> str:
    """Press the button; give back what the next page says."""
    data = {"ids": [stays.pk, *(film.pk for film in goes)], "stays": stays.pk}
    data |= {f"choice-{name.replace('__', ':')}": getattr(film, "pk", film) for name, film in choices.items()}
    return client.post(MERGE, data, follow=True).content.decode()


def shown_page(client: Client, *films: Movie, stays: Movie | None = None) -> Any:
    query = {"ids": [film.pk for film in films]} | ({"stays": stays.pk} if stays else {})
    return client.get(MERGE, query)


def test_the_action_leads_to_the_page(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat ")
    answer = curator.post(FILMS, {"action": "merge", "_selected_action": [two.pk, one.pk]})
    assert answer.url == f"{MERGE}?ids={one.pk}&ids={two.pk}"
    assert curator.get(answer.url).status_code == 200


@pytest.mark.parametrize("count", [1, MOST + 1])
def test_too_few_or_too_many_films_are_refused(curator: Client, count: int) -> None:
    ids = [make_movie().pk for _ in range(count)]
    page = curator.post(FILMS, {"action": "merge", "_selected_action": ids}, follow=True).content.decode()
    assert f"two at least, {MOST} at most." in page
    assert Movie.objects.count() == count


@pytest.mark.parametrize("ids", [[], ["x"], [1], ["1", "1"], [10**30, 2]])
def test_nonsense_leads_back_to_the_list(curator: Client, ids: list[Any]) -> None:
    make_movie()
    assert curator.get(MERGE, {"ids": ids}).url == FILMS
    assert curator.post(MERGE, {"ids": ids, "stays": "y"}).url == FILMS


def test_looking_changes_nothing(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    like(make_user(), two)
    assert shown_page(curator, one, two).status_code == 200
    assert Movie.objects.count() == 2
    assert Like.objects.get().movie == two


def test_the_film_that_more_people_like_is_proposed_to_stay(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    assert shown_page(curator, one, two).context["plan"].stays == one
    like(make_user(), two)
    assert shown_page(curator, one, two).context["plan"].stays == two
    assert shown_page(curator, one, two, stays=one).context["plan"].stays == one


def test_likes_move_and_those_of_one_person_are_joined(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    both, other = make_user("both"), make_user("other")
    like(both, one)
    like(both, two)
    like(other, two)
    long_ago = timezone.now() - timedelta(days=900)
    Like.objects.filter(user=both, movie=two).update(created_at=long_ago)
    plan = shown_page(curator, one, two, stays=one).context["plan"]
    assert {row.label: (row.moves, row.joins) for row in plan.rows}["likes"] == (1, 1)
    assert "1 film went into" in merge(curator, one, two)
    assert set(Like.objects.values_list("user__username", "movie")) == {("both", one.pk), ("other", one.pk)}
    assert Like.objects.get(user=both).created_at == long_ago


def test_marks_of_both_films_do_not_contradict_the_likes(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    fan, undecided, seer = make_user("fan"), make_user("undecided"), make_user("seer")
    like(fan, one)
    Mark.objects.create(user=fan, movie=two, kind="hidden")
    Mark.objects.create(user=undecided, movie=one, kind="hidden")
    Mark.objects.create(user=undecided, movie=two, kind="watchlist")
    for film in (one, two):
        Mark.objects.create(user=seer, movie=film, kind="seen")
    merge(curator, one, two)
    assert list(Like.objects.values_list("user__username", "movie")) == [("fan", one.pk)]
    assert set(Mark.objects.values_list("user__username", "movie", "kind")) == {
        ("undecided", one.pk, "watchlist"),
        ("seer", one.pk, "seen"),
    }


def test_people_join_behind_those_there_and_nobody_comes_twice(curator: Client) -> None:
    one = make_movie("Heat", directors=["Michael Mann"], cast=["Al Pacino", "Robert De Niro"])
    two = make_movie("Heat!", directors=["Michael Mann"], cast=["Val Kilmer", "Al Pacino", "Jon Voight"])
    merge(curator, one, two)
    film = Movie.objects.with_people().get()
    assert [person.name for person in film.directors] == ["Michael Mann"]
    assert [person.name for person in film.cast] == ["Al Pacino", "Robert De Niro", "Val Kilmer", "Jon Voight"]
    assert sorted(Credit.objects.filter(role="cast").values_list("position", flat=True)) == [0, 1, 2, 3]


def test_genres_countries_and_keywords_are_united(curator: Client) -> None:
    one = make_movie("Heat", genres=["Crime", "Drama"], countries=["France"], keywords=["heist", "rain"])
    two = make_movie("Heat!", genres=["Drama", "Thriller"], countries=["Italy"], keywords=["rain", "night"])
    merge(curator, one, two)
    film = Movie.objects.get()
    assert [genre.name for genre in film.genres.all()] == ["Crime", "Drama", "Thriller"]
    assert [country.name for country in film.countries.all()] == ["France", "Italy"]
    assert film.keywords == ["heist", "rain", "night"]
    assert Genre.objects.count() == 3


def test_gaps_are_filled_and_what_agrees_is_no_clash(curator: Client) -> None:
    one = make_movie("Heat", year=1995, description="A thief.", tmdb_id=949)
    two = make_movie("Heat", year=1995, description="A thief.", imdb_id="tt0113277", runtime=170, language="en")
    plan = shown_page(curator, one, two, stays=one).context["plan"]
    assert plan.clashes == []
    merge(curator, one, two)
    film = Movie.objects.get()
    assert (film.imdb_id, film.tmdb_id, film.runtime, film.language) == ("tt0113277", 949, 170, "en")


def test_clashes_are_shown_and_the_chosen_value_counts(curator: Client) -> None:
    one = make_movie("Heat", year=1995, tmdb_id=1, runtime=160, description="Short.")
    two = make_movie("The heat", year=1996, tmdb_id=2, runtime=170, description="A thief and a policeman.")
    plan = shown_page(curator, one, two, stays=one).context["plan"]
    assert [clash.name for clash in plan.clashes] == ["title", "year", "description", "runtime", "tmdb_id"]
    page = shown_page(curator, one, two, stays=one).content.decode()
    assert "They differ in: TMDB id" in page
    assert "A thief and a policeman." in page
    merge(curator, one, two, tmdb_id=two, description=two, runtime=one)
    film = Movie.objects.get()
    assert (film.pk, film.title, film.year, film.runtime) == (one.pk, "Heat", 1995, 160)
    assert (film.tmdb_id, film.description) == (2, "A thief and a policeman.")
    history = LogEntry.objects.get().change_message
    assert "TMDB id “1”" in history
    assert "title “The heat”" in history
    assert "runtime “170”" in history


def test_texts_are_joined_language_by_language(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    FilmText.objects.create(movie=one, language="ru", title="Схватка", description="")
    FilmText.objects.create(movie=two, language="ru", title="Жара", description="Вор и полицейский.")
    FilmText.objects.create(movie=two, language="kk", title="Шайқас")
    plan = shown_page(curator, one, two, stays=one).context["plan"]
    assert [clash.label for clash in plan.clashes if clash.name.startswith("text")] == ["title (Русский)"]
    merge(curator, one, two)
    texts = set(FilmText.objects.values_list("movie", "language", "title", "description"))
    assert texts == {(one.pk, "ru", "Схватка", "Вор и полицейский."), (one.pk, "kk", "Шайқас", "")}


def test_another_title_in_another_language_can_be_chosen(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    FilmText.objects.create(movie=one, language="ru", title="Схватка")
    FilmText.objects.create(movie=two, language="ru", title="Жара")
    merge(curator, one, two, text__ru__title=two)
    assert FilmText.objects.get().title == "Жара"


def test_a_hidden_film_stays_hidden_unless_somebody_chooses(curator: Client) -> None:
    one, two = make_movie("Heat", is_published=False), make_movie("Heat!")
    merge(curator, one, two)
    assert not Movie.objects.get().is_published
    three = make_movie("Heat?")
    merge(curator, one, three, is_published=three)
    assert Movie.objects.get().is_published


def test_three_films_become_one(curator: Client) -> None:
    one, two, three = make_movie("Heat"), make_movie("Heat!", tmdb_id=2), make_movie("Heat?", imdb_id="tt0113277")
    visitors = [make_user() for _ in range(3)]
    for visitor, film in zip(visitors, (one, two, three), strict=True):
        like(visitor, film)
    like(visitors[0], two, three)
    assert "2 films went into" in merge(curator, one, two, three)
    film = Movie.objects.get()
    assert (film.likes.count(), film.tmdb_id, film.imdb_id) == (3, 2, "tt0113277")


def test_old_addresses_lead_on_even_after_a_second_merge(curator: Client) -> None:
    one, two, three = make_movie("Heat"), make_movie("Heat!"), make_movie("Heat?")
    old = two.get_absolute_url()
    merge(curator, one, two)
    assert curator.get(old).url == one.get_absolute_url()
    merge(curator, three, one)
    assert curator.get(old).url == three.get_absolute_url()
    assert set(MergedFilm.objects.values_list("former_id", "movie")) == {(two.pk, three.pk), (one.pk, three.pk)}
    Movie.objects.update(is_published=False)
    assert curator.get(old).status_code == 404


def test_what_somebody_liked_without_an_account_follows_at_once_and_at_sign_up(
    curator: Client, django_capture_on_commit_callbacks
) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    visitor = Client()
    visitor.post(reverse("catalog:like", args=[two.pk]), {"liked": "1"})
    with django_capture_on_commit_callbacks(execute=True):
        merge(curator, one, two)
    assert list(visitor.get(reverse("catalog:my_films")).context["movies"]) == [one]
    password = "a-long-phrase-of-words"
    visitor.post(reverse("catalog:sign_up"), {"username": "anna", "password1": password, "password2": password})
    assert list(Like.objects.values_list("user__username", "movie")) == [("anna", one.pk)]


def test_the_history_of_all_films_and_the_merge_is_kept(curator: Client) -> None:
    one, two = make_movie("Heat", year=1995), make_movie("Heat!", year=1995)
    kind = ContentType.objects.get_for_model(Movie)
    curator_pk = User.objects.get(username="cura").pk
    LogEntry.objects.create(
        user_id=curator_pk, content_type=kind, object_id=two.pk, object_repr="Heat!", action_flag=CHANGE
    )
    merge(curator, one, two)
    newest, oldest = LogEntry.objects.filter(content_type=kind, object_id=one.pk).order_by("-pk")
    assert oldest.object_repr == "Heat!"
    assert newest.user_id == curator_pk
    assert newest.change_message.startswith(f"Merged “Heat! (1995)” (#{two.pk}) into this film.")
    page = curator.get(reverse("admin:catalog_movie_history", args=[one.pk])).content.decode()
    assert "into this film" in page


def test_an_import_is_not_undone_on_the_film_that_stays(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    found = CatalogueImport.objects.create(file_name="films.csv")
    ImportRow.objects.create(catalogue_import=found, line=1, kind="new", movie=two)
    merge(curator, one, two)
    assert ImportRow.objects.get().movie is None


@pytest.fixture
def announced() -> Iterator[list[int]]:
    ids: list[int] = []

    def hear(movie_ids: list[int], **_rest: object) -> None:
        ids.extend(movie_ids)

    movies_changed.connect(hear)
    yield ids
    movies_changed.disconnect(hear)


def test_a_merge_is_announced_and_found_by_the_other_title(
    curator: Client, announced: list[int], django_capture_on_commit_callbacks
) -> None:
    one, two = make_movie("Heat"), make_movie("Other name", original_title="Schatten")
    with django_capture_on_commit_callbacks(execute=True):
        merge(curator, one, two)
    assert announced == [one.pk, two.pk]
    assert "schatten" in SearchEntry.objects.get().words


def test_nothing_happens_when_the_result_would_be_a_third_film(curator: Client) -> None:
    make_movie("Heat", year=1995)
    one, two = make_movie("Heat", year=1996), make_movie("Heat!", year=1995)
    like(make_user(), two)
    page = merge(curator, one, two, year=two)
    assert "There is a film with this title and year already." in page
    assert Movie.objects.count() == 3
    assert Like.objects.get().movie == two
    assert not LogEntry.objects.exists()
    assert not MergedFilm.objects.exists()


def test_a_choice_that_was_never_offered_is_refused(curator: Client) -> None:
    one, two, other = make_movie("Heat"), make_movie("Heat!"), make_movie("Alien")
    assert "The films have changed meanwhile." in merge(curator, one, two, title=other)
    assert "The films have changed meanwhile." in merge(curator, one, two, password=one)
    assert Movie.objects.count() == 3


def test_a_film_that_is_gone_meanwhile_is_named(curator: Client) -> None:
    one, two = make_movie("Heat"), make_movie("Heat!")
    two.delete()
    assert "Select two films or more that are one and the same." in merge(curator, one, two)


@pytest.mark.parametrize("right", [(), ("view_movie",), ("change_movie",), ("delete_movie", "view_movie")])
def test_who_may_not_change_and_delete_films_may_not_merge(client: Client, right: tuple[str, ...]) -> None:
    helper = make_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=right, content_type__app_label="catalog"))
    client.force_login(helper)
    one, two = make_movie("Heat"), make_movie("Heat!")
    query = {"ids": [one.pk, two.pk], "stays": one.pk}
    assert client.get(MERGE, query).status_code == 403
    assert client.post(MERGE, query).status_code == 403
    assert Movie.objects.count() == 2


def test_every_table_that_points_at_a_film_is_known_to_the_merge() -> None:
    """A primary key that is a film cannot be moved; whoever adds such a table has to say what a merge does with it."""
    pointing = {
        relation.field.model
        for relation in Movie._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    }
    assert pointing - {column.model for column in _columns()} - set(_NOT_MOVED) == set()
