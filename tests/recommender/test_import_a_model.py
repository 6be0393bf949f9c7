"""An operator trains elsewhere: an export goes out, a model comes back and serves the site, or is refused untouched."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from catalog.models import Movie
from recommender.ml import exported, train
from recommender.ml.training import learn
from recommender.models import ModelVersion
from tests.builders import like, make_movie, make_user
from tests.ml.films import QUICK, SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture
def films() -> list[Movie]:
    kinds = ("rocket crew drifts beyond silent planet", "wedding guests quarrel about stolen hat")
    made = [make_movie(f"Film {number}", description=kinds[number % 2]) for number in range(12)]
    for number in range(6):
        like(make_user(), *made[number % 2 :: 2])
    return made


def run(*words: str | Path) -> str:
    out = StringIO()
    call_command(words[0], *map(str, words[1:]), stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def model(films: list[Movie], tmp_path: Path) -> Path:
    """What `python -m recommender.ml.train` leaves, from a smaller and quicker model."""
    run("export_training", tmp_path / "export")
    data = exported.read(tmp_path / "export")
    return train.publish(tmp_path, "elsewhere", data, learn(data, model_config=SMALL, train_config=QUICK))


def test_an_export_says_what_is_in_it(films: list[Movie], tmp_path: Path) -> None:
    Movie.objects.filter(pk=films[0].pk).update(is_published=False)
    said = run("export_training", tmp_path / "export")
    assert "11 films and 33 likes" in said
    assert "recommender.ml.train" in said
    assert exported.read(tmp_path / "export").film_ids.tolist() == [film.pk for film in films[1:]]


def test_an_export_never_replaces_other_things(films: list[Movie], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CommandError, match="another folder"):
        run("export_training", tmp_path)
    assert (tmp_path / "letter.txt").exists()


def test_a_model_from_elsewhere_serves_the_site(model: Path, films: list[Movie]) -> None:
    said = run("import_model", model)
    version = ModelVersion.objects.get()
    assert "It serves the site now." in said
    assert (version.name, version.is_active, version.films, version.likes) == ("elsewhere", True, 12, 36)
    assert version.embeddings.count() == 12
    assert version.quality("warm", "vae") is not None
    assert version.data_fingerprint == exported.read(model.parent / "export").fingerprint
    assert version.pieces.exists(), "other hosts find it in the database"
    assert version.folder.parent == Path(settings.MODELS_DIR)


def test_it_can_be_left_inactive_and_comes_once(model: Path) -> None:
    assert "models --activate elsewhere" in run("import_model", model, "--no-activate")
    assert not ModelVersion.objects.get().is_active
    with pytest.raises(CommandError, match="another name"):
        run("import_model", model)
    assert ModelVersion.objects.count() == 1


def test_a_damaged_or_missing_model_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no model in"):
        run("import_model", tmp_path / "nothing")
    (model / "encoder.safetensors").write_bytes(b"no tensors")
    with pytest.raises(CommandError, match="missing or changed"):
        run("import_model", model)
    assert not ModelVersion.objects.exists()
    assert not (Path(settings.MODELS_DIR) / "elsewhere").exists()


def test_a_model_of_another_format_is_refused(model: Path) -> None:
    manifest = json.loads((model / "manifest.json").read_text())
    (model / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(CommandError, match="format 99"):
        run("import_model", model)


def test_a_model_of_another_catalogue_is_refused(model: Path) -> None:
    Movie.objects.all().delete()
    make_movie("Another")
    with pytest.raises(CommandError, match="another catalogue"):
        run("import_model", model)
    assert not ModelVersion.objects.exists()
