"""A visitor brings films from MovieLens, TMDB, Movary, Yamtrack, or any table with a title."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.importing import Unreadable
from catalog.models import FilmText, Like, Mark, Movie, User
from tests.builders import make_movie, make_user
from tests.catalog.history_files import brought_in, outcomes, packed, shelves_of, table, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return make_user("ana")


@pytest.fixture
def heat() -> Movie:
    return make_movie("Heat", year=1995, imdb_id="tt0113277", tmdb_id=949, movielens_id=6)


def test_movielens_ratings_of_one_person(ana: User, heat: Movie, tmp_path: Path) -> None:
    rows = table("userId,movieId,rating,timestamp", [7, 6, 4.0, 964982703], [7, 999, 5.0, 964982703])
    history = brought_in(ana, rows, tmp_path, "ratings.csv")
    assert history.source == "movielens"
    assert Like.objects.get().created_at == datetime(2000, 7, 30, 18, 45, 3, tzinfo=UTC)
    assert outcomes(history) == {"MovieLens 6": "matched id", "MovieLens 999": "waiting"}


def test_movielens_ratings_of_several_people_are_refused(ana: User, heat: Movie, tmp_path: Path) -> None:
    rows = table("userId,movieId,rating,timestamp", [7, 6, 4.0, 1], [8, 6, 5.0, 1])
    with pytest.raises(Unreadable, match="Keep the rows of your own userId only"):
        taken_in(ana, rows, tmp_path, "ratings.csv")


def test_the_export_of_a_movielens_account(ana: User, heat: Movie, tmp_path: Path) -> None:
    headers = "movie_id,imdb_id,tmdb_id,rating,average_rating,title"
    rows = table(headers, [6, "0113277", 949, 4.5, 3.9, "Heat (1995)"], [7, "", "", -1.0, 3, "Not Rated (1999)"])
    history = brought_in(ana, rows, tmp_path, "movielens-ratings.csv")
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"]}
    assert history.skipped["silent"]["count"] == 1


def test_a_movielens_wishlist(ana: User, heat: Movie, tmp_path: Path) -> None:
    headers = "movie_id,imdb_id,tmdb_id,rating,average_rating,title"
    brought_in(ana, table(headers, [6, "0113277", 949, "", 3.9, "Heat (1995)"]), tmp_path, "movielens-wishlist.csv")
    assert shelves_of(ana) == {"watchlist": ["Heat"]}


TMDB = "TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,Episode Number,Rating,Your Rating,Date Rated"


def test_tmdb_ratings(ana: User, tmp_path: Path) -> None:
    make_movie("Train to Busan", year=2016, tmdb_id=396535)
    rows = table(
        TMDB,
        [396535, "tt5700672", "movie", "부산행", "2016-07-20T00:00:00Z", "", "", 7.757, 9, "2023-05-02T09:29:50Z"],
        [1396, "tt0903747", "tv", "Breaking Bad", "2008-01-20T00:00:00Z", "", "", 8.9, 10, "2023-05-02T09:29:50Z"],
    )
    history = brought_in(ana, rows, tmp_path, "ratings.csv")
    assert shelves_of(ana) == {"liked": ["Train to Busan"], "seen": ["Train to Busan"]}
    assert Like.objects.get().created_at == datetime(2023, 5, 2, 9, 29, 50, tzinfo=UTC)
    assert history.skipped["tv"]["count"] == 1


@pytest.mark.parametrize(
    ("name", "shelf"), [("watchlist.csv", "watchlist"), ("favorites.csv", "liked"), ("x.csv", "watchlist")]
)
def test_what_everybody_thinks_is_no_rating_of_mine(
    ana: User, heat: Movie, tmp_path: Path, name: str, shelf: str
) -> None:
    row = [949, "tt0113277", "movie", "Heat", "1995-12-15T00:00:00Z", "", "", 9.9, "", ""]
    brought_in(ana, table(TMDB, row), tmp_path, name)
    assert shelves_of(ana) == {shelf: ["Heat"]}


def test_movary_in_a_zip(ana: User, heat: Movie, tmp_path: Path) -> None:
    up = make_movie("Up", year=2009, tmdb_id=14160)
    content = packed(
        {
            "history.csv": table(
                "title,year,tmdbId,imdbId,watchedAt,comment,location",
                ["Heat", 1995, 949, "tt0113277", "2022-02-02", "", ""],
            ),
            "ratings.csv": table("title,year,tmdbId,imdbId,userRating", ["Heat", 1995, 949, "tt0113277", 8]),
            "watchlist.csv": table("title,year,tmdbId,imdbId,addedAt", ["Up", 2009, 14160, "", "2022-02-02 10:00:00"]),
        }
    )
    history = brought_in(ana, content, tmp_path, "movary.zip")
    assert history.source == "movary"
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"], "watchlist": ["Up"]}
    assert Mark.objects.get(movie=up).created_at == datetime(2022, 2, 2, 10, tzinfo=UTC)


def test_yamtrack(ana: User, heat: Movie, tmp_path: Path) -> None:
    make_movie("Up", year=2009, tmdb_id=14160)
    headers = (
        "media_id,source,media_type,title,image,season_number,episode_number,score,progress,status,start_date,"
        "end_date,notes,progress_changed"
    )
    rows = table(
        headers,
        [949, "tmdb", "movie", "Heat", "", "", "", 9.5, 1, "Completed", "", "2024-02-02", "", ""],
        [14160, "tmdb", "movie", "Up", "", "", "", "", 0, "Planning", "", "", "", ""],
        [1, "tmdb", "movie", "Given Up", "", "", "", "", 0, "Dropped", "", "", "", ""],
        [1396, "tmdb", "season", "Breaking Bad", "", 1, "", 9, 7, "Completed", "", "", "", ""],
        [7, "igdb", "game", "Portal", "", "", "", 9, 7, "Completed", "", "", "", ""],
    )
    history = brought_in(ana, rows, tmp_path, "yamtrack.csv")
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"], "watchlist": ["Up"]}
    assert {reason: kept["count"] for reason, kept in history.skipped.items()} == {"silent": 1, "tv": 1, "other": 1}


def test_letterboxds_own_import_format(ana: User, heat: Movie, tmp_path: Path) -> None:
    headers = "LetterboxdURI,tmdbID,imdbID,Title,Year,Directors,Rating,Rating10,WatchedDate,Rewatch,Tags,Review"
    rows = table(headers, ["", 949, "", "Heat", 1995, "Michael Mann", "", 8, "2021-01-02", "", "crime", "Good"])
    history = brought_in(ana, rows, tmp_path)
    assert history.asks == []
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"]}


@pytest.mark.parametrize("headers", ["Title,Year", "NAME,YEAR", "Фильм;Год", "атауы\tжыл", "film,released"])
def test_any_table_with_a_title(ana: User, heat: Movie, tmp_path: Path, headers: str) -> None:
    delimiter = next(char for char in ",;\t" if char in headers)
    history = brought_in(ana, f"\ufeff{headers}\nHeat{delimiter}1995\n", tmp_path)
    assert history.asks == ["plain"]
    assert shelves_of(ana) == {"seen": ["Heat"]}


@pytest.mark.parametrize(("ratings", "scale"), [((4, 4.5), 5), ((3, 8), 10), ((70, 95), 100), ((1, 2), 5)])
def test_the_scale_is_guessed_and_asked(ana: User, tmp_path: Path, ratings: tuple[float, float], scale: float) -> None:
    history = taken_in(ana, table("title,rating", *(["A", ratings[0]], ["B", ratings[1]])), tmp_path)
    assert history.rule["scale"] == scale
    assert history.asks == ["scale"]


def test_columns_of_yes_and_no(ana: User, heat: Movie, tmp_path: Path) -> None:
    make_movie("Up", year=2009)
    brought_in(ana, "title,year,liked,seen,watchlist\nHeat,1995,yes,x,\nUp,2009,no,0,1\n", tmp_path)
    assert shelves_of(ana) == {"liked": ["Heat"], "seen": ["Heat"], "watchlist": ["Up"]}


def test_a_viewing_history_has_episodes(ana: User, heat: Movie, tmp_path: Path) -> None:
    rows = 'Title,Date\n"White Collar: Season 2: Withdrawal",12/12/26\nHeat,12/11/26\n'
    history = brought_in(ana, rows, tmp_path, "NetflixViewingHistory.csv")
    assert shelves_of(ana) == {"seen": ["Heat"]}
    assert history.skipped["tv"]["count"] == 1


@pytest.mark.parametrize(
    ("title", "year", "how"),
    [
        ("Les Misérables", 1995, "matched title"),
        ("LES MISERABLES", 1995, "matched title"),
        ("Misérables, Les (1995)", "", "matched title"),
        ("Les Misérables", 1996, "matched near"),
        ("Les Misérables", 1994, "matched near"),
        ("Отверженные", 1995, "matched title"),
        ("Les Misérables", 1997, "review"),
        ("Les Miserabls", 1995, "review"),
        ("Les Misérables: A Musical", 1995, "review"),
        ("Les Misérables", 2012, "waiting"),
        ("Les Amants", 1995, "waiting"),
        ("Misery Made Me", 1995, "waiting"),
    ],
)
def test_titles_are_compared_with_care(ana: User, tmp_path: Path, title: str, year: object, how: str) -> None:
    movie = make_movie("Les Misérables", year=1995)
    FilmText.objects.create(movie=movie, language="ru", title="Отверженные")
    history = taken_in(ana, table("title,year", [title, year]), tmp_path)
    [found] = outcomes(history).values()
    assert found == how


def test_films_of_one_title_and_year_are_for_the_visitor_to_tell_apart(ana: User, tmp_path: Path) -> None:
    make_movie("Hamlet", year=2000, tmdb_id=1)
    make_movie("Hamlet", year=2000, tmdb_id=2)
    history = taken_in(ana, table("title,year", ["Hamlet", 2000]), tmp_path)
    [row] = history.rows.to_review()
    assert len(row.candidates) == 2


def test_ids_of_two_films_are_never_guessed(ana: User, heat: Movie, tmp_path: Path) -> None:
    other = make_movie("Ronin", year=1998, tmdb_id=8195)
    history = taken_in(ana, table("title,year,imdb_id,tmdb_id", ["Heat", 1995, "tt0113277", 8195]), tmp_path)
    [row] = history.rows.to_review()
    assert row.candidates == [heat.pk, other.pk]


def test_an_id_on_rows_of_two_titles_proves_nothing_alone(ana: User, heat: Movie, tmp_path: Path) -> None:
    rows = table("title,year,imdb_id", ["Heat", 1995, "tt0113277"], ["Quite Another", 1980, "tt0113277"])
    assert outcomes(taken_in(ana, rows, tmp_path)) == {"Heat": "matched id", "Quite Another": "review"}


def test_a_film_of_this_title_with_another_id_is_only_offered(ana: User, heat: Movie, tmp_path: Path) -> None:
    assert outcomes(taken_in(ana, table("title,year,imdb_id", ["Heat", 1995, "tt0000001"]), tmp_path)) == {
        "Heat": "review"
    }


def test_films_that_are_not_published_wait(ana: User, tmp_path: Path) -> None:
    make_movie("Heat", year=1995, imdb_id="tt0113277", is_published=False)
    assert outcomes(taken_in(ana, "title,year,imdb_id\nHeat,1995,tt0113277\n", tmp_path)) == {"Heat": "waiting"}


def test_days_in_the_future_are_now(ana: User, heat: Movie, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    brought_in(ana, "title,year,date,rating\nHeat,1995,2099-01-01,5\n", tmp_path)
    assert before <= Like.objects.get().created_at <= datetime.now(UTC)


def test_formulas_of_a_spreadsheet_stay_text(ana: User, tmp_path: Path) -> None:
    make_movie("=1+1", year=1995)
    assert outcomes(taken_in(ana, "title,year\n'=1+1,1995\n", tmp_path)) == {"=1+1": "matched title"}
