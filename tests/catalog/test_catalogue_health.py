"""A curator sees what the catalogue lacks, and every number leads to the rows that it counts."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Country, FilmText, Genre, Person
from tests.builders import like, make_movie, make_user, make_version
from tests.catalog.admin_site import make_group_curator

pytestmark = pytest.mark.django_db

HEALTH = reverse("admin:catalog_health")


@pytest.fixture
def curator(client: Client) -> Client:
    client.force_login(make_group_curator())
    return client


def a_mixed_catalogue() -> None:
    whole = make_movie(
        "Heat", year=1995, genres=["Crime"], countries=["France"], cast=["Al Pacino"], description="A thief.",
        poster_url="https://example.org/heat.jpg", runtime=170, language="en", tmdb_id=949,
    )  # fmt: skip
    like(make_user(), whole)
    FilmText.objects.create(movie=whole, language="ru", title="Схватка")
    twin = make_movie("HEAT!", year=1996, is_published=False)
    make_movie("Alien", year=None, language="en")
    make_movie("Ёлки", year=2010)
    make_movie("ЕЛКИ", year=None)
    make_movie("Heat", year=2013)
    Person.objects.create(name="Nobody")
    Genre.objects.create(name="Unused")
    Country.objects.create(name="Nowhere")
    make_version({whole: [1, 0], twin: [0, 1]})


def numbers(client: Client) -> dict[str, tuple[int, str]]:
    sections = client.get(HEALTH).context["sections"]
    return {str(figure.label): (figure.count, figure.address) for section in sections for figure in section.figures}


def test_the_numbers_are_right(curator: Client) -> None:
    a_mixed_catalogue()
    found = {label: count for label, (count, _address) in numbers(curator).items()}
    assert found == {
        "films in all": 6, "not published": 1, "without description": 5, "without poster": 5, "without year": 2,
        "without runtime": 5, "without original language": 4, "without genres": 5, "without countries": 5,
        "without people": 5, "without texts in other languages": 5, "without ids of other sites": 5,
        "same title within a year": 4, "never liked": 5, "text in English": 0, "text in Русский": 1,
        "text in Қазақша": 0, "made in English": 2, "people in no film": 1, "genres without films": 1,
        "countries without films": 1, "films without a vector": 4, "films with a stale vector": 0,
    }  # fmt: skip


def test_every_number_leads_to_as_many_rows(curator: Client) -> None:
    a_mixed_catalogue()
    for label, (count, address) in numbers(curator).items():
        answer = curator.get(address)
        assert answer.status_code == 200, label
        assert answer.context["cl"].result_count == count, label


def test_the_page_links_each_number(curator: Client) -> None:
    a_mixed_catalogue()
    page = curator.get(HEALTH).content.decode()
    assert f'href="{reverse("admin:catalog_movie_changelist")}?missing=description"' in page
    assert 'aria-label="never liked: 5"' in page
    assert HEALTH in curator.get(reverse("admin:catalog_movie_changelist")).content.decode()


def test_an_empty_catalogue_has_no_faults_and_says_that_there_is_no_model(curator: Client) -> None:
    assert {count for count, _address in numbers(curator).values()} == {0}
    assert "No model is active" in curator.get(HEALTH).content.decode()


def test_the_page_costs_the_same_whatever_the_size(curator: Client, django_assert_max_num_queries) -> None:
    films = {
        make_movie(f"Film {n % 120}", tmdb_id=n + 1, genres=["Drama"], cast=[f"Actor {n % 30}"]): [1.0, n]
        for n in range(200)
    }
    make_version(films)
    curator.get(HEALTH)
    with django_assert_max_num_queries(16):
        assert numbers(curator)["same title within a year"][0] == 160


def test_a_visitor_is_refused(client: Client) -> None:
    assert client.get(HEALTH).status_code == 302
    client.force_login(make_user())
    assert client.get(HEALTH).status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get(HEALTH).status_code == 403
