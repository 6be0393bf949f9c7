"""A curator finds, edits, publishes and deletes films in the admin."""

from collections.abc import Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from catalog.models import Credit, FilmText, Genre, Movie, Person
from catalog.signals import movies_changed
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import existing, film_form, make_curator

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FILMS = reverse("admin:catalog_movie_changelist")
ADD = reverse("admin:catalog_movie_add")


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_curator())
    return client


@pytest.fixture
def announced(django_capture_on_commit_callbacks) -> Iterator[list[int]]:
    ids: list[int] = []

    def hear(movie_ids: list[int], **kwargs: object) -> None:
        ids.extend(movie_ids)

    movies_changed.connect(hear)
    yield ids
    movies_changed.disconnect(hear)


def change_page(movie: Movie) -> str:
    return reverse("admin:catalog_movie_change", args=[movie.pk])


def titles(client: Client, **query: object) -> set[str]:
    response = client.get(FILMS, query)
    assert response.status_code == 200
    return {movie.title for movie in response.context["cl"].result_list}


@pytest.mark.parametrize("staff", [False, True])
def test_others_are_refused(client: Client, staff: bool) -> None:
    client.force_login(make_user(is_staff=staff))
    assert client.get(FILMS).status_code == (403 if staff else 302)
    assert client.post(ADD, film_form()).status_code == (403 if staff else 302)
    assert not Movie.objects.exists()


def test_adding_a_film_with_people_and_texts(curator: Client) -> None:
    genre = Genre.objects.create(name="Crime")
    mann, pacino = Person.objects.create(name="Michael Mann"), Person.objects.create(name="Al Pacino")
    data = film_form(
        keywords="heist, los angeles , heist,",
        genres=[genre.pk],
        people=[
            {"role": "director", "position": 0, "person": mann.pk},
            {"role": "cast", "position": 0, "person": pacino.pk},
        ],
        texts=[{"language": "ru", "title": "Схватка", "description": ""}],
    )
    response = curator.post(ADD, data)
    assert response.status_code == 302, response.context["errors"]
    film = Movie.objects.with_people().get()
    assert (film.title, film.year, film.keywords) == ("Heat", 1995, ["heist", "los angeles"])
    assert (film.directors, film.cast, list(film.genres.all())) == ([mann], [pacino], [genre])
    assert FilmText.objects.get().title == "Схватка"
    assert LogEntry.objects.get().object_id == str(film.pk)


def test_a_change_is_announced_with_its_inlines(
    curator: Client, announced: list[int], django_capture_on_commit_callbacks
) -> None:
    film = make_movie("Heat", year=1995, cast=["Al Pacino"], genres=["Crime"])
    seen: list[str] = []

    def look(movie_ids: list[int], **kwargs: object) -> None:
        seen.extend(Credit.objects.filter(movie__in=movie_ids).values_list("person__name", flat=True))

    movies_changed.connect(look)
    other = Person.objects.create(name="Robert De Niro")
    data = existing(film)
    data["credits-0-person"] = other.pk
    with django_capture_on_commit_callbacks(execute=True):
        assert curator.post(change_page(film), data).status_code == 302
    movies_changed.disconnect(look)
    assert announced == [film.pk]
    assert seen == ["Robert De Niro"]


def test_keywords_are_shown_as_text_and_survive_saving(curator: Client) -> None:
    film = make_movie("Heat", year=1995, keywords=["new york, new york", 'the "job"', "heist"])
    field = curator.get(change_page(film)).context["adminform"].form["keywords"]
    assert field.value() == '"new york, new york", "the ""job""", heist'
    assert curator.post(change_page(film), existing(film, keywords=field.value())).status_code == 302
    film.refresh_from_db()
    assert film.keywords == ["new york, new york", 'the "job"', "heist"]


@pytest.mark.parametrize("keywords", ["x" * 101, '"' + "x" * 200_000])
def test_a_keyword_that_is_too_long_is_refused(curator: Client, keywords: str) -> None:
    response = curator.post(ADD, film_form(keywords=keywords))
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["keywords"]
    assert not Movie.objects.exists()


def test_the_same_title_and_year_without_ids_gets_a_message(curator: Client) -> None:
    make_movie("Heat", year=1995)
    response = curator.post(ADD, film_form())
    assert response.status_code == 200
    assert "There is a film with this title and year already." in response.content.decode()
    assert curator.post(ADD, film_form(imdb_id="tt0113277")).status_code == 302


@pytest.mark.parametrize("name", ["imdb_id", "tmdb_id", "movielens_id"])
def test_an_id_of_another_film_gets_a_message_that_names_it(curator: Client, name: str) -> None:
    other = make_movie("Alien", year=1979, imdb_id="tt0078748", tmdb_id=348, movielens_id=1214)
    response = curator.post(ADD, film_form(**{name: getattr(other, name)}))
    assert response.context["adminform"].form.errors == {name: ["Alien (1979) has this id already."]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("year", "1066"), ("runtime", "0"), ("imdb_id", "113277"), ("poster_url", "javascript:alert(1)")],
)
def test_values_that_make_no_sense_are_refused(curator: Client, field: str, value: str) -> None:
    response = curator.post(ADD, film_form(**{field: value}))
    assert list(response.context["adminform"].form.errors) == [field]


def test_an_empty_text_and_a_repeated_credit_are_refused(curator: Client) -> None:
    response = curator.post(ADD, film_form(texts=[{"language": "ru", "title": "", "description": ""}]))
    assert "Write a title or a description, or delete this text." in response.content.decode()
    person = {"role": "cast", "position": 0, "person": Person.objects.create(name="Al Pacino").pk}
    response = curator.post(ADD, film_form(people=[person, person]))
    assert "Please correct the duplicate" in response.content.decode()
    assert not Movie.objects.exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("heat", {"Heat"}),
        ("mann alien", set()),
        ("MANN", {"Heat"}),
        ("схватка", {"Heat"}),
        ("СКОТТ", {"Alien"}),
        ("tt0113277", {"Heat"}),
        ("949", {"Heat"}),
        ("113277", {"Heat"}),
        ("99999999999999999999", set()),
        ("50%", set()),
    ],
)
def test_search_knows_titles_languages_people_and_ids(curator: Client, words: str, found: set[str]) -> None:
    heat = make_movie("Heat", directors=["Michael Mann"], cast=["Al Mann"], imdb_id="tt0113277", tmdb_id=949)
    FilmText.objects.create(movie=heat, language="ru", title="Схватка")
    make_movie("Alien", directors=["Ридли Скотт"])
    assert titles(curator, q=words) == found


def test_filters(curator: Client) -> None:
    heat = make_movie(
        "Heat", year=1995, genres=["Crime"], countries=["United States"], language="en", description="A thief."
    )
    make_movie("Alien", year=1979, genres=["Horror"], is_published=False, poster_url="https://example.org/a.jpg")
    assert titles(curator, genres__id__exact=heat.genres.get().pk) == {"Heat"}
    assert titles(curator, countries__id__exact=heat.countries.get().pk) == {"Heat"}
    assert titles(curator, decade="1990") == {"Heat"}
    assert titles(curator, language="en") == {"Heat"}
    assert titles(curator, is_published__exact="0") == {"Alien"}
    assert titles(curator, missing="description") == {"Alien"}
    assert titles(curator, missing="poster") == {"Heat"}
    assert titles(curator, missing="people") == {"Heat", "Alien"}
    assert titles(curator, decade="nonsense", missing="nonsense") == {"Heat", "Alien"}


@pytest.mark.parametrize(("action", "published"), [("publish", True), ("unpublish", False)])
def test_publishing_in_bulk(
    curator: Client, announced: list[int], django_capture_on_commit_callbacks, action: str, published: bool
) -> None:
    films = [make_movie(f"Film {n}", is_published=not published) for n in range(3)]
    already = make_movie("Already", is_published=published)
    ids = [film.pk for film in (*films, already)]
    with django_capture_on_commit_callbacks(execute=True):
        response = curator.post(FILMS, {"action": action, "_selected_action": ids}, follow=True)
    assert "3 films are" in response.content.decode()
    assert Movie.objects.filter(is_published=published).count() == 4
    assert announced == ids[:3]
    assert LogEntry.objects.count() == 3


def test_deleting_is_announced(curator: Client, announced: list[int], django_capture_on_commit_callbacks) -> None:
    one, two, three = (make_movie(f"Film {n}") for n in range(3))
    like(make_user(), one)
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(reverse("admin:catalog_movie_delete", args=[one.pk]), {"post": "yes"})
        curator.post(FILMS, {"action": "delete_selected", "_selected_action": [two.pk], "post": "yes"})
    assert announced == [one.pk, two.pk]
    assert list(Movie.objects.all()) == [three]


def test_history_says_who_changed_what(curator: Client) -> None:
    film = make_movie("Heat", year=1995)
    curator.post(change_page(film), existing(film, runtime="170"))
    page = curator.get(reverse("admin:catalog_movie_history", args=[film.pk])).content.decode()
    assert "Changed Runtime." in page


FILTERS = ({}, {"missing": "people"}, {"twin": "yes"}, {"liked": "no", "text": "ru"}, {"q": "lee 2001"}, {"q": "949"})


def test_queries_of_the_list_do_not_grow_with_the_films(curator: Client, django_assert_max_num_queries) -> None:
    visitor = make_user()
    for number in range(200):
        film = make_movie(f"Film {number % 150}", genres=["Drama", "Crime"], cast=["Ann Lee"], tmdb_id=number + 1)
        like(visitor, film)
    titles(curator, q="lee")  # the search catches up with films that no importer announced
    for chosen in FILTERS:
        with django_assert_max_num_queries(12):
            titles(curator, **chosen)
    with django_assert_max_num_queries(12):
        assert len(curator.get(FILMS, {"q": "lee"}).context["cl"].result_list) == 100


def test_long_lists_are_never_counted_to_their_end(
    curator: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setattr("catalog.admin.films.MovieAdmin.list_per_page", 2)
    monkeypatch.setattr("catalog.admin.lists.PAGES_AHEAD", 3)
    Movie.objects.bulk_create(Movie(title=f"Film {n:02}") for n in range(30))
    with django_assert_max_num_queries(12) as captured:
        response = curator.get(FILMS, {"p": 2})
    assert "more than 10 films" in response.content.decode()
    assert "Select all of this list, on all pages" in response.content.decode()
    counts = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT COUNT(*)")]
    assert counts
    assert all("LIMIT 11" in sql and "ORDER BY" not in sql for sql in counts)
    assert [film.title for film in response.context["cl"].result_list] == ["Film 02", "Film 03"]
    assert "30 films" in curator.get(FILMS, {"p": 13}).content.decode()
    assert curator.get(FILMS, {"p": "x"}).status_code == 200


def test_films_are_offered_while_typing(curator: Client) -> None:
    heat = make_movie("Heat", year=1995)
    query = {"app_label": "catalog", "model_name": "like", "field_name": "movie", "term": "hea"}
    answer = curator.get(reverse("admin:autocomplete"), query).json()
    assert answer["results"] == [{"id": str(heat.pk), "text": "Heat (1995)"}]


def test_a_list_and_a_page_are_headed_by_what_they_hold(curator: Client) -> None:
    film = make_movie("Heat", genres=["Crime"], countries=["France"])
    russian = {"Accept-Language": "ru"}
    assert "<h1>Фильмы</h1>" in curator.get(FILMS, headers=russian).content.decode()
    assert "<h1>Фильм</h1>" in curator.get(change_page(film), headers=russian).content.decode()


def test_the_list_names_genres_and_countries_in_the_curators_language(curator: Client) -> None:
    make_movie("Heat", genres=["Crime"], countries=["France"])
    page = curator.get(FILMS, headers={"Accept-Language": "ru"}).content.decode()
    assert '<td class="field-genre_names">Криминал</td>' in page
    assert '<td class="field-country_names">Франция</td>' in page
