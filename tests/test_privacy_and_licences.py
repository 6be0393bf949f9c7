"""What the papers say about people and licences is complete."""

import re
from pathlib import Path

from django.apps import apps

from catalog.models import User

ROOT = Path(__file__).resolve().parent.parent
PRIVACY = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")


def test_every_table_about_people_is_named() -> None:
    about = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is User
    }
    about |= {"User", "Session"} | {model.__name__ for model in apps.get_app_config("axes").get_models()}
    about -= {"AccessLog", "AccessFailureLog", "AccessAttemptExpiration"}  # turned off: nothing is ever written there
    assert {"Like", "NightGuest", "Job", "AccessAttempt"} <= about
    assert sorted(name for name in about if f"`{name}`" not in PRIVACY) == []


def test_every_package_has_its_licence() -> None:
    page = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {name for line in lines if (name := line.split("==")[0].strip()) and not line.startswith("#")}
    listed = set(re.findall(r"^\| ([\w-]+) \| .", page, re.MULTILINE)) - {"package", "---"}
    assert len(pinned) > 10
    assert pinned == listed


def test_every_exact_version_is_pinned() -> None:
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[\w-]+==[\d.]+", line), line


def test_the_table_of_dangers_names_tests_that_are_there() -> None:
    named = re.findall(r"`(tests/[\w/*.]+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 5
    assert [path for path in named if not list(ROOT.glob(path))] == []
