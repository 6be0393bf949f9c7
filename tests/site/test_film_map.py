"""The film map: its page and list, what the canvas reads, regions that become recommendations, the place of words."""

import json
import struct
from collections.abc import Mapping

import pytest
from django.test import Client

from catalog.models import FilmText, Mark, Movie
from recommender import map_points
from recommender.models import ModelVersion
from recommender.regions import Region
from tests.builders import like, make_movie, make_user, make_version, set_vector
from tests.site.pages import put_on_the_map, shown, teach, words_of

pytestmark = pytest.mark.django_db
LEFT, RIGHT = "-1,-1,0,1", "0,-1,1,1"


@pytest.fixture
def films() -> dict[str, Movie]:
    return {
        "Alien": make_movie("Alien", year=1979, genres=["Horror", "Science Fiction"]),
        "Aliens": make_movie("Aliens", year=1986, genres=["Science Fiction"], directors=["James Cameron"]),
        "Amélie": make_movie("Amélie", year=2001, genres=["Romance"]),
        "Up": make_movie("Up", year=2009, genres=["Pilgrimage"]),
    }


@pytest.fixture
def version(films: Mapping[str, Movie]) -> ModelVersion:
    """Space on the left, the others on the right."""
    alien, aliens, amelie, up = films.values()
    version = teach({alien: [1, 0.1, 0], aliens: [1, 0.2, 0], amelie: [0, 1, 0.2], up: [0, 1, 0.4]})
    put_on_the_map(version, {alien: (-0.5, -0.25), aliens: (-0.6, 0), amelie: (0.5, 0.5), up: (0.75, 1)})
    return version


def unpacked(block: bytes) -> dict[int, tuple[float, float, int, int]]:
    """What a browser reads: film id -> x, y, genres, fame."""
    magic, n = struct.unpack_from("<4sI", block)
    assert magic == b"FMAP"
    steps, rest = struct.unpack_from(f"<{n}I", block, 8), 8 + 4 * n
    x, y = struct.unpack_from(f"<{n}H", block, rest), struct.unpack_from(f"<{n}H", block, rest + 2 * n)
    genres, fame = block[rest + 4 * n : rest + 5 * n], block[rest + 5 * n :]
    assert len(fame) == n
    ids = [sum(steps[: at + 1]) for at in range(n)]
    return {pk: (x[at] / 32767.5 - 1, y[at] / 32767.5 - 1, genres[at], fame[at]) for at, pk in enumerate(ids)}


def points_address(client: Client) -> str:
    return words_of(client.get("/map/")).split('data-points="')[1].split('"')[0]


def read(client: Client) -> dict[int, tuple[float, float, int, int]]:
    return unpacked(client.get(points_address(client)).content)


def listed(client: Client, **sent: object) -> list[str]:
    return [movie.title for movie in client.get("/map/", sent).context["movies"]]


def test_the_points_hold_place_genres_and_fame(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    like(make_user(), films["Amélie"])
    found = read(client)
    assert set(found) == {film.pk for film in films.values()}
    x, y, _genres, fame = found[films["Amélie"].pk]
    assert (x, y) == (pytest.approx(0.5, abs=1e-4), pytest.approx(0.5, abs=1e-4))
    assert fame == 255
    legend = [genre.name for genre in client.get("/map/").context["legend"]]
    assert legend[:3] == ["Horror", "Science Fiction", "Romance"]
    assert found[films["Alien"].pk][2] == 0b11
    assert found[films["Aliens"].pk][2] == 0b10
    assert found[films["Up"].pk][2] == 1 << legend.index("Pilgrimage")


def test_only_seven_genres_have_a_colour(client: Client) -> None:
    films = [make_movie(genres=[f"Genre {n}"]) for n in range(9) for _ in range(9 - n)]
    version = teach({film: [1, 0] for film in films})
    put_on_the_map(version, dict.fromkeys(films, (0.0, 0.0)))
    assert [genre.films for genre in client.get("/map/").context["legend"]] == [9, 8, 7, 6, 5, 4, 3]
    assert read(client)[films[-1].pk][2] == 0


def test_films_that_nobody_may_see_are_not_in_the_data(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    secret = make_movie("Secret", is_published=False)
    set_vector(version, secret, [1, 0, 0])
    address = points_address(client)
    assert secret.pk not in unpacked(client.get(address).content)
    titles = words_of(client.get("/map/")).split('data-titles="')[1].split('"')[0]
    assert "Secret" not in client.get(titles).content.decode()
    assert "Secret" not in listed(client)
    assert client.get("/map/find/", {"q": "secret"}).json() == {"films": []}
    assert client.get(f"/map/films/{secret.pk}/").status_code == 404
    assert "This film is not on the map." in words_of(client.get("/map/", {"film": secret.pk}))


def test_what_a_visitor_hides_stays_on_the_map(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    user = make_user()
    Mark.objects.create(user=user, movie=films["Up"], kind="hidden")
    client.force_login(user)
    assert films["Up"].pk in read(client)


def test_points_are_kept_for_a_year_under_their_key_and_compressed(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    address = points_address(client)
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in answer.headers.get("Vary", "")
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    many = [make_movie() for _ in range(60)]
    for movie in many:
        set_vector(version, movie, [1, 0, 0])
    assert points_address(client) != address
    late = client.get(address)
    assert late.headers["Cache-Control"] == "public, max-age=60"
    assert late.headers["ETag"] != answer.headers["ETag"]
    packed = client.get(points_address(client), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


def test_titles_come_in_the_order_of_the_points_and_in_each_language(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    FilmText.objects.create(movie=films["Alien"], language="ru", title="Чужой")
    key = map_points.current().key  # type: ignore[union-attr]
    english = json.loads(client.get(f"/map/titles/{key}.en.json").content)
    assert english == ["Alien (1979)", "Aliens (1986)", "Amélie (2001)", "Up (2009)"]
    assert json.loads(client.get(f"/map/titles/{key}.ru.json").content)[0] == "Чужой (1979)"
    assert client.get(f"/map/titles/{key}.xx.json").status_code == 404


def test_the_list_shows_the_same_films_without_scripts(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    like(make_user(), films["Amélie"])
    assert listed(client) == ["Amélie", "Alien", "Aliens", "Up"]
    assert listed(client, region=LEFT) == ["Alien", "Aliens"]
    romance = films["Amélie"].genres.get().pk
    assert listed(client, genre=romance) == ["Amélie"]
    assert listed(client, genre=romance, region=LEFT) == []
    assert "No film stands here." in words_of(client.get("/map/", {"genre": romance, "region": LEFT}))
    page = words_of(client.get("/map/", {"region": LEFT}))
    assert "In this region" in page
    assert f'href="/?region={LEFT.replace(",", "%2C")}"' in page


def test_the_list_has_pages_that_keep_the_region(client: Client) -> None:
    films = [make_movie(f"Film {n:02}") for n in range(30)]
    put_on_the_map(teach({film: [1, 0] for film in films}), dict.fromkeys(films, (-0.5, 0.0)))
    first = client.get("/map/", {"region": LEFT})
    assert [len(first.context["movies"]), first.context["before"]] == [24, ""]
    second = client.get(first.context["after"])
    assert [movie.title for movie in second.context["movies"]] == [f"Film {n}" for n in range(24, 30)]
    assert "region" in second.context["before"]
    assert second.context["after"] == ""
    assert client.get("/map/", {"page": 2500}).context["movies"] == []


def test_scripts_fetch_the_list_alone(client: Client, version: ModelVersion) -> None:
    answer = client.get("/map/", {"region": RIGHT, "view": "1"}, headers={"HX-Request": "true"})
    page = words_of(answer)
    assert "In view" in page
    assert "<canvas" not in page
    assert "HX-Request" in answer.headers["Vary"]


def test_a_region_becomes_recommendations(client: Client, films: Mapping[str, Movie], version: ModelVersion) -> None:
    client.post(f"/films/{films['Alien'].pk}/like/", {"liked": "1"})
    assert shown(client.get("/"))[0] == films["Aliens"].pk
    answer = client.get("/", {"region": RIGHT})
    assert set(shown(answer)) == {films["Amélie"].pk, films["Up"].pk}
    assert [(chip.label, chip.address) for chip in answer.context["results"].chips] == [
        ("only from a region of the map", "?")
    ]
    assert f'name="region" value="{RIGHT}"' in words_of(answer)
    empty = client.get("/", {"region": "-0.1,-0.1,0.1,0.1"})
    assert shown(empty) == []
    assert "anywhere on the map" in words_of(empty)


@pytest.mark.parametrize("region", ["x", "1,2,3", "0,0,0,1", "nan,0,1,1", "inf,0,1,1", "1,2,3,4,5", ",,,", "9" * 90])
def test_a_broken_region_is_refused(client: Client, version: ModelVersion, region: str) -> None:
    for address in ("/", "/map/"):
        page = words_of(client.get(address, {"region": region}))
        assert "This region of the map cannot be read. Choose it on the map again." in page
    assert shown(client.get("/", {"region": region})) == []


def test_corners_may_come_in_any_order_and_lie_outside() -> None:
    assert str(Region.read("1,1,-1,-1")) == "-1,-1,1,1"
    assert str(Region.read("-99,0.123456,99,0")) == "-1.5,0,1.5,0.1235"


def test_a_visitors_likes_and_recommendations_are_marked(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    marks = client.get("/map/").context["marks"]
    assert (list(marks["liked"]), marks["suggested"]) == ([], [])
    client.post(f"/films/{films['Alien'].pk}/like/", {"liked": "1"})
    answer = client.get("/map/")
    assert list(answer.context["marks"]["liked"]) == [films["Alien"].pk]
    assert answer.context["marks"]["suggested"][0] == films["Aliens"].pk
    assert "For you today" in words_of(answer)


def test_typed_words_have_a_place_and_say_how_sure_it_is(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    answer = client.get("/map/", {"q": "aliens"})
    spot = answer.context["spot"]
    assert spot.films[0] == films["Aliens"].pk
    assert (spot.x, spot.y) == (pytest.approx(-0.6, abs=0.2), pytest.approx(0, abs=0.2))
    assert answer.context["marks"]["spot"]["films"] == spot.films
    assert f"{spot.near} of " in words_of(answer)
    assert "These words say nothing that the map knows." in words_of(client.get("/map/", {"q": "zzzz"}))


def test_words_without_one_place_are_not_given_one(client: Client) -> None:
    films = [make_movie(f"Rain {n}", description="rain") for n in range(8)]
    version = teach({film: [1, 0] for film in [*films, make_movie("Sun")]})
    corners = [(-0.9, -0.9), (0.9, -0.9), (-0.9, 0.9), (0.9, 0.9), (0, 0.9), (0, -0.9), (0.9, 0), (-0.9, 0)]
    put_on_the_map(version, dict(zip(films, corners, strict=True)))
    answer = client.get("/map/", {"q": "rain"})
    assert not answer.context["spot"].is_one_place
    assert "These words have no single place." in words_of(answer)


def test_search_finds_films_in_every_language_and_by_people(
    client: Client, films: Mapping[str, Movie], version: ModelVersion
) -> None:
    FilmText.objects.create(movie=films["Amélie"], language="ru", title="Амели")
    assert client.get("/map/find/", {"q": "amel"}).json()["films"][0] == {
        "id": films["Amélie"].pk,
        "title": "Amélie",
        "year": 2001,
    }
    assert [film["title"] for film in client.get("/map/find/", {"q": "cameron"}).json()["films"]] == ["Aliens"]
    assert client.get("/map/find/", {"q": "  "}).json() == {"films": []}


def test_a_film_of_the_map_shows_its_card(client: Client, films: Mapping[str, Movie], version: ModelVersion) -> None:
    page = words_of(client.get(f"/map/films/{films['Up'].pk}/"))
    assert 'aria-label="Like Up"' in page
    assert "<html" not in page
    assert client.get("/map/films/999999/").status_code == 404


@pytest.mark.parametrize("film", ["0", "-1", "x", "999999", "9" * 30])
def test_an_unknown_film_is_answered_with_words(client: Client, version: ModelVersion, film: str) -> None:
    answer = client.get("/map/", {"film": film})
    assert "This film is not on the map." in words_of(answer)


def test_before_the_first_training_the_page_says_so(client: Client, films: Mapping[str, Movie]) -> None:
    assert "The map is not drawn yet" in words_of(client.get("/map/"))
    for address in ("/map/points/1-1.bin", "/map/titles/1-1.en.json", "/map/find/?q=alien"):
        assert client.get(address).status_code == 404
    assert len(shown(client.get("/", {"region": LEFT}))) == 4


def test_a_model_without_a_drawn_map_says_so_too(client: Client, films: Mapping[str, Movie]) -> None:
    make_version({film: [1.0, 0.0] for film in films.values()})
    assert "The map is not drawn yet" in words_of(client.get("/map/"))


def test_a_films_page_leads_to_its_place(client: Client, films: Mapping[str, Movie], version: ModelVersion) -> None:
    page = words_of(client.get(films["Up"].get_absolute_url()))
    assert f'href="/map/?film={films["Up"].pk}"' in page
    assert client.get("/map/", {"film": films["Up"].pk}).context["marks"]["film"] == films["Up"].pk


def test_the_map_only_reads(client: Client, version: ModelVersion) -> None:
    for address in ("/map/", points_address(client), "/map/find/"):
        assert client.post(address).status_code == 405
