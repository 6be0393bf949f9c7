"""An operator imports films that the catalogue knows already: nothing is doubled, erased or half-written."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from catalog.importing import import_films
from catalog.importing.sole import sole_reader
from catalog.models import CatalogueImport, Credit, Movie
from catalog.signals import movies_changed
from tests.builders import make_movie
from tests.catalog.files import run, write

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def names(queryset) -> list[str]:
    return list(queryset.values_list("name", flat=True))


def only_film() -> Movie:
    return Movie.objects.with_people().get()


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = write(
        tmp_path, 'title,year,genre,cast,imdb_id\nHeat,1995,Crime,"Ann Lee, Bo Li",tt0113277\nAlien,1979,Horror,,\n'
    )
    run("import_movies", path)
    before = list(Movie.objects.values_list("pk", "updated_at")), list(Credit.objects.values_list("pk", flat=True))
    assert "0 created, 0 updated, 2 unchanged, 0 rejected" in run("import_movies", path)
    assert before == (
        list(Movie.objects.values_list("pk", "updated_at")),
        list(Credit.objects.values_list("pk", flat=True)),
    )


def test_new_values_update_and_empty_ones_never_erase(tmp_path: Path) -> None:
    film = make_movie("Heat", year=1995, description="A thief.", runtime=170, genres=["Crime"], cast=["Ann Lee"])
    run(
        "import_movies",
        write(tmp_path, "title,year,description,runtime,genres,cast\nHeat,1995,A thief and a policeman.,,,Bo Li\n"),
    )
    film = only_film()
    assert (film.description, film.runtime) == ("A thief and a policeman.", 170)
    assert (names(film.genres.all()), [str(person) for person in film.cast]) == (["Crime"], ["Bo Li"])


@pytest.mark.parametrize("column", ["imdb_id", "tmdb_id", "movielens_id"])
def test_a_film_is_found_by_any_of_its_ids(tmp_path: Path, column: str) -> None:
    film = make_movie("Heat", year=1995, imdb_id="tt0113277", tmdb_id=949, movielens_id=6)
    value = getattr(film, column)
    run("import_movies", write(tmp_path, f"title,year,{column}\nHeat (director's cut),1996,{value}\n"))
    assert (only_film().pk, only_film().title, only_film().year) == (film.pk, "Heat (director's cut)", 1996)


def test_ids_come_in_many_spellings(tmp_path: Path) -> None:
    text = "title,imdb_id,tmdb_id\nA,113277,949.0\nB,https://www.imdb.com/title/tt0078748/,0\nC,\\N,\n"
    run("import_movies", write(tmp_path, text))
    assert list(Movie.objects.values_list("imdb_id", "tmdb_id")) == [
        ("tt0113277", 949),
        ("tt0078748", None),
        ("", None),
    ]


def test_a_film_is_found_by_title_and_year_and_gets_its_id(tmp_path: Path) -> None:
    film = make_movie("Heat", year=1995)
    make_movie("Heat", year=1986)
    run("import_movies", write(tmp_path, "title,year,imdb_id\nHeat,1995,tt0113277\n"))
    film.refresh_from_db()
    assert (film.imdb_id, Movie.objects.count()) == ("tt0113277", 2)


def test_the_same_title_and_year_with_another_id_is_another_film(tmp_path: Path) -> None:
    make_movie("Heat", year=1995, imdb_id="tt0113277")
    run("import_movies", write(tmp_path, "title,year,imdb_id\nHeat,1995,tt9999999\n"))
    assert Movie.objects.count() == 2


def test_an_id_that_two_films_claim_stays_with_the_first(tmp_path: Path) -> None:
    rows = "Twin,2002,tt0270288,1,4912\nTwin,2002,tt0290538,2,4912\n"
    path = write(tmp_path, f"title,year,imdb_id,movielens_id,tmdb_id\n{rows}")
    said = run("import_movies", path)
    assert "2 created" in said
    assert "line 3: TMDB id 4912 belongs to “Twin” (2002) already and was left out" in said
    assert "0 created, 0 updated, 2 unchanged" in run("import_movies", path)


def test_a_row_that_could_mean_several_films_is_rejected(tmp_path: Path) -> None:
    make_movie("Twin", year=2002, imdb_id="tt0270288")
    make_movie("Twin", year=2002, imdb_id="tt0290538")
    said = run("import_movies", write(tmp_path, "title,year,description\nTwin,2002,Which one?\n"))
    assert "line 2: several films could be meant" in said
    assert not Movie.objects.filter(description="Which one?").exists()


def test_a_row_whose_ids_belong_to_two_films_is_rejected(tmp_path: Path) -> None:
    make_movie("One", imdb_id="tt0000001")
    make_movie("Two", tmdb_id=2)
    assert "line 2: several films could be meant" in run(
        "import_movies", write(tmp_path, "title,imdb_id,tmdb_id\nX,tt0000001,2\n")
    )


def test_a_repeated_film_is_taken_once(tmp_path: Path) -> None:
    path = write(tmp_path, "title,year,description\nHeat,1995,First.\nAlien,1979,\nHeat,1995,Second.\n")
    assert "line 4: it repeats the film of line 2" in run("import_movies", path)
    assert Movie.objects.get(title="Heat").description == "First."
    assert "0 created, 0 updated, 2 unchanged, 1 rejected" in run("import_movies", path)


def test_a_dry_run_gives_the_same_report_and_writes_nothing(tmp_path: Path) -> None:
    make_movie("Alien", year=1979, runtime=100)
    make_movie("Brazil", year=1985)
    text = "title,year,runtime\nAlien,1979,117\nBrazil,1985,\nHeat,1995,170\nHeat,1995,171\n,1,\n"
    path = write(tmp_path, text)
    dry = run("import_movies", path, "--dry-run")
    assert "This was a dry run: nothing was written." in dry
    assert (Movie.objects.count(), Movie.objects.get(title="Alien").runtime) == (2, 100)
    wet = run("import_movies", path)
    assert dry.splitlines()[:-1] == wet.splitlines()[:-1]
    assert "To take this back: manage.py import_movies --undo " in wet
    assert "1 created, 1 updated, 1 unchanged, 2 rejected" in wet


def test_a_dry_run_sees_repeats_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.films.CHUNK", 2)
    path = write(tmp_path, "title,imdb_id\nA,tt0000001\nB,\nC,\nB,\nD,tt0000001\n")
    report = import_films(path, dry_run=True)
    assert report.rejected.first == [(5, "it repeats the film of line 3"), (6, "it repeats the film of line 2")]
    assert import_films(path).rejected == report.rejected


def test_an_interrupted_import_keeps_whole_chunks_and_can_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.importing.films.CHUNK", 10)
    path = write(tmp_path, "title,genre\n" + "".join(f"Film {n:03},Drama\n" for n in range(35)))

    def stop(done: int, total: int) -> None:
        assert total == 35
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_films(path, progress=stop)
    assert Movie.objects.filter(genres__name="Drama").count() == Movie.objects.count() == 20
    report = import_films(path)
    assert (report.created, report.unchanged, Movie.objects.count()) == (15, 20, 35)


def test_created_and_updated_films_are_announced_once_a_chunk(
    tmp_path: Path, django_capture_on_commit_callbacks
) -> None:
    unchanged = make_movie("Alien", year=1979)
    heat = make_movie("Heat", year=1995)
    announced: list[list[int]] = []

    def hear(movie_ids: list[int], **kwargs: object) -> None:
        announced.append(movie_ids)

    movies_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run("import_movies", write(tmp_path, "title,year,runtime\nHeat,1995,170\nAlien,1979,\nBrazil,1985,132\n"))
    finally:
        movies_changed.disconnect(hear)
    assert announced == [[heat.pk, Movie.objects.get(title="Brazil").pk]]
    assert unchanged.pk not in announced[0]


def test_what_was_announced_is_silent_on_a_dry_run(tmp_path: Path, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        run("import_movies", write(tmp_path, "title\nHeat\n"), "--dry-run")
    assert callbacks == []


@pytest.mark.django_db(transaction=True)
def test_ctrl_c_says_what_is_kept_and_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.films.CHUNK", 2)
    path = write(tmp_path, "title\n" + "".join(f"Film {n}\n" for n in range(7)))
    chunks: list[int] = []

    def press_ctrl_c(movie_ids: list[int], **kwargs: object) -> None:
        chunks.append(len(movie_ids))
        if len(chunks) == 3:
            raise KeyboardInterrupt

    movies_changed.connect(press_ctrl_c)
    try:
        with pytest.raises(CommandError, match="Run the command again to bring in the rest") as stop:
            run("import_movies", path)
    finally:
        movies_changed.disconnect(press_ctrl_c)
    assert stop.value.returncode == 130
    assert Movie.objects.count() == 6
    assert "1 created, 0 updated, 6 unchanged" in run("import_movies", path)


def test_a_killed_import_goes_on_when_the_command_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("catalog.importing.films.CHUNK", 2)
    path = write(tmp_path, "title,year\n" + "".join(f"Film {n},1999\n" for n in range(5)))
    _killed_after(2, path, monkeypatch)  # the second chunk is written, and then there is no time left to tell anybody
    assert (Movie.objects.count(), CatalogueImport.objects.get().state) == (4, "applying")
    heard: list[int] = []
    movies_changed.connect(lambda movie_ids, **_: heard.extend(movie_ids), weak=False, dispatch_uid="heard")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run("import_movies", path)
    finally:
        movies_changed.disconnect(dispatch_uid="heard")
    found = CatalogueImport.objects.get()
    assert (found.state, found.n_new, found.rows.count()) == ("done", 5, 5)
    assert set(Movie.objects.values_list("pk", flat=True).order_by("-pk")[:3]) <= set(heard)


@pytest.mark.parametrize("why", ["other content", "another process has the file"])
def test_only_the_same_file_goes_on_and_only_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    path = write(tmp_path, "title,year\nFilm 1,1999\nFilm 2,1999\n")
    _killed_after(1, path, monkeypatch)
    if why == "other content":
        path = write(tmp_path, "title,year\nFilm 3,1999\n")
        run("import_movies", path)
    else:
        with sole_reader(path):
            run("import_movies", path)
    assert CatalogueImport.objects.filter(state="applying").count() == 1


def _killed_after(chunks: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import a file and die between two chunks."""
    times = itertools.count(1)

    def die() -> None:
        if next(times) == chunks:
            raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr("catalog.importing.films.reset_queries", die)
        with pytest.raises(SystemExit):
            run("import_movies", path)
