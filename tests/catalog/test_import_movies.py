"""An operator brings films from a CSV file into the catalogue."""

from pathlib import Path

import pytest

from catalog.models import Country, FilmText, Genre, Movie, Person
from tests.catalog.files import as_csv, run, write

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def names(queryset) -> list[str]:
    return list(queryset.values_list("name", flat=True))


def only_film() -> Movie:
    return Movie.objects.with_people().get()


def test_all_fields_of_a_film(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        as_csv(
            ["title", "original_title", "year", "countries", "genres", "directors", "cast", "runtime", "language",
             "description", "keywords", "poster", "imdb_id", "tmdb_id", "movielens_id"],
            ["Stalker", "Сталкер", "1979", "Soviet Union", "Drama, Science Fiction", "Andrei Tarkovsky",
             "Alexander Kaidanovsky, Anatoly Solonitsyn", "162", "Russian", "Three men walk into the Zone.",
             "zone, wish", "https://example.org/stalker.jpg", "tt0079944", "1398", "1251"],
        ),
    )  # fmt: skip
    assert "1 created, 0 updated, 0 unchanged, 0 rejected" in run("import_movies", path)
    film = only_film()
    assert (film.title, film.original_title, film.year, film.runtime) == ("Stalker", "Сталкер", 1979, 162)
    assert (film.language, film.keywords) == ("ru", ["zone", "wish"])
    assert film.description == "Three men walk into the Zone."
    assert film.poster_url == "https://example.org/stalker.jpg"
    assert (film.imdb_id, film.tmdb_id, film.movielens_id) == ("tt0079944", 1398, 1251)
    assert names(film.genres.all()) == ["Drama", "Science Fiction"]
    assert names(film.countries.all()) == ["Soviet Union"]
    assert [str(person) for person in film.directors] == ["Andrei Tarkovsky"]
    assert [str(person) for person in film.cast] == ["Alexander Kaidanovsky", "Anatoly Solonitsyn"]
    assert film.is_published


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        ("name;year;genre;director;duration", "Alien;1979;Horror;Ridley Scott;117.0"),
        ("Series_Title\tReleased_Year\tGenre\tDirector\tRuntime", "Alien\t1979\tHorror\tRidley Scott\t117 min"),
        (
            "TITLE,Release_Date,Listed In,Directed By,Runtime (mins)",
            "Alien,1979-05-25,horror movies,Ridley Scott,1h 57m",
        ),
        ("Название,Год,Жанр,Режиссёр,Длительность", "Alien,1979,Ужасы,Ridley Scott,117 мин"),
    ],
)
def test_columns_under_other_names_and_delimiters(tmp_path: Path, headers: str, row: str) -> None:
    run("import_movies", write(tmp_path, f"{headers}\n{row}\n"))
    film = only_film()
    assert (film.title, film.year, film.runtime) == ("Alien", 1979, 117)
    assert names(film.genres.all()) == ["Horror"]
    assert [str(person) for person in film.directors] == ["Ridley Scott"]


@pytest.mark.parametrize(
    "cell",
    ["Drama, Crime", "Drama|Crime", '["Drama", "Crime"]', "['Drama', 'Crime']",
     '[{"id": 18, "name": "Drama"}, {"id": 80, "name": "Crime"}]',
     "[{'id': 18, 'name': 'Drama'}, {'id': 80, 'name': 'Crime'}]"],
)  # fmt: skip
def test_every_way_to_write_a_list(tmp_path: Path, cell: str) -> None:
    run("import_movies", write(tmp_path, as_csv(["title", "genres"], ["Heat", cell])))
    assert names(only_film().genres.all()) == ["Crime", "Drama"]


def test_ways_to_write_a_list_may_differ_within_a_file(tmp_path: Path) -> None:
    rows = [["title", "cast"], ["One", "Ann Lee, Bo Li"], ["Two", "Ann Lee|Cy Day"], ["Three", '["Di Orr"]']]
    run("import_movies", write(tmp_path, as_csv(*rows)))
    assert set(names(Person.objects)) == {"Ann Lee", "Bo Li", "Cy Day", "Di Orr"}


def test_a_comma_in_a_name_survives_where_the_file_separates_with_bars(tmp_path: Path) -> None:
    rows = [
        ["title", "cast", "genres"],
        ["One", "Ann Lee|Bo Li", "Drama|War"],
        ["Two", "Smith, the elder", "Drama|Crime"],
    ]
    run("import_movies", write(tmp_path, as_csv(*rows)))
    assert "Smith, the elder" in names(Person.objects)


def test_juniors_keep_their_names(tmp_path: Path) -> None:
    rows = [["title", "directors"], ["One", "Дэвид Деррик мл., Джон М. Чу"], ["Two", "Sammy Davis, Jr., Bo Li"]]
    run("import_movies", write(tmp_path, as_csv(*rows)))
    assert set(names(Person.objects)) == {"Дэвид Деррик мл.", "Джон М. Чу", "Sammy Davis, Jr.", "Bo Li"}


def test_stars_in_columns_of_their_own_keep_their_order(tmp_path: Path) -> None:
    run("import_movies", write(tmp_path, "Series_Title,Star2,Star1,Star10\nHeat,Bo Li,Ann Lee,Cy Day\n"))
    assert [str(person) for person in only_film().cast] == ["Ann Lee", "Bo Li", "Cy Day"]


def test_directors_are_found_in_tmdb_crews(tmp_path: Path) -> None:
    crew = '[{"job": "Editor", "name": "Bo Li"}, {"job": "Director", "name": "Ann Lee"}]'
    cast = '[{"character": "x", "name": "Cy Day", "order": 0}]'
    run("import_movies", write(tmp_path, as_csv(["movie_id", "title", "cast", "crew"], ["949", "Heat", cast, crew])))
    film = only_film()
    assert (film.tmdb_id, str(film.directors[0]), str(film.cast[0])) == (949, "Ann Lee", "Cy Day")


def test_movielens_titles_give_year_and_article(tmp_path: Path) -> None:
    run(
        "import_movies",
        write(
            tmp_path, 'movieId,title,genres\n2571,"Matrix, The (1999)",Action|Sci-Fi\n7,Nameless,(no genres listed)\n'
        ),
    )
    film = Movie.objects.get(movielens_id=2571)
    assert (film.title, film.year, names(film.genres.all())) == ("The Matrix", 1999, ["Action", "Science Fiction"])
    assert names(Movie.objects.get(movielens_id=7).genres.all()) == []


def test_texts_in_other_languages(tmp_path: Path) -> None:
    path = write(tmp_path, "title,title_ru,description_ru,title_kk\nThe Cranes,Журавли,О войне.,Тырналар\nHeat,,,\n")
    run("import_movies", path)
    assert list(FilmText.objects.values_list("movie__title", "language", "title", "description")) == [
        ("The Cranes", "kk", "Тырналар", ""),
        ("The Cranes", "ru", "Журавли", "О войне."),
    ]
    assert "0 created, 0 updated, 2 unchanged" in run("import_movies", path)


def test_genres_and_countries_get_one_name(tmp_path: Path) -> None:
    run(
        "import_movies", write(tmp_path, 'title,genre,country\nA,"Драма, Sci-Fi",США\nB,"Drama, IMAX","USA, Франция"\n')
    )
    assert names(Genre.objects) == ["Drama", "Science Fiction"]
    assert names(Country.objects) == ["France", "United States"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_russian_files_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = "название;год;описание\nМосква слезам не верит;1980;Три подруги приезжают в столицу за счастьем.\n"
    run("import_movies", write(tmp_path, text, encoding=encoding))
    assert only_film().title == "Москва слезам не верит"


def test_an_excel_file_with_its_separator_line(tmp_path: Path) -> None:
    run("import_movies", write(tmp_path, "sep=;\ntitle;year\nHeat;1995\n"))
    assert only_film().year == 1995


def test_queries_do_not_grow_with_the_rows(tmp_path: Path, django_assert_max_num_queries) -> None:
    rows = "".join(f'Film {n},Drama,"Ann Lee, Actor {n}"\n' for n in range(40))
    with django_assert_max_num_queries(30):
        run("import_movies", write(tmp_path, f"title,genre,cast\n{rows}"))
    assert Movie.objects.count() == 40


def test_rejected_rows_appear_with_the_help_text_on_matching(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("import_movies", "--help")
    assert "empty cells never erase anything" in " ".join(capsys.readouterr().out.split())
