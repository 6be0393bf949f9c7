"""A trained model as a folder: whole or absent, checked when it is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from recommender.ml import artifacts, files
from recommender.ml.artifacts import DamagedArtifact, NameTaken, NoArtifact, UnknownFormat
from recommender.ml.training import Trained, train

from .films import QUICK, SMALL, likes_by_group, two_groups

ROOT = Path(__file__).resolve().parents[2]
FILMS, GROUP = two_groups(40)
IDS = [100 + row for row in range(40)]
FILES = {"manifest.json", "vocabulary.json", "encoder.safetensors", "decoder.safetensors", "loss.svg"}


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(FILMS, likes_by_group(GROUP), model_config=SMALL, train_config=QUICK)


@pytest.fixture
def published(tmp_path: Path, trained: Trained) -> Path:
    return artifacts.publish(tmp_path, "one", trained, film_ids=IDS, provenance={"commit": "abc"}, metrics={"x": 0.5})


def test_what_was_published_is_read_back(published: Path, trained: Trained) -> None:
    found = artifacts.load(published)
    assert {path.name for path in published.iterdir()} == FILES
    assert found.space.keys == trained.space.keys
    assert found.film_ids.tolist() == [IDS[row] for row in trained.expert.films]
    wanted = trained.weights | {"like_parts": trained.expert.parts, "expected": trained.expected}
    for name, array in found.arrays.items():
        np.testing.assert_array_equal(array, wanted[name])
    assert {"like_parts", "expected", "embedding"} <= found.arrays.keys()
    assert not any(name.startswith(("decoder", "logvar")) for name in found.arrays)


def test_it_describes_itself(published: Path) -> None:
    manifest = artifacts.read_manifest(published)
    assert manifest["format"] == artifacts.FORMAT
    assert manifest["model"]["latent"] == 12
    assert manifest["training"]["seed"] == QUICK.seed
    assert manifest["provenance"] | {"films": 40, "commit": "abc"} == manifest["provenance"]
    assert manifest["metrics"] == {"x": 0.5}
    assert len(manifest["history"]) == 3
    assert set(manifest["files"]) == FILES - {"manifest.json"}


def test_other_users_of_the_machine_can_read_it(published: Path) -> None:
    assert published.stat().st_mode & 0o777 == 0o755


def test_a_published_model_is_never_overwritten(published: Path, trained: Trained) -> None:
    before = (published / "manifest.json").read_bytes()
    with pytest.raises(NameTaken, match="another name"):
        artifacts.publish(published.parent, "one", trained, film_ids=IDS)
    assert (published / "manifest.json").read_bytes() == before
    assert [path.name for path in published.parent.iterdir()] == ["one"]


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "../up"])
def test_only_plain_names(tmp_path: Path, trained: Trained, name: str) -> None:
    with pytest.raises(ValueError, match="plain folder name"):
        artifacts.publish(tmp_path, name, trained, film_ids=IDS)


def test_ids_must_be_those_of_the_trained_films(tmp_path: Path, trained: Trained) -> None:
    with pytest.raises(ValueError, match="39 film ids for 40 films"):
        artifacts.publish(tmp_path, "one", trained, film_ids=IDS[1:])


def test_no_model_says_the_cure(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(NoArtifact, match="train one"):
            artifacts.load(folder)


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_a_changed_or_missing_file_is_noticed(published: Path, name: str) -> None:
    content = bytearray((published / name).read_bytes())
    content[len(content) // 2] ^= 1
    (published / name).write_bytes(content)
    with pytest.raises(DamagedArtifact, match=name):
        artifacts.load(published)
    (published / name).unlink()
    with pytest.raises(DamagedArtifact, match=name):
        artifacts.load(published)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 2, "files": 3}'])
def test_a_damaged_manifest_is_noticed(published: Path, text: str) -> None:
    (published / "manifest.json").write_text(text)
    with pytest.raises(DamagedArtifact, match="train again"):
        artifacts.load(published)


def test_a_manifest_without_the_needed_arrays_is_noticed(published: Path) -> None:
    manifest = json.loads((published / "manifest.json").read_text())
    del manifest["files"]["encoder.safetensors"]
    (published / "manifest.json").write_text(json.dumps(manifest))
    (published / "encoder.safetensors").unlink()
    with pytest.raises(DamagedArtifact):
        artifacts.load(published)


def test_another_format_is_refused_with_the_cure(published: Path) -> None:
    manifest = json.loads((published / "manifest.json").read_text())
    (published / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(UnknownFormat, match="train again"):
        artifacts.load(published)


PUBLISHER = """
    import os, signal, sys
    from pathlib import Path
    from recommender.ml import artifacts
    from recommender.ml.training import train
    from tests.ml.films import QUICK, SMALL, two_groups

    moments, root = int(sys.argv[1]), Path(sys.argv[2])
    films, _ = two_groups(20)
    trained = train(films, model_config=SMALL, train_config=QUICK)

    def publish(folder, deadly):
        "Publish, and be killed at the given executed line of the publishing code; gives the number of lines."
        lines = 0
        def count(frame, event, arg):
            nonlocal lines
            if frame.f_code.co_filename.endswith(("artifacts.py", "files.py")) and event == "line":
                lines += 1
                if lines == deadly:
                    os.kill(os.getpid(), signal.SIGKILL)
            return count
        sys.settrace(count)
        artifacts.publish(folder, "model", trained, film_ids=range(20))
        sys.settrace(None)
        return lines

    total = publish(root / "0", deadly=0)
    for moment in range(1, moments + 1):
        child = os.fork()
        if not child:
            publish(root / str(moment), deadly=max(1, total * moment // moments))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
"""


def test_publishing_survives_being_killed_at_any_moment(tmp_path: Path, trained: Trained) -> None:
    command = [sys.executable, "-c", textwrap.dedent(PUBLISHER), "24", str(tmp_path)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    whole = 0
    for moment in range(1, 25):
        root = tmp_path / str(moment)
        root.mkdir(exist_ok=True)  # the first moments come before anything was written
        if (root / "model").exists():
            whole += 1
            artifacts.load(root / "model")
        for draft in root.glob(".draft-*"):
            os.utime(draft, (0, 0))
        artifacts.publish(root, "next", trained, film_ids=IDS)
        assert {path.name for path in root.iterdir()} <= {"model", "next"}
    assert 0 < whole < 24


def test_the_draft_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with files.draft_folder(tmp_path) as draft:
        os.utime(draft, (0, 0))
        files.sweep(tmp_path)
        assert draft.is_dir()
    assert not draft.exists()
