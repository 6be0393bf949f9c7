"""A host that lacks a model, or has a damaged one, gets it from the database: whole and checked, or not at all."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from recommender import model_files
from recommender.ml.artifacts import FORMAT, DamagedArtifact, NoArtifact
from recommender.models import ModelPiece, ModelVersion
from tests.builders import make_user, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
FILES = {"encoder.safetensors": bytes(range(256)) * 3, "loss.svg": b"<svg/>", "empty": b""}


def write_folder(version: ModelVersion, **facts: Any) -> None:
    version.folder.mkdir(parents=True)
    for name, content in FILES.items():
        (version.folder / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    (version.folder / "manifest.json").write_text(json.dumps({"format": FORMAT, "files": digests, **facts}))


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> ModelVersion:
    """A version that was trained here; its files take several pieces."""
    monkeypatch.setattr(ModelPiece, "SIZE", 100)
    found = make_version({})
    write_folder(found)
    model_files.store(found)
    return found


def contents(folder: Path) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    found.pop("manifest.json")
    return found


def test_it_is_brought_to_a_host_that_lacks_it(version: ModelVersion) -> None:
    shutil.rmtree(version.folder.parent)
    assert model_files.is_here(version)
    assert contents(version.folder) == FILES
    assert {path.name for path in version.folder.parent.iterdir()} == {version.name, ".bringing.lock"}


@pytest.mark.parametrize("damage", ["changed", "shorter", "gone", "other manifest", "no manifest", "nonsense"])
def test_a_damaged_one_is_replaced(version: ModelVersion, damage: str) -> None:
    weights, manifest = version.folder / "encoder.safetensors", version.folder / "manifest.json"
    if damage in ("changed", "shorter"):
        weights.write_bytes(b"broken" + (FILES[weights.name][6:] if damage == "changed" else b""))
    elif damage in ("gone", "no manifest"):
        (weights if damage == "gone" else manifest).unlink()
    else:
        manifest.write_text(json.dumps({"format": FORMAT, "files": {}}) if damage == "other manifest" else "{")
    assert model_files.is_here(version)
    assert contents(version.folder) == FILES


def test_one_that_is_whole_stays_as_it_is(version: ModelVersion) -> None:
    before = version.folder.stat().st_ino
    ModelPiece.objects.all().delete()
    assert model_files.is_here(version)
    assert version.folder.stat().st_ino == before


def test_without_pieces_the_cure_is_named(version: ModelVersion) -> None:
    ModelPiece.objects.all().delete()
    shutil.rmtree(version.folder)
    with pytest.raises(NoArtifact, match="train one, or activate another version"):
        model_files.manifest_of(version)


def test_a_damaged_piece_is_refused_and_nothing_written(version: ModelVersion) -> None:
    shutil.rmtree(version.folder)
    ModelPiece.objects.filter(file="encoder.safetensors", number=1).delete()
    with pytest.raises(DamagedArtifact, match=r"encoder\.safetensors is missing or changed"):
        model_files.manifest_of(version)
    assert [path.name for path in version.folder.parent.iterdir()] == [".bringing.lock"]


def test_a_folder_that_takes_nothing_is_named(version: ModelVersion, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MODELS_DIR = tmp_path / "file" / "models"
    with pytest.raises(DamagedArtifact, match=r"does not take the model.*Free some space"):
        model_files.manifest_of(version)


def test_what_failed_is_not_tried_again_at_once(version: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(version.folder)
    piece = ModelPiece.objects.get(file="encoder.safetensors", number=1)
    ModelPiece.objects.filter(pk=piece.pk).delete()
    for problem in (DamagedArtifact, NoArtifact):  # the second one is what the folder says by itself
        with pytest.raises(problem):
            model_files.manifest_of(version)
    piece.save()
    assert not model_files.is_here(version)
    monkeypatch.setattr(model_files, "_again_at", {})
    assert model_files.is_here(version)


def test_a_damaged_model_is_not_stored(version: ModelVersion) -> None:
    before = list(version.pieces.values_list("file", "number", "content"))
    (version.folder / "loss.svg").unlink()
    with pytest.raises(DamagedArtifact):
        model_files.store(version)
    assert list(version.pieces.values_list("file", "number", "content")) == before


def test_a_version_of_older_code_is_stored_later() -> None:
    old, lost = make_version({}), make_version({}, active=False)
    write_folder(old)
    model_files.store_missing()
    assert old.pieces.exists()
    assert not lost.pieces.exists()


@pytest.mark.django_db(transaction=True)
def test_many_threads_at_once_bring_it_once(version: ModelVersion, caplog: pytest.LogCaptureFixture) -> None:
    shutil.rmtree(version.folder)

    def need(_number: int) -> bool:
        try:
            return model_files.is_here(version)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(need, range(8)))
    assert caplog.text.count("was brought from the database") == 1


def test_the_admin_shows_the_losses_of_a_model_trained_elsewhere(client: Client, version: ModelVersion) -> None:
    shutil.rmtree(version.folder)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get(f"/admin/recommender/modelversion/{version.pk}/change/").content.decode()
    assert "There is no model in" not in page
    assert contents(version.folder) == FILES
