"""A site whose folders belong to the test, and a trained model that cost nothing."""

from pathlib import Path

import pytest
from django.core.management import call_command

from recommender.models import ModelVersion
from tests.builders import like, make_movie, make_user


@pytest.fixture(autouse=True)
def _own_var(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def trained() -> ModelVersion:
    """A small catalogue with likes, and a model that saw each film once."""
    films = [
        make_movie(f"Film {number}", description=("rivers and old bridges", "huts under snow")[number % 2])
        for number in range(8)
    ]
    like(make_user("anna"), films[0], films[2])
    call_command("train_vae", "--epochs", "1", verbosity=0)
    return ModelVersion.objects.get()
