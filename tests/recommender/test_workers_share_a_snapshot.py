"""Web workers share one snapshot of the films, and whatever happens to it, they show what the database says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catalog.models import Genre, Movie
from recommender import index, snapshot
from recommender.index import FilmIndex
from recommender.models import Embedding, ModelVersion
from recommender.services import nearest, recommend
from recommender.wishes import Wish
from tests.builders import make_movie, make_version, set_vector

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def films() -> list[Movie]:
    return [make_movie(name, genres=["Drama"]) for name in ("one", "two", "three")]


@pytest.fixture
def version(films: list[Movie]) -> ModelVersion:
    return make_version(dict(zip(films, ([1, 0], [1, 0.1], [0, 1]), strict=True)))


def another_worker() -> FilmIndex:
    """What a worker that starts now has in memory."""
    index.forget()
    found = index.current()
    assert found is not None
    return found


def near(movie: Movie) -> list[str]:
    found = nearest(movie.pk)
    titles = Movie.objects.in_bulk([pk for pk, _similarity in found])
    return [titles[pk].title for pk, _similarity in found]


def files(kind: str) -> list[Path]:
    from django.conf import settings

    return sorted(Path(settings.INDEX_DIR).glob(f"*/{kind}-*/*.npy"))


def test_a_second_worker_reads_the_first_ones_snapshot(version: ModelVersion) -> None:
    another_worker()
    before = {path: path.stat().st_mtime_ns for path in files("films")}
    assert before
    vectors = another_worker().vectors
    assert isinstance(vectors, np.memmap)
    assert {path: path.stat().st_mtime_ns for path in files("films")} == before


def test_what_changed_since_shows_in_every_worker(films: list[Movie], version: ModelVersion) -> None:
    another_worker()
    three = films[2]
    three.genres.set([Genre.objects.create(name="Horror")])
    set_vector(version, three, [1, 0])
    new = make_movie("new", genres=["Horror"], year=1931, runtime=80)
    set_vector(version, new, [1, 0.01])
    another_worker()
    assert near(films[0]) == ["three", "new", "two"]
    horror = Wish(genres=(Genre.objects.get(name="Horror").pk,))
    assert {s.movie.title for s in recommend(horror).suggestions} == {"three", "new"}
    drama = Wish(genres=(Genre.objects.get(name="Drama").pk,))
    assert {s.movie.title for s in recommend(drama).suggestions} == {"one", "two"}
    old = Wish(year_to=1950, longest=90)
    assert [s.movie.title for s in recommend(old).suggestions] == ["new"]


def test_a_change_stays_out_of_the_file_that_others_read(films: list[Movie], version: ModelVersion) -> None:
    mine = another_worker()
    stored = {path: path.read_bytes() for path in files("films")}
    set_vector(version, films[2], [1, 0])
    assert near(films[0]) == ["three", "two"]
    assert mine.vectors[2].tolist() == [0, 1]  # who still holds the older index sees no half change
    assert {path: path.read_bytes() for path in files("films")} == stored


def test_a_film_with_an_older_id_than_the_newest_takes_its_place(films: list[Movie]) -> None:
    late = make_movie("late")
    version = make_version({films[0]: [1, 0], films[1]: [1, 0.1], late: [0, 1]})
    another_worker()
    set_vector(version, films[2], [1, 0.01])
    another_worker()
    assert near(films[0]) == ["three", "two", "late"]
    drama = Wish(genres=(Genre.objects.get(name="Drama").pk,))
    assert recommend(drama).total == 3


def test_many_new_films_find_room(films: list[Movie], version: ModelVersion) -> None:
    another_worker()
    for number in range(5):
        set_vector(version, make_movie(f"new {number}"), [1, number])
    assert len(another_worker()) == 8
    assert near(films[0])[0] == "new 0"


def test_a_deleted_film_stays_away_from_every_worker(films: list[Movie], version: ModelVersion) -> None:
    another_worker()
    films[1].delete()
    found = another_worker()
    assert near(films[0]) == ["three"]
    assert recommend(Wish()).total == 2
    set_vector(version, make_movie("new"), [1, 0])
    assert near(films[0]) == ["new", "three"]
    assert found.published.sum() == 2


@pytest.mark.parametrize("harm", ["cut", "changed", "missing", "no manifest"])
def test_a_damaged_snapshot_is_taken_anew(harm: str, films: list[Movie], version: ModelVersion) -> None:
    another_worker()
    room = next(path for path in files("films") if path.name == "room.npy")
    if harm == "cut":
        room.write_bytes(room.read_bytes()[:-4])
    elif harm == "changed":
        room.write_bytes(room.read_bytes()[:-4] + b"\x00\x00\x80\x3f")
    elif harm == "missing":
        room.unlink()
    else:
        (room.parent / "manifest.json").write_text("{")
    another_worker()
    assert near(films[0]) == ["two", "three"]
    assert isinstance(another_worker().vectors, np.memmap)


def test_a_folder_that_nobody_may_write_to_costs_memory_and_nothing_else(
    films: list[Movie], version: ModelVersion, settings: pytest.FixtureRequest, tmp_path: Path
) -> None:
    taken = tmp_path / "a file, no folder"
    taken.write_text("")
    settings.INDEX_DIR = taken  # type: ignore[attr-defined]
    another_worker()
    assert near(films[0]) == ["two", "three"]
    set_vector(version, films[2], [1, 0])
    assert near(films[0]) == ["three", "two"]


def test_a_snapshot_of_another_database_is_not_believed(films: list[Movie], version: ModelVersion) -> None:
    another_worker()
    ModelVersion.objects.filter(pk=version.pk).update(revision=0)  # as after going back to a backup
    version.embeddings.update(revision=0)
    version.embeddings.filter(movie=films[2]).update(vector=version.embeddings.get(movie=films[0]).vector)
    another_worker()
    assert near(films[0]) == ["three", "two"]


def test_a_newer_snapshot_takes_the_place_of_the_older(films: list[Movie], version: ModelVersion) -> None:
    running = another_worker()
    set_vector(version, films[2], [1, 0])
    snapshot.take(version, snapshot.WordsDraft(version).read_all(), ())
    assert len({path.parent for path in files("films")}) == 1
    assert running.vectors[2].tolist() == [0, 1]  # what a worker has mapped stays
    set_vector(version, films[1], [0, 1])  # its older snapshot is gone, so it takes the newer one
    assert near(films[0]) == ["three", "two"]


def test_what_changes_while_words_are_collected_is_read_again(films: list[Movie], version: ModelVersion) -> None:
    words = snapshot.WordsDraft(version).read_all()
    films[2].title = "submarine"
    films[2].save()
    set_vector(version, films[2], [0, 1])
    snapshot.take(version, words, ())
    found = another_worker()
    assert found.ids[np.flatnonzero(found.words.scores("submarine"))].tolist() == [films[2].pk]
    assert not found.words.scores("three").any()


def test_another_versions_words_serve_a_host_that_lacks_its_own(films: list[Movie]) -> None:
    same = [make_movie(f"film {number}") for number in range(12)]
    here = read_as({film: film.title for film in [*films, *same]})
    another_worker().words  # noqa: B018  (asking for them writes them)
    written = files("words")
    Movie.objects.filter(pk=films[1].pk).update(title="submarine")
    new = make_movie("new")
    there = read_as({films[0]: "one", films[1]: "submarine", new: "new"} | {film: film.title for film in same})
    found = another_worker()

    def holding(word: str) -> list[int]:
        return found.ids[np.flatnonzero(found.words.scores(word))].tolist()

    assert here != there == found.version
    assert [holding(word) for word in ("one", "submarine", "new")] == [[films[0].pk], [films[1].pk], [new.pk]]
    assert holding("two") + holding("three") == []  # one was renamed, one has no vector in this version
    assert holding("film") == [film.pk for film in same]
    assert files("words") == written


def read_as(records: dict[Movie, str]) -> ModelVersion:
    """The active version now, with what each film's record said when it was encoded."""
    ModelVersion.objects.update(is_active=False)
    version = make_version({film: [1, 0] for film in records})
    for film, record in records.items():
        Embedding.objects.filter(version=version, movie=film).update(fingerprint=record)
    return version


def test_typed_words_are_found_by_every_worker(films: list[Movie], version: ModelVersion) -> None:
    def found(text: str) -> list[int]:
        films_now = index.current()
        assert films_now is not None
        return films_now.ids[np.flatnonzero(films_now.words.scores(text))].tolist()

    assert found("three") == [films[2].pk]
    assert files("words")
    films[2].title = "submarine"
    films[2].save()
    set_vector(version, films[2], [0, 1])
    assert found("submarine") == [films[2].pk]
    assert found("three") == []
    another_worker()
    assert found("submarin") == [films[2].pk]
    films[2].delete()
    another_worker()
    assert found("submarine") == []
