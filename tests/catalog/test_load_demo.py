"""Somebody starts from a fresh clone: the demo films and profiles come in, and later runs harm nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from catalog.models import Credit, FilmText, Like, Movie, User
from catalog.signals import movies_changed
from tests.builders import like, make_movie, make_user
from tests.catalog.files import run

pytestmark = pytest.mark.django_db

STAMP = "2026-01-01T00:00:00Z"
METROPOLIS = ["Metropolis", 1927]
FILMS = [
    {
        "model": "catalog.movie",
        "fields": {
            "title": "Metropolis",
            "original_title": "Metrópolis",
            "year": 1927,
            "countries": [["Germany"]],
            "genres": [["Drama"], ["Science Fiction"]],
            "runtime": 153,
            "language": "de",
            "keywords": ["robot", "dystopia"],
            "imdb_id": "tt0017136",
            "updated_at": STAMP,
            "description": "A city of towers.",
        },
    },
    {
        "model": "catalog.filmtext",
        "fields": {"movie": METROPOLIS, "language": "ru", "title": "Метрополис", "description": "Город башен."},
    },
    {
        "model": "catalog.credit",
        "fields": {"movie": METROPOLIS, "person": ["Fritz Lang"], "role": "director", "position": 0},
    },
    {
        "model": "catalog.credit",
        "fields": {"movie": METROPOLIS, "person": ["Brigitte Helm"], "role": "cast", "position": 0},
    },
    {
        "model": "catalog.movie",
        "fields": {"title": "M", "year": 1931, "genres": [["Crime"]], "updated_at": STAMP, "description": "A hunt."},
    },
]
PROFILES = [
    {
        "model": "catalog.user",
        "fields": {"username": "mia", "display_name": "Mia", "is_demo": True, "password": "!none"},
    },
    {"model": "catalog.like", "fields": {"user": ["mia"], "movie": METROPOLIS, "created_at": STAMP}},
    {"model": "catalog.like", "fields": {"user": ["mia"], "movie": ["M", 1931], "created_at": STAMP}},
]
NAMES = {
    "genres": ("genre", ["Crime", "Drama", "Science Fiction"]),
    "countries": ("country", ["Germany"]),
    "people": ("person", ["Brigitte Helm", "Fritz Lang"]),
}


@pytest.fixture
def fixtures(tmp_path: Path, settings) -> Path:
    """A small folder of fixtures in place of the project's own."""
    folder = tmp_path / "fixtures"
    (folder / "films").mkdir(parents=True)
    save(folder / "films" / "1920s.json", FILMS)
    save(folder / "profiles.json", PROFILES)
    for name, (model, rows) in NAMES.items():
        save(folder / f"{name}.json", [{"model": f"catalog.{model}", "fields": {"name": row}} for row in rows])
    settings.FIXTURE_DIRS = [folder]
    return folder


def save(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps(rows), encoding="utf-8")


def everything() -> list[Any]:
    """All that a visitor could see of the demo catalogue."""
    films = [
        (film.title, film.original_title, film.year, film.runtime, film.language, film.description, film.keywords,
         film.imdb_id, [*map(str, film.genres.all())], [*map(str, film.countries.all())], [*map(str, film.directors)],
         [*map(str, film.cast)], [(text.language, text.title, text.description) for text in film.texts.all()])
        for film in Movie.objects.with_people().order_by("title", "year")
    ]  # fmt: skip
    users = list(User.objects.order_by("username").values_list("username", "display_name", "is_demo", "is_staff"))
    likes = Like.objects.order_by("user__username", "movie__title", "movie__year")
    return [films, users, [(*item.natural_key(), item.created_at) for item in likes]]


def test_films_and_profiles_come_in(fixtures: Path) -> None:
    assert "2 films created, 0 updated, 0 there already; 1 profiles created" in run("load_demo")
    film = Movie.objects.with_people().get(title="Metropolis")
    assert (film.imdb_id, film.runtime, film.keywords) == ("tt0017136", 153, ["robot", "dystopia"])
    assert [str(genre) for genre in film.genres.all()] == ["Drama", "Science Fiction"]
    assert [str(person) for person in (*film.directors, *film.cast)] == ["Fritz Lang", "Brigitte Helm"]
    assert film.text_in("ru") == ("Метрополис", "Город башен.")
    mia = User.objects.get()
    assert (mia.username, mia.display_name, mia.is_demo, mia.likes.count()) == ("mia", "Mia", True, 2)
    assert not mia.has_usable_password()


def test_the_result_is_the_same_as_of_loaddata(fixtures: Path) -> None:
    paths = [fixtures / f"{name}.json" for name in NAMES] + [
        fixtures / "films" / "1920s.json",
        fixtures / "profiles.json",
    ]
    call_command("loaddata", *map(str, paths), verbosity=0)
    expected = everything()
    Movie.objects.all().delete()
    User.objects.all().delete()
    run("load_demo")
    assert everything() == expected


def test_a_second_run_leaves_what_curators_did(fixtures: Path) -> None:
    run("load_demo")
    film = Movie.objects.get(title="Metropolis")
    Movie.objects.filter(pk=film.pk).update(title="Metropolis, restored", description="Edited.", is_published=False)
    Movie.objects.filter(title="M").update(description="Edited too.")
    User.objects.get().likes.get(movie=film).delete()
    before = everything()
    assert "0 films created, 0 updated, 2 there already; 0 profiles created" in run("load_demo")
    assert everything() == before
    film.refresh_from_db()
    assert not film.is_published


def test_what_is_missing_is_added(fixtures: Path) -> None:
    run("load_demo")
    Movie.objects.get(title="M").delete()
    assert "1 films created, 0 updated, 1 there already; 0 profiles created" in run("load_demo")


def test_again_puts_the_demo_texts_and_likes_back(fixtures: Path) -> None:
    run("load_demo")
    wanted = everything()
    film = Movie.objects.get(title="Metropolis")
    Movie.objects.filter(pk=film.pk).update(title="Metropolis, restored", description="Edited.", tmdb_id=19)
    film.genres.clear()
    FilmText.objects.update(title="Другое")
    Credit.objects.filter(role="cast").delete()
    Like.objects.filter(movie=film).delete()
    assert "0 films created, 1 updated, 1 there already; 0 profiles created" in run("load_demo", "--again")
    assert everything() == wanted
    film.refresh_from_db()
    assert film.tmdb_id == 19


def test_films_from_elsewhere_are_left_alone_and_liked(fixtures: Path) -> None:
    film = make_movie("Metropolis", year=1927, movielens_id=2010, description="From another file.")
    run("load_demo")
    film.refresh_from_db()
    assert (film.description, Movie.objects.count()) == ("From another file.", 2)
    assert User.objects.get(username="mia").likes.filter(movie=film).exists()


def test_an_account_of_a_person_is_never_taken_over(fixtures: Path) -> None:
    person = make_user("Mia")
    person.set_password("a-long-phrase-of-words")
    person.save()
    like(person, make_movie("Heat"))
    assert "Left out: mia: a visitor has this name" in run("load_demo", "--again")
    person.refresh_from_db()
    assert person.check_password("a-long-phrase-of-words")
    assert not person.is_demo
    assert [item.movie.title for item in person.likes.all()] == ["Heat"]


def test_new_films_are_announced(fixtures: Path, django_capture_on_commit_callbacks) -> None:
    announced: list[int] = []

    def hear(movie_ids: list[int], **kwargs: object) -> None:
        announced.extend(movie_ids)

    movies_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run("load_demo")
            run("load_demo")
    finally:
        movies_changed.disconnect(hear)
    assert announced == sorted(Movie.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("films/1920s.json", None, "There are no films in"),
        ("profiles.json", None, r"profiles\.json is missing"),
        ("films/1920s.json", "{ not json", r"1920s\.json is no fixture"),
        ("films/1920s.json", '[{"model": "catalog.movie"}]', r"1920s\.json is no fixture"),
        ("films/1920s.json", '[{"model": "catalog.movie", "fields": {"title": "X", "stars": 5}}]', "unknown fields"),
        ("films/1920s.json", '[{"model": "auth.group", "fields": {"movie": ["X", 1]}}]', "cannot be read"),
        ("profiles.json", '[{"model": "catalog.user", "fields": {"username": "x", "is_demo": false}}]', "not a demo"),
    ],
)
def test_missing_or_broken_fixtures_are_refused_and_nothing_is_written(
    fixtures: Path, name: str, content: str | None, words: str
) -> None:
    path = fixtures / name
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        run("load_demo")
    assert not Movie.objects.exists()
    assert not User.objects.exists()


def test_a_second_run_asks_few_questions(fixtures: Path, django_assert_max_num_queries) -> None:
    run("load_demo")
    with django_assert_max_num_queries(10):
        run("load_demo")


def test_the_own_fixtures_of_the_project_come_in_whole() -> None:
    said = run("load_demo")
    films = Movie.objects.count()
    assert f"{films} films created" in said
    assert "Left out" not in said
    assert films >= 60
    assert User.objects.filter(is_demo=True).count() >= 6
    assert not Movie.objects.filter(description="").exists()
    assert not Movie.objects.filter(credits=None).exists()
    assert not User.objects.exclude(password__startswith="!").exists()
    likes = json.loads((Path(settings.FIXTURE_DIRS[0]) / "profiles.json").read_text(encoding="utf-8"))
    assert Like.objects.count() == sum(row["model"] == "catalog.like" for row in likes)
