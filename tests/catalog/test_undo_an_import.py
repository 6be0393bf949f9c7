"""An operator takes an import back: what it did goes again, what people did since stays and is named."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from catalog.importing.undo import undo
from catalog.importing.values import values_of_film
from catalog.models import CatalogueImport, Credit, FilmText, ImportRow, Mark, Movie, Person
from catalog.signals import movies_changed
from tests.builders import like, make_movie, make_user
from tests.catalog.files import as_csv, run, write

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
State = CatalogueImport.State


def importing(folder: Path, text: str) -> CatalogueImport:
    run("import_movies", write(folder, text))
    return CatalogueImport.objects.first()


def everything() -> list[dict[str, object]]:
    return [values_of_film(movie) for movie in Movie.objects.with_people().order_by("pk")]


def kept(found: CatalogueImport) -> dict[str, str]:
    return dict(found.rows.filter(fate="kept").values_list("film", "fate_words"))


def old_films() -> tuple[Movie, Movie]:
    heat = make_movie("Heat", year=1995, genres=["Crime"], cast=["Al", "Bo"], description="A thief.", runtime=100)
    FilmText.objects.create(movie=heat, language="ru", title="Жара")
    return heat, make_movie("Alien", year=1979)


BOTH = as_csv(
    ["title", "year", "runtime", "genres", "cast", "directors", "description", "tmdb_id", "title_ru", "title_kk"],
    ["Heat", "1995", "170", "Crime|Drama", "Bo|Cy", "Di", "Two men.", "949", "Схватка", "Түн"],
    ["Brazil", "1985", "", "Comedy", "Ed", "", "Paper.", "68", "Бразилия", ""],
    ["Alien", "1979", "", "", "", "", "", "", "", ""],
)


def test_everything_is_as_it_was(tmp_path: Path) -> None:
    old_films()
    before = everything()
    said = run("import_movies", write(tmp_path, BOTH))
    assert everything() != before
    number = CatalogueImport.objects.get().pk
    assert f"To take this back: manage.py import_movies --undo {number}" in said
    assert "2 undone, 0 kept" in run("import_movies", "--undo", number)
    assert everything() == before
    assert set(Person.objects.values_list("name", flat=True)) == {"Al", "Bo"}
    assert FilmText.objects.get().title == "Жара"
    found = CatalogueImport.objects.get()
    assert (found.state, found.n_kept, found.undone_at is not None) == (State.UNDONE, 0, True)


def test_old_and_new_values_are_kept_row_by_row(tmp_path: Path) -> None:
    old_films()
    found = importing(tmp_path, BOTH)
    assert (found.n_new, found.n_changed, found.n_unchanged, found.n_rejected) == (1, 1, 1, 0)
    diff = found.rows.get(kind="changed").diff
    assert diff["runtime"] == [100, 170]
    assert diff["genres"] == [["Crime"], ["Crime", "Drama"]]
    assert diff["cast"] == [["Al", "Bo"], ["Bo", "Cy"]]
    assert diff["directors"] == [None, ["Di"]]
    assert (diff["title_ru"], diff["title_kk"]) == (["Жара", "Схватка"], [None, "Түн"])
    assert "year" not in diff


@pytest.mark.parametrize("how", ["like", "mark"])
def test_a_created_film_that_somebody_has_is_kept_and_named(tmp_path: Path, how: str) -> None:
    found = importing(tmp_path, "title,year\nBrazil,1985\nHeat,1995\n")
    brazil, visitor = Movie.objects.get(title="Brazil"), make_user()
    if how == "like":
        like(visitor, brazil)
    else:
        Mark.objects.create(user=visitor, movie=brazil, kind="watchlist")
    said = run("import_movies", "--undo", found.pk)
    assert "line 2: Brazil (1985): somebody likes it or keeps it on a list" in said
    assert "1 undone, 1 kept" in said
    assert list(Movie.objects.values_list("title", flat=True)) == ["Brazil"]
    found.refresh_from_db()
    assert (found.n_kept, found.state) == (1, State.UNDONE)


@pytest.mark.parametrize("change", ["field", "cast", "text"])
def test_a_created_film_that_was_changed_since_is_kept(tmp_path: Path, change: str) -> None:
    found = importing(tmp_path, "title,year,cast\nBrazil,1985,Al|Bo\n")
    brazil = Movie.objects.get()
    if change == "field":
        Movie.objects.update(is_published=False)
    elif change == "cast":
        Credit.objects.filter(person__name="Bo").delete()
    else:
        FilmText.objects.create(movie=brazil, language="ru", title="Бразилия")
    undo(found, lambda done, total: None)
    assert kept(found) == {"Brazil (1985)": "it was changed since"}
    assert Movie.objects.get() == brazil


def test_fields_that_were_changed_since_keep_their_value_and_the_others_go_back(tmp_path: Path) -> None:
    heat, _alien = old_films()
    found = importing(tmp_path, BOTH)
    Movie.objects.filter(pk=heat.pk).update(description="Mine.")
    FilmText.objects.filter(movie=heat, language="ru").update(title="Моё")
    undo(found, lambda done, total: None)
    heat = Movie.objects.with_people().get(pk=heat.pk)
    assert (heat.description, heat.runtime, heat.tmdb_id) == ("Mine.", 100, None)
    assert [person.name for person in heat.cast] == ["Al", "Bo"]
    assert heat.text_in("ru")[0] == "Моё"
    assert kept(found) == {"Heat (1995)": "changed since: description, title (Русский)"}


def test_a_film_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    found = importing(tmp_path, "title,year\nBrazil,1985\nHeat,1995\n")
    Movie.objects.filter(title="Heat").delete()
    undo(found, lambda done, total: None)
    assert not Movie.objects.exists()
    assert found.rows.get(film="Heat (1995)").fate_words == "it is not in the catalogue any more"


def test_an_old_id_that_another_film_has_now_stays_there(tmp_path: Path) -> None:
    heat = make_movie("Heat", year=1995, imdb_id="tt0113277", tmdb_id=1)
    make_movie("Alien", year=1979, runtime=100)
    found = importing(tmp_path, "title,year,tmdb_id,imdb_id,runtime\nHeat,1995,949,tt0113277,\nAlien,1979,,,117\n")
    make_movie("Other", tmdb_id=1)
    undo(found, lambda done, total: None)
    heat.refresh_from_db()
    assert heat.tmdb_id == 949
    assert Movie.objects.get(title="Alien").runtime == 100
    assert kept(found) == {"Heat (1995)": "another film has its old id or name now"}


def test_two_imports_are_undone_in_either_order(tmp_path: Path) -> None:
    make_movie("Heat", year=1995, runtime=100)
    first = importing(tmp_path, "title,year,runtime\nHeat,1995,170\n")
    second = importing(tmp_path, "title,year,runtime\nHeat,1995,171\n")
    undo(first, lambda done, total: None)
    assert Movie.objects.get().runtime == 171
    undo(second, lambda done, total: None)
    assert Movie.objects.get().runtime == 170


def test_an_undo_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.undo.CHUNK", 2)
    found = importing(tmp_path, "title,year\n" + "".join(f"Film {n},1999\n" for n in range(5)))

    def stop(done: int, total: int) -> None:
        assert (done, total) == (2, 5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo(found, stop)
    assert [movie.title for movie in Movie.objects.all()] == ["Film 0", "Film 1", "Film 2"]
    assert "5 undone, 0 kept" in run("import_movies", "--undo", found.pk)
    assert not Movie.objects.exists()


def test_an_import_that_was_stopped_can_be_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.films.CHUNK", 2)

    def stop(progress: object, done: int, total: int) -> None:
        progress.done = done  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr("catalog.management.progress.Progress.__call__", stop)
    with pytest.raises(CommandError, match="Stopped after 2 rows"):
        importing(tmp_path, "title,year\n" + "".join(f"Film {n},1999\n" for n in range(5)))
    found = CatalogueImport.objects.get()
    assert (found.state, found.n_new, Movie.objects.count()) == (State.STOPPED, 2, 2)
    monkeypatch.undo()
    run("import_movies", "--undo", found.pk)
    assert not Movie.objects.exists()


def test_the_films_are_announced(tmp_path: Path, django_capture_on_commit_callbacks) -> None:
    found = importing(tmp_path, "title,year\nBrazil,1985\n")
    movie, heard = Movie.objects.get(), []

    def listen(movie_ids: list[int], **kwargs: object) -> None:
        heard.extend(movie_ids)

    movies_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            undo(found, lambda done, total: None)
    finally:
        movies_changed.disconnect(listen)
    assert heard == [movie.pk]


def test_an_import_that_changed_nothing_is_not_kept(tmp_path: Path) -> None:
    make_movie("Heat", year=1995)
    said = run("import_movies", write(tmp_path, "title,year\nHeat,1995\n"))
    assert "To take this back" not in said
    assert not CatalogueImport.objects.exists()
    assert not ImportRow.objects.exists()


def test_what_cannot_be_undone_is_refused_with_the_cure(tmp_path: Path) -> None:
    found = importing(tmp_path, "title,year\nBrazil,1985\n")
    run("import_movies", "--undo", found.pk)
    with pytest.raises(CommandError, match=r"There is no import .* that can be undone"):
        run("import_movies", "--undo", found.pk)
    with pytest.raises(CommandError, match="There is no import 999 that can be undone"):
        run("import_movies", "--undo", 999)
    with pytest.raises(CommandError, match="either a file or --undo"):
        run("import_movies")
    with pytest.raises(CommandError, match="either a file or --undo"):
        run("import_movies", tmp_path / "films.csv", "--undo", found.pk)


def test_queries_do_not_grow_with_the_films(tmp_path: Path, django_assert_max_num_queries) -> None:
    for number in range(60):
        make_movie(f"Old {number}", year=1999, cast=["Al"], genres=["Crime"])
    rows = [f"Old {n},1999,170,Bo,Drama" for n in range(60)]
    found = importing(tmp_path, "title,year,runtime,cast,genres\n" + "\n".join(rows))
    with django_assert_max_num_queries(40):
        undo(found, lambda done, total: None)
    assert Movie.objects.count() == 60
    assert set(Movie.objects.values_list("runtime", flat=True)) == {None}
