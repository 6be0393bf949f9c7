"""Every command of the project explains itself, is silent when asked, and tells programs and people apart."""

import argparse
import json
import shlex
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands, load_command_class

from catalog.management.command import SiteCommand
from catalog.management.progress import Progress
from tests.builders import make_movie, make_version

ROOMS = {"catalog", "recommender"}
OURS = sorted(name for name, app in get_commands().items() if app in ROOMS)
FOR_PROGRAMS = {
    "import_movies",
    "import_likes",
    "models",
    "recommend",
    "evaluate_recommender",
    "status",
    "backup",
    "restore",
    "move_database",
    "prune",
}


def command(name: str) -> Any:
    return load_command_class(get_commands()[name], name)


def options_of(name: str) -> set[str]:
    parser: argparse.ArgumentParser = command(name).create_parser("manage.py", name)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("name", OURS)
def test_its_help_has_examples_and_exit_codes(name: str) -> None:
    words = command(name).create_parser("manage.py", name).format_help()
    assert isinstance(command(name), SiteCommand)
    assert f"  manage.py {name}" in words
    assert "\nexit codes:\n  0   " in words


@pytest.mark.parametrize("name", OURS)
def test_its_examples_use_options_that_exist(name: str) -> None:
    for example in command(name).examples:
        words = shlex.split(example.split(">")[0].split("|")[0])
        assert words[:2] == ["manage.py", name]
        command(name).create_parser("manage.py", name).parse_args(words[2:])


@pytest.mark.parametrize("name", sorted(FOR_PROGRAMS))
def test_programs_may_read_it(name: str) -> None:
    assert "--json" in options_of(name)


@pytest.mark.django_db
def test_an_import_reports_to_programs(tmp_path: Path) -> None:
    file = tmp_path / "films.csv"
    file.write_text("title,year\nHeat,1995\nAlien,soon\n", encoding="utf-8")
    out = StringIO()
    call_command("import_movies", str(file), "--json", "-v", "0", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["created"], report["rejected"]["count"], report["dry_run"]) == (1, 1, False)
    assert report["rejected"]["first"][0]["line"] == 3


@pytest.mark.django_db
def test_likes_report_to_programs(tmp_path: Path) -> None:
    make_movie("Heat")
    file = tmp_path / "likes.csv"
    file.write_text("user,title\nanna,Heat\nanna,Nowhere\n", encoding="utf-8")
    out = StringIO()
    call_command("import_likes", str(file), "--create-users", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["added"], report["visitors_created"], report["films_unknown"]) == (1, 1, {"Nowhere": 1})


@pytest.mark.django_db
def test_programs_read_the_versions() -> None:
    make_version({make_movie(): [1, 0]}, name="first")
    out = StringIO()
    call_command("models", "--json", stdout=out)
    assert [(row["version"], row["active"]) for row in json.loads(out.getvalue())] == [("first", True)]


@pytest.mark.django_db
def test_minus_v_0_is_silent(tmp_path: Path) -> None:
    file = tmp_path / "films.csv"
    file.write_text("title,year\nHeat,1995\n", encoding="utf-8")
    out, err = StringIO(), StringIO()
    for words in (["import_movies", str(file)], ["load_demo"], ["prune"]):
        call_command(*words, "-v", "0", stdout=out, stderr=err)
    assert out.getvalue() + err.getvalue() == ""


def test_progress_speaks_now_and_then_and_not_at_the_end() -> None:
    said: list[str] = []
    progress = Progress(said.append, every=0)
    for done in (0, 5, 10):
        progress(done, 10)
    assert said == ["5 of 10, about 0 seconds left"]
