"""A training over several processes: the same model as of one, and an end that loses no epoch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recommender.ml import artifacts, exported, train
from recommender.ml.encoder import Encoder

from .films import likes_by_group, two_groups

ROOT = Path(__file__).resolve().parent.parent.parent
FILMS, GROUP = two_groups(40)
TOLERANCE = 1e-3  # of a unit vector's numbers; the order of sums differs, and Adam makes most of the smallest gradients


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "export"
    likes = likes_by_group(GROUP)
    exported.write(folder, enumerate(FILMS, 1), [np.stack([likes.visitors, likes.films + 1], axis=1)])
    return folder


def torchrun(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [*command, "-m", "recommender.ml.train", *map(str, arguments), "--device=cpu"],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def alone(*arguments: str | Path) -> int:
    """Train in this process, with the signals of the tests as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return train.main([*map(str, arguments), "--device=cpu"])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def pid_of(rank: int, launcher: int) -> int:
    """The process of that rank among the launcher's."""
    for children in Path(f"/proc/{launcher}/task").glob("*/children"):
        for pid in children.read_text().split():
            if f"\0RANK={rank}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes():
                return int(pid)
    raise LookupError(f"no process of rank {rank}")


def vectors(model: Path) -> np.ndarray:
    return Encoder.load(model).encode(FILMS, range(1, len(FILMS) + 1))


def test_two_processes_learn_what_one_learns(export: Path, tmp_path: Path) -> None:
    assert alone(export, "--out", tmp_path / "one", "--epochs", "3") == 0
    said, problems = torchrun(export, "--out", tmp_path / "two", "--epochs", "3").communicate(timeout=120)
    assert "Epoch 3 of 3" in said, problems
    assert said.count("Epoch 1 of 3") == 1, "only the first process talks"
    one, two = (artifacts.read_manifest(tmp_path / name) for name in ("one", "two"))
    assert two["provenance"]["processes"] == 2
    np.testing.assert_allclose(vectors(tmp_path / "two"), vectors(tmp_path / "one"), atol=TOLERANCE)
    for ours, theirs in zip(two["history"], one["history"], strict=True):
        assert ours["validation"] == pytest.approx(theirs["validation"], rel=1e-3)
    assert two["metrics"].keys() == one["metrics"].keys()
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}, "no checkpoint is left"


def test_a_killed_process_ends_all_and_one_process_goes_on(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = (export, "--out", tmp_path / "model", "--epochs", "20")
    with torchrun(*order) as together:
        assert together.stdout is not None
        assert together.stderr is not None
        assert "Epoch 1 of 20" in together.stdout.readline()
        os.kill(pid_of(1, together.pid), signal.SIGKILL)
        started = time.monotonic()
        problems = together.stderr.read()
        assert together.wait() != 0
    assert "Another process of this training ended" in problems
    assert "--resume" in problems
    assert time.monotonic() - started < 60
    assert not (tmp_path / "model").exists()
    assert [path.name for path in tmp_path.iterdir()] == [".model.checkpoint.safetensors"]
    assert alone(*order, "--resume") == 0
    assert "Epoch 1 of 20" not in capsys.readouterr().out
    assert alone(export, "--out", tmp_path / "undisturbed", "--epochs", "20") == 0
    np.testing.assert_allclose(vectors(tmp_path / "model"), vectors(tmp_path / "undisturbed"), atol=TOLERANCE)


def test_what_cannot_begin_is_refused_with_the_cure(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").mkdir()
    for arguments, cure in (
        ((export, "--out", tmp_path / "taken"), "choose another folder"),
        ((tmp_path, "--out", tmp_path / "new"), "manage.py export_training"),
        ((export, "--out", tmp_path / "new", "--epochs", "0"), "must be positive"),
        ((export, "--out", tmp_path / "new", "--resume"), "train without resuming"),
    ):
        assert alone(*arguments) == 1
        assert cure in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
