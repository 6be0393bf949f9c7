"""A curator has posters fetched: of one film, of selected ones, of all films of an import."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import CatalogueImport, Movie
from catalog.posters import fetching, rounds
from jobs.models import Job
from tests.builders import make_movie, make_user
from tests.catalog.files import run, write
from tests.catalog.pictures import bomb, picture
from tests.catalog.web import Answer, Web, leads_to, sends


@pytest.fixture
def online(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setattr(fetching, "NETWORK", web.network())
    return web


def fetch_now(client: Client, movie: Movie) -> str:
    return client.post(reverse("admin:catalog_movie_fetch_poster", args=[movie.pk]), follow=True).content.decode()


@pytest.mark.django_db
def test_one_film_is_fetched_now(curator: Client, online: Web, tmp_path: Path) -> None:
    online.pages["/heat.jpg"] = sends(picture(800, 1200))
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    page = curator.get(reverse("admin:catalog_movie_change", args=[movie.pk])).content.decode()
    assert "Fetch now" in page
    assert "1 poster fetched." in fetch_now(curator, movie)
    movie.refresh_from_db()
    assert list(movie.poster_sizes) == [160, 240, 480, 720]
    assert (Job.objects.get().kind, Job.objects.get().result) == ("fetch_posters", {"fetched": 1, "failed": 0})
    assert f'src="{movie.poster.url}"' in Client().get(movie.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_fetching_again_replaces_the_picture_and_its_files(
    curator: Client, online: Web, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    for colour in ("red", "blue"):
        online.pages["/heat.jpg"] = sends(picture(colour=colour))
        with django_capture_on_commit_callbacks(execute=True):
            fetch_now(curator, movie)
    assert len(list((tmp_path / "media").rglob("*.webp"))) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (sends(b"<html>no</html>", Content_Type="image/jpeg"), "This is no picture that we can read."),
        (sends(bomb()), "The picture has too many pixels"),
        (leads_to("http://169.254.169.254/latest/meta-data/"), "cannot be fetched: its name is not known"),
        (sends(b"", 500), "cannot be fetched: the server answers 500"),
    ],
)
def test_what_cannot_be_had_is_said_and_the_old_picture_stays(
    curator: Client, online: Web, answer: Answer, why: str
) -> None:
    online.pages["/heat.jpg"] = answer
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg", poster="posters/old.png")
    assert why in fetch_now(curator, movie)
    assert Movie.objects.get().poster.name == "posters/old.png"


@pytest.mark.django_db
def test_a_film_without_an_address_says_what_to_do(curator: Client) -> None:
    assert "The film has no poster address." in fetch_now(curator, make_movie("Heat"))
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_selected_films_are_fetched_and_pictures_that_are_there_stay(curator: Client, online: Web) -> None:
    online.pages |= {"/a.jpg": sends(picture()), "/b.jpg": sends(b"no")}
    films = [
        make_movie("A", poster_url="http://films.example/a.jpg"),
        make_movie("B", poster_url="http://films.example/b.jpg"),
        make_movie("C", poster_url="http://films.example/c.jpg", poster="posters/old.png"),
        make_movie("D"),
    ]
    data = {"action": "fetch_posters", "_selected_action": [film.pk for film in films]}
    page = curator.post("/admin/catalog/movie/", data, follow=True).content.decode()
    assert "1 poster fetched." in page
    assert "B (2001): This is no picture" in page
    assert {path for _host, path in online.asked} == {"/a.jpg", "/b.jpg"}
    assert titles(curator, "own") == {"A", "C"}
    assert titles(curator, "fetch") == {"B"}
    assert titles(curator, "none") == {"D"}
    page = curator.post("/admin/catalog/movie/", {**data, "_selected_action": [films[3].pk]}, follow=True)
    assert "None of these films lacks a picture" in page.content.decode()


def titles(client: Client, kind: str) -> set[str]:
    found = client.get("/admin/catalog/movie/", {"picture": kind}).context["cl"].result_list
    return {film.title for film in found}


@pytest.mark.django_db
def test_the_films_of_an_import_are_fetched(curator: Client, online: Web, tmp_path: Path) -> None:
    online.pages["/a.jpg"] = sends(picture())
    run("import_movies", write(tmp_path, "title,poster\nHeat,http://films.example/a.jpg\nAlien,\n"))
    found = CatalogueImport.objects.get()
    page = reverse("admin:catalog_catalogueimport_change", args=[found.pk])
    assert "Fetch 1 poster<" in curator.get(page).content.decode()
    curator.post(reverse("admin:catalog_catalogueimport_posters", args=[found.pk]))
    assert Movie.objects.get(title="Heat").poster
    assert "Fetch 1 poster" not in curator.get(page).content.decode()


@pytest.mark.django_db
def test_a_killed_round_goes_on_with_what_is_missing(online: Web) -> None:
    online.pages |= {f"/{n}.jpg": sends(picture()) for n in range(3)}
    films = [make_movie(f"Film {n}", poster_url=f"http://films.example/{n}.jpg") for n in range(3)]

    class Died(BaseException):
        pass

    def die(done: int, total: int) -> None:
        if done == 2:
            raise Died

    ids = [film.pk for film in films]
    with pytest.raises(Died):
        rounds.fetch_all(ids, die, print, again=False)
    counts = rounds.fetch_all(ids, lambda done, total: None, print, again=False)
    assert counts == {"fetched": 1, "failed": 0}
    assert [path for _host, path in online.asked] == ["/0.jpg", "/1.jpg", "/2.jpg"]


@pytest.mark.django_db
def test_others_are_refused(client: Client, web: Web) -> None:
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    found = CatalogueImport.objects.create(file_name="x.csv", state="done")
    for user in (None, make_user(), make_user(is_staff=True)):
        if user:
            client.force_login(user)
        for name, pk in (("catalog_movie_fetch_poster", movie.pk), ("catalog_catalogueimport_posters", found.pk)):
            assert client.post(reverse(f"admin:{name}", args=[pk])).status_code in (302, 403)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_looking_fetches_nothing(curator: Client) -> None:
    movie = make_movie("Heat", poster_url="http://films.example/heat.jpg")
    assert curator.get(reverse("admin:catalog_movie_fetch_poster", args=[movie.pk])).status_code == 405
    assert curator.post(reverse("admin:catalog_movie_fetch_poster", args=[999])).status_code == 404
