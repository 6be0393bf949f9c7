"""The film map follows the vectors: drawn when they are refreshed, and still where nothing changed."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from catalog.models import Movie
from recommender import index
from recommender import map as film_map
from recommender.map import Places, draw, places_of
from recommender.models import FilmMap, ModelVersion
from tests.builders import make_movie, make_version, set_vector

pytestmark = pytest.mark.django_db


def vector(at: int, films: int = 60) -> list[float]:
    """Three groups of directions, slightly different within."""
    rng = np.random.default_rng(at)
    values = rng.standard_normal(8) * 0.2
    values[at % 3] += 1
    return values.tolist()


@pytest.fixture
def films() -> list[Movie]:
    return [make_movie() for _ in range(60)]


@pytest.fixture
def version(films: list[Movie]) -> ModelVersion:
    version = make_version({film: vector(at) for at, film in enumerate(films)})
    draw(version)
    return version


def stored(version: ModelVersion) -> dict[int, tuple[float, float]]:
    places = Places.stored(FilmMap.objects.get(version=version))
    return {pk: (x, y) for pk, (x, y) in zip(places.ids.tolist(), places.xy.tolist(), strict=True)}


def seen() -> dict[int, tuple[float, float]]:
    """Where the web workers see the films."""
    films = index.current()
    assert films is not None
    return {pk: (x, y) for pk, (x, y) in zip(films.ids.tolist(), places_of(films).tolist(), strict=True) if x == x}


def test_every_film_has_a_place_and_alike_ones_lie_together(films: list[Movie], version: ModelVersion) -> None:
    places = stored(version)
    assert set(places) == {film.pk for film in films}
    groups = [np.array([places[film.pk] for film in films[at::3]]) for at in range(3)]
    spread = max(float(np.linalg.norm(group - group.mean(axis=0), axis=1).mean()) for group in groups)
    apart = min(float(np.linalg.norm(groups[a].mean(axis=0) - groups[b].mean(axis=0))) for a, b in ((0, 1), (1, 2)))
    assert apart > spread
    assert seen() == places


def test_another_drawing_changes_nothing(version: ModelVersion) -> None:
    before, at = stored(version), FilmMap.objects.get().drawn_at
    assert draw(version).moved == 0
    assert (stored(version), FilmMap.objects.get().drawn_at) == (before, at)


def test_only_changed_films_move(films: list[Movie], version: ModelVersion) -> None:
    before = stored(version)
    set_vector(version, films[0], vector(1))
    assert draw(version).moved == 1
    after = stored(version)
    assert {pk for pk in before if before[pk] != after[pk]} == {films[0].pk}
    group = np.array([after[film.pk] for film in films[1::3]])
    assert np.linalg.norm(group - np.array(after[films[0].pk]), axis=1).min() < 0.3


def test_a_new_film_stands_on_the_map_before_the_refresh_and_stays_there(version: ModelVersion) -> None:
    seen()
    newcomer = make_movie()
    set_vector(version, newcomer, vector(100))
    at = seen()[newcomer.pk]
    assert newcomer.pk not in stored(version)
    draw(version)
    index.forget()
    assert seen()[newcomer.pk] == pytest.approx(at)
    assert stored(version)[newcomer.pk] == pytest.approx(at)


def test_films_without_content_or_deleted_have_no_place(films: list[Movie], version: ModelVersion) -> None:
    set_vector(version, films[0], [0.0] * 8)
    gone = films[1].pk
    films[1].delete()
    assert {films[0].pk, gone}.isdisjoint(seen())
    draw(version)
    assert {films[0].pk, gone}.isdisjoint(stored(version))


def test_many_changes_bring_a_whole_new_layout_that_looks_like_the_old_one(
    films: list[Movie], version: ModelVersion
) -> None:
    before = stored(version)
    for at, film in enumerate(films[:20]):
        set_vector(version, film, vector(at + 300))
    assert draw(version).moved == len(films)
    assert FilmMap.objects.get().settled == 0
    after = stored(version)
    moved = [np.linalg.norm(np.array(before[film.pk]) - np.array(after[film.pk])) for film in films[20:]]
    assert np.median(moved) < 0.4


def test_a_new_model_is_turned_to_the_map_before_it(films: list[Movie], version: ModelVersion) -> None:
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((8, 8)))[0]
    other = make_version({film: (turn @ vector(at)).tolist() for at, film in enumerate(films)}, active=False)
    draw(other)
    before, after = stored(version), stored(other)
    moved = [np.linalg.norm(np.array(before[film.pk]) - np.array(after[film.pk])) for film in films]
    assert np.median(moved) < 0.4
    assert stored(version) == before


def test_a_huge_catalogue_shows_its_most_liked_films(
    films: list[Movie], version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_map, "MOST", 40)
    FilmMap.objects.all().delete()
    assert draw(version).films == 40
    index.forget()
    newcomer = make_movie()
    set_vector(version, newcomer, vector(7))
    assert len(seen()) == 40


def test_workers_notice_a_new_drawing(films: list[Movie], version: ModelVersion) -> None:
    FilmMap.objects.all().delete()
    index.forget()
    assert seen() == {}
    draw(version)
    assert set(seen()) == {film.pk for film in films}


def test_a_command_says_how_good_the_map_is(version: ModelVersion, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("map_quality", sample=20)
    ours, plain = (float(line.split(": ")[1].split()[0]) for line in capsys.readouterr().out.splitlines())
    assert 50 < ours <= 100
    assert 0 < plain <= 100


def test_the_command_names_the_cure_where_there_is_nothing_to_measure(films: list[Movie]) -> None:
    with pytest.raises(CommandError, match="train_vae"):
        call_command("map_quality")
    make_version({films[0]: [1.0, 0.0]})
    with pytest.raises(CommandError, match="refresh_embeddings"):
        call_command("map_quality")


def test_an_empty_catalogue_has_an_empty_map() -> None:
    version = make_version({make_movie(): [1.0, 0.0]})
    Movie.objects.all().delete()
    assert draw(version).films == 0
    index.forget()
    assert seen() == {}


def test_refreshing_the_vectors_draws_the_map(monkeypatch: pytest.MonkeyPatch, films: list[Movie]) -> None:
    version = make_version({film: vector(at) for at, film in enumerate(films)})
    monkeypatch.setattr(
        "recommender.vectors._fingerprints", lambda version, films: {pk: r.fingerprint() for pk, r in films}
    )
    call_command("refresh_embeddings", verbosity=0)
    assert set(stored(version)) == {film.pk for film in films}
