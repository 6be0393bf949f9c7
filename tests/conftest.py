"""What every test starts from."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.utils import translation

from jobs import kinds
from recommender import index, showing

# A busy machine is no bug, so no example has a time limit; and the same examples everywhere, so that a failure stays.
hypothesis.settings.register_profile("movierec", deadline=None, derandomize=True)
hypothesis.settings.load_profile("movierec")


@pytest.fixture(autouse=True)
def _fresh_index() -> Iterator[None]:
    """No test sees the films that another one kept in memory, or counted."""
    index.forget()
    showing.forget()
    yield
    index.forget()
    showing.forget()


@pytest.fixture(autouse=True)
def _own_folders(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Models and uploads of a test lie in its own folder."""
    settings.MODELS_DIR = tmp_path / "models"  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    settings.BACKUP_DIR = tmp_path / "backups"  # type: ignore[attr-defined]
    settings.INDEX_DIR = tmp_path / "index"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """The language of a page that a test read does not stay on in its thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _kinds_of_jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds of jobs that tests of jobs make up are no part of the site elsewhere."""
    if request.path.parent.name != "jobs":
        real = {name: kind for name, kind in kinds._kinds.items() if not kind.run.__module__.startswith("tests.")}
        monkeypatch.setattr(kinds, "_kinds", real)
