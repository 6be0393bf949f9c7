"""With VECTOR_SEARCH=pgvector the database finds the films: as in memory, or a clear refusal."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np
import pytest
from django.core.checks import Error, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from catalog.models import Genre, Movie
from catalog.services import announce_changes
from recommender import index
from recommender.models import ModelVersion
from recommender.operations import prune
from recommender.pgvector import server, table
from recommender.services import nearest, recommend
from recommender.vectors import next_revision
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user, make_version, set_vector

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="needs PostgreSQL with pgvector: bin/test-postgres runs it"
)
pytestmark = [pytest.mark.both_databases]
WORDS = ("river", "mountain", "harbour", "desert", "river mountain")
GENRES = ("Drama", "Comedy", "War")


@pytest.fixture(scope="module")
def extension(django_db_setup: None, django_db_blocker: Any) -> None:
    """There for all tests: where a test's end took it away, the next one's would have other numbers for its types."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            server.make_extension()


@pytest.fixture
def films(extension: None, db: None, settings: Any) -> list[Movie]:
    """Sixty films of all kinds, with a table of their vectors, all in a transaction that is undone."""
    films = make_films()
    settings.VECTOR_SEARCH = "pgvector"
    with mock.patch.object(
        table, "_index", lambda name, progress, should_stop: table._run(table._HNSW.format(name=name))
    ):
        table.build(ModelVersion.objects.get())
    return films


@pytest.fixture
def kept_films(extension: None, transactional_db: None, settings: Any) -> Iterator[list[Movie]]:
    """The same in the database for good, for what several connections do."""
    films = make_films()
    settings.VECTOR_SEARCH = "pgvector"
    table.build(ModelVersion.objects.get())
    yield films
    for each in ModelVersion.objects.all():
        table.drop(table.name_of(each))


def make_films() -> list[Movie]:
    """Sixty films of all kinds, likes, and a version that knows the films' vectors."""
    rng = np.random.default_rng(7)
    films = [
        make_movie(
            f"Film {n}",
            genres=[GENRES[n % 3], GENRES[n % 2]],
            countries=["France" if n % 4 else "Japan"],
            year=1980 + n % 30 if n % 7 else None,
            runtime=60 + n if n % 5 else None,
            description=WORDS[n % 5],
            is_published=n % 11 != 0,
        )
        for n in range(60)
    ]
    people = [make_user() for _ in range(5)]
    for number, person in enumerate(people):
        like(person, *films[number : 30 : number + 1])
    vectors = rng.normal(size=(60, 8))
    vectors[13] = 0  # the model has nothing to say of it
    make_version(dict(zip(films, vectors.tolist(), strict=True)))
    return films


def shown(wish: Wish) -> list[str]:
    return [found.movie.title for found in recommend(wish, top=60).suggestions]


def both_ways(settings: Any, ask: Callable[[], object]) -> tuple[Any, Any]:
    """What the database finds, and what is found in memory."""
    found = []
    for way in ("pgvector", "memory"):
        settings.VECTOR_SEARCH = way
        index.forget()
        found.append(ask())
        films = index.current()
        assert films is not None
        assert films.is_whole is (way == "memory")
    return found[0], found[1]


def touch(movie_ids: list[int], version: ModelVersion) -> None:
    """What the model does with a film whose words did not change: these films have no model."""
    version.embeddings.filter(movie__in=movie_ids).update(revision=next_revision(version))


def wishes(films: list[Movie]) -> list[Wish]:
    liked = tuple(film.pk for film in films[1:4])
    drama, comedy = (Genre.objects.get(name=name).pk for name in ("Drama", "Comedy"))
    japan = films[4].countries.get().pk
    return [
        Wish(),
        Wish(liked=liked),
        Wish(liked=liked, hidden=frozenset(film.pk for film in films[5:20])),
        Wish(liked=liked, genres=(drama,)),
        Wish(liked=liked, without_genres=(comedy,)),
        Wish(liked=liked, countries=(japan,), year_from=1985),
        Wish(liked=liked, year_to=1995, longest=100),
        Wish(liked=liked, dial=1.0),
        Wish(liked=liked, dial=-1.0, variety=0.5),
        Wish(genres=(drama,), countries=(japan,)),
        Wish(text="not river"),
        Wish(liked=liked, text="comedy of the 90s, not mountain"),
    ]


@on_postgresql
def test_the_same_lists_as_in_memory(films: list[Movie], settings: Any) -> None:
    ours, exact = both_ways(settings, lambda: [shown(wish) for wish in wishes(films)])
    assert all(exact)
    assert ours == exact


@on_postgresql
def test_typed_words_find_the_same_films(films: list[Movie], settings: Any) -> None:
    # These vectors were made by hand, so there is no encoder: requests are answered by their words alone.
    with mock.patch("recommender.services._request_vector", return_value=None):
        ours, exact = both_ways(settings, lambda: shown(Wish(liked=(films[1].pk,), text="harbour")))
        assert ours == exact
        alone, exactly = both_ways(settings, lambda: shown(Wish(text="harbour"))[:12])
        assert alone == exactly


@on_postgresql
def test_the_films_beside_a_film_are_the_same(films: list[Movie], settings: Any) -> None:
    ours, exact = both_ways(settings, lambda: [pk for pk, _similarity in nearest(films[8].pk)])
    assert ours == exact
    assert nearest(films[13].pk) == []


@on_postgresql
def test_similarities_and_shares_are_the_same(films: list[Movie], settings: Any) -> None:
    def ask() -> list[float]:
        found = recommend(Wish(liked=(films[1].pk, films[2].pk)), top=5).suggestions
        return [x for one in found for x in (one.similarity or 0, *(share.part for share in one.shares))]

    ours, exact = both_ways(settings, ask)
    assert ours == pytest.approx(exact, abs=1e-6)


@on_postgresql
def test_the_index_is_used_where_it_pays(films: list[Movie]) -> None:
    name = table.name_of(ModelVersion.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT * FROM {name} ORDER BY embedding <=> '[1,0,0,0,0,0,0,0]' LIMIT 5")  # noqa: S608
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "embedding_idx" in plan


@on_postgresql
def test_a_saved_film_is_in_the_next_list(films: list[Movie]) -> None:
    version = ModelVersion.objects.get()
    wish = Wish(liked=(films[1].pk,))
    near = version.embeddings.get(movie=films[1])
    fresh = make_movie("Brand new")
    assert "Brand new" not in shown(wish)
    set_vector(version, fresh, np.frombuffer(bytes(near.vector), "<f4").tolist())
    table.follow(version)
    assert shown(wish)[0] == "Brand new"


@on_postgresql
def test_a_changed_film_meets_the_filters_at_once(
    films: list[Movie], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    film = films[2]
    wish = Wish(liked=(films[1].pk,), year_from=2020)

    def save(**fields: object) -> None:
        Movie.objects.filter(pk=film.pk).update(**fields)
        with django_capture_on_commit_callbacks(execute=True), mock.patch("recommender.receivers.keep_up", touch):
            announce_changes([film.pk])

    assert shown(wish) == []
    save(year=2024)
    assert shown(wish) == [film.title]
    save(is_published=False)
    assert shown(wish) == []


@on_postgresql
def test_a_deleted_film_is_gone_at_once(films: list[Movie]) -> None:
    wish = Wish(liked=(films[1].pk,))
    first = shown(wish)[0]
    Movie.objects.get(title=first).delete()
    assert first not in shown(wish)
    assert len(shown(wish)) == 52


@on_postgresql
def test_another_version_serves_once_its_table_is_complete(kept_films: list[Movie]) -> None:
    old = ModelVersion.objects.get()
    new = make_version({film: [1.0, n / 60] for n, film in enumerate(kept_films)}, active=False)
    draft = f"{table.name_of(new)}_draft"
    wish = Wish(liked=(kept_films[1].pk,))
    before = shown(wish)
    table._fill(new, draft, lambda: False)
    assert shown(wish) == before
    assert not table.is_there(table.name_of(new))
    Movie.objects.filter(pk=kept_films[5].pk).update(is_published=False)  # while the other one is being built
    table.build(new)
    ModelVersion.objects.filter(pk=old.pk).update(is_active=False)
    ModelVersion.objects.filter(pk=new.pk).update(is_active=True)
    assert shown(wish)[:3] == ["Film 2", "Film 3", "Film 4"]
    assert kept_films[5].title not in shown(wish)
    old.delete()
    assert not table.is_there(table.name_of(old))


@on_postgresql
def test_stopping_leaves_the_table_that_serves(kept_films: list[Movie]) -> None:
    version = ModelVersion.objects.get()
    wish = Wish(liked=(kept_films[1].pk,))
    before = shown(wish)
    with mock.patch("recommender.pgvector.table._is_far_behind", return_value=True):
        table.build(version, should_stop=lambda: True)
    assert shown(wish) == before


@on_postgresql
def test_prune_finds_tables_without_a_version(films: list[Movie]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE recommender_vectors_999999 (movie_id bigint)")
    (found,) = [find for find in prune.look() if find.kind == "vector_tables"]
    assert found.names == ["recommender_vectors_999999"]
    found.remove()
    assert not table.is_there("recommender_vectors_999999")


@on_postgresql
def test_until_the_table_is_there_films_are_searched_in_memory(films: list[Movie]) -> None:
    wish = Wish(liked=(films[1].pk,))
    before = shown(wish)
    table.drop(table.name_of(ModelVersion.objects.get()))
    index.forget()
    assert shown(wish) == before
    (warning,) = [one for one in run_checks(databases=["default"]) if one.id == "recommender.W003"]
    assert "refresh_embeddings" in (warning.hint or "")


@on_postgresql
@pytest.mark.parametrize(
    ("versions", "words"),
    [(None, "has no extension"), (("0.7.4", "0.8.0"), "of version 0.7.4"), ((None, "0.7.4"), "of version 0.7.4")],
)
def test_a_server_without_the_right_extension_is_refused(
    db: None, settings: Any, versions: tuple[str | None, str] | None, words: str
) -> None:
    settings.VECTOR_SEARCH = "pgvector"
    with (
        mock.patch.object(server, "_versions", return_value=versions),
        pytest.raises(ImproperlyConfigured, match=f"{words}.*[Ii]nstall pgvector 0.8 or newer"),
    ):
        server.make_extension()


@pytest.mark.django_db
def test_another_database_is_refused(settings: Any) -> None:
    settings.VECTOR_SEARCH = "pgvector"
    with mock.patch.object(connection, "vendor", "sqlite"):
        with pytest.raises(ImproperlyConfigured, match=r"needs PostgreSQL.*DATABASE_URL"):
            server.require()
        (error,) = [one for one in run_checks() if isinstance(one, Error)]
    assert error.id == "recommender.E001"


@pytest.mark.django_db
def test_a_missing_package_is_refused(settings: Any) -> None:
    settings.VECTOR_SEARCH = "pgvector"
    with (
        mock.patch.object(connection, "vendor", "postgresql"),
        mock.patch.object(server, "find_spec", return_value=None),
        pytest.raises(ImproperlyConfigured, match=r"requirements-postgres\.txt"),
    ):
        server.require()


@pytest.mark.django_db
def test_nothing_is_asked_of_a_site_that_searches_in_memory() -> None:
    assert not [one for one in run_checks(databases=["default"]) if isinstance(one, Error)]
    assert table.without_version() == [] or connection.vendor == "postgresql"
