"""A web worker's memory follows the database: every change shows in the very next list."""

import pytest

from catalog.models import Movie
from recommender import index
from recommender.models import ModelVersion
from recommender.services import nearest
from tests.builders import make_movie, make_version, set_vector

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def near(movie: Movie) -> list[str]:
    found = nearest(movie.pk)
    titles = Movie.objects.in_bulk([pk for pk, _similarity in found])
    return [titles[pk].title for pk, _similarity in found]


def test_a_changed_vector_changes_the_neighbours() -> None:
    one, two, three = make_movie("one"), make_movie("two"), make_movie("three")
    version = make_version({one: [1, 0], two: [1, 0.1], three: [0, 1]})
    assert near(one) == ["two", "three"]
    set_vector(version, three, [1, 0])
    assert near(one) == ["three", "two"]


def test_a_new_film_is_there_at_once() -> None:
    one, two = make_movie("one"), make_movie("two")
    version = make_version({one: [1, 0], two: [0, 1]})
    assert near(one) == ["two"]
    set_vector(version, make_movie("new"), [1, 0])
    assert near(one) == ["new", "two"]


def test_a_deleted_film_is_gone_at_once() -> None:
    one, two, three = make_movie("one"), make_movie("two"), make_movie("three")
    make_version({one: [1, 0], two: [1, 0.1], three: [0, 1]})
    assert near(one) == ["two", "three"]
    ids = [one.pk, two.pk, three.pk]
    two.delete()
    assert near(one) == ["three"]
    films = index.current()
    assert films is not None
    assert films.ids[films.rows(ids)].tolist() == [one.pk, three.pk]
    assert films.published.sum() == 2


def test_a_film_added_where_another_left_is_no_confusion() -> None:
    one, two = make_movie("one"), make_movie("two")
    version = make_version({one: [1, 0], two: [0, 1]})
    assert near(one) == ["two"]
    two.delete()
    set_vector(version, make_movie("new"), [1, 1])
    assert near(one) == ["new"]


def test_another_active_version_brings_its_own_vectors() -> None:
    one, two, three = make_movie("one"), make_movie("two"), make_movie("three")
    first = make_version({one: [1, 0], two: [1, 0.1], three: [0, 1]})
    second = make_version({one: [1, 0, 0], two: [0, 1, 0], three: [1, 0, 0]}, active=False)
    assert near(one) == ["two", "three"]
    ModelVersion.objects.filter(pk=first.pk).update(is_active=False)
    ModelVersion.objects.filter(pk=second.pk).update(is_active=True)
    assert near(one) == ["three", "two"]


def test_while_one_request_reads_another_version_the_former_serves_all_others() -> None:
    film, near, far = (make_movie(name) for name in ("film", "near", "far"))
    old = make_version({film: [1, 0], near: [1, 0.1], far: [0, 1]})
    assert [pk for pk, _ in nearest(film.pk)] == [near.pk, far.pk]
    new = make_version({film: [1, 0], near: [0, 1], far: [1, 0.1]}, active=False)
    ModelVersion.objects.filter(pk=old.pk).update(is_active=False)
    ModelVersion.objects.filter(pk=new.pk).update(is_active=True)
    with index._lock:  # as the request that reads holds it
        assert [pk for pk, _ in nearest(film.pk)] == [near.pk, far.pk]
    assert [pk for pk, _ in nearest(film.pk)] == [far.pk, near.pk]


def test_a_damaged_blob_is_a_film_without_a_vector() -> None:
    one, two, three = make_movie("one"), make_movie("two"), make_movie("three")
    version = make_version({one: [1, 0], two: [1, 0.1], three: [0, 1]})
    version.embeddings.filter(movie=two).update(vector=b"broken")
    version.embeddings.filter(movie=three).update(vector=b"\xff" * 8)
    assert near(one) == []
    assert near(two) == []


def test_unchanged_films_are_not_read_again(django_assert_num_queries: object) -> None:
    one = make_movie("one")
    make_version({one: [1, 0]})
    first = index.current()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert index.current() is first


def test_without_an_active_version_there_is_no_index() -> None:
    one = make_movie("one")
    make_version({one: [1, 0]}, active=False)
    assert index.current() is None
    assert near(one) == []
