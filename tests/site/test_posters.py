"""Posters drawn for films without a picture."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import FilmText
from recommender.poster_motifs import MOTIFS
from recommender.poster_text import LEFT, RIGHT_EDGE, set_title, width_of
from recommender.posters import CREAM, INK, PALETTE, colours, draw
from tests.builders import make_movie
from tests.site.pages import teach, words_of

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 (drawn by ourselves)


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in parse(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "title",
    [
        "M",
        "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
        "七人の侍",
        "Зеркало для героя",
        "Қыз Жібек",
        "کلوزآپ، نمای نزدیک",
        "Eyjafjallajökullsveitarfélagsskrifstofubyggingin",
        'Tom & Jerry <in> "Space"',
        "a\x00b\x0b\ud83d",
        "🎬🎬🎬",
        "x" * 300,
        "นางนาก",
        " ",
    ],
)
def test_every_title_is_set_inside_the_poster(title: str) -> None:
    if "\ud83d" in title:
        title = title.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    svg = draw(title, 1999, ["Drama"])
    parse(svg)
    lines = set_title(title)
    assert all(width_of(line.words) * line.size <= RIGHT_EDGE - LEFT + 1 for line in lines)
    assert all(line.y - line.size * 0.8 > 280 for line in lines)


def test_the_whole_title_is_there_unless_it_is_endless() -> None:
    for title in ("The Good, the Bad and the Ugly", "七人の侍", "Зеркало для героя"):
        assert "".join("".join(texts(draw(title, None))).split()) == "".join(title.split())


def test_a_long_title_breaks_into_lines_of_like_width() -> None:
    assert [line.words for line in set_title("The Good, the Bad and the Ugly")] == [
        "The Good, the",
        "Bad and the Ugly",
    ] or len(set_title("The Good, the Bad and the Ugly")) <= 3


def test_the_same_film_gets_the_same_poster() -> None:
    vector = np.random.default_rng(1).standard_normal(128).astype(np.float32)
    assert draw("Heat", 1995, ["Crime"], vector) == draw("Heat", 1995, ["Crime"], vector.copy())


def test_similar_films_share_a_motif_and_others_rarely() -> None:
    def picture(vector: np.ndarray) -> list[str]:
        root = parse(draw("X", None, [], vector.astype(np.float32)))
        return [element.tag for element in next(root.iter(f"{SVG}svg")).iter()]

    rng = np.random.default_rng(3)
    alike = unlike = 0
    for _ in range(60):
        vector, other = rng.standard_normal((2, 128))
        alike += picture(vector) == picture(vector + rng.standard_normal(128) * 0.25)
        unlike += picture(vector) == picture(other)
    assert alike > 30
    assert unlike < 20


def test_forty_films_are_drawn_with_most_of_the_motifs() -> None:
    vectors = np.random.default_rng(5).standard_normal((40, 128)).astype(np.float32)
    assert len({draw("X", None, [], vector)[:900] for vector in vectors}) == 40
    assert len(MOTIFS) >= 10


@pytest.mark.parametrize("pair", list(itertools.combinations_with_replacement(PALETTE, 2)))
def test_titles_can_be_read_on_every_pair_of_genres(pair: tuple[str, str]) -> None:
    deep, bright = colours(pair)
    assert contrast(deep, CREAM) >= 4.5
    assert contrast(bright, INK) >= 4.5
    assert contrast(deep, bright) >= 1.9


def test_unknown_genres_and_vectors_without_content_still_draw() -> None:
    assert draw("X", None, ["Peplum"], np.zeros(128, np.float32)) == draw("X", None, [])


@pytest.mark.django_db
def test_the_address_on_the_page_may_be_kept_for_a_year(client: Client) -> None:
    movie = make_movie("Solaris", genres=["Drama"])
    teach({movie: [1, 0, 0], make_movie(): [0, 1, 0]})
    FilmText.objects.create(movie=movie, language="ru", title="Солярис")
    page = words_of(client.get(movie.get_absolute_url()))
    address = page.split('<img class="poster" src="')[1].split('"')[0]
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert texts(answer.content.decode()) == ["Solaris", "2001"]
    assert texts(client.get(f"/posters/ru/{movie.pk}.svg").content.decode()) == ["Солярис", "2001"]
    movie.title = "Solyaris"
    movie.save()
    assert address not in words_of(client.get(movie.get_absolute_url()))
    assert client.get(address).headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.django_db
def test_a_film_with_a_picture_shows_that(client: Client) -> None:
    uploaded = make_movie()
    uploaded.poster = SimpleUploadedFile("p.png", b"picture")
    uploaded.save()
    page = words_of(client.get("/films/"))
    assert f'src="{uploaded.poster.url}"' in page


@pytest.mark.django_db
def test_pages_ask_other_sites_for_no_picture(client: Client) -> None:
    linked = make_movie(poster_url="https://example.org/p.jpg")
    for address in ("/films/", linked.get_absolute_url()):
        answer = client.get(address)
        assert "example.org" not in words_of(answer)
        assert f"/posters/en/{linked.pk}.svg" in words_of(answer)
        assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"] + ";"


@pytest.mark.django_db
def test_posters_of_films_that_nobody_may_see_do_not_exist(client: Client) -> None:
    hidden = make_movie(is_published=False)
    assert client.get(f"/posters/en/{hidden.pk}.svg").status_code == 404
    assert client.get(f"/posters/xx/{make_movie().pk}.svg").status_code == 404
    assert client.get("/posters/en/999999.svg").status_code == 404
