"""Trains on an exported folder, alone or among the processes of `torchrun`; needs no Django and no database.

python -m recommender.ml.train EXPORT --out MODEL
torchrun --standalone --nproc-per-node=2 -m recommender.ml.train EXPORT --out MODEL
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from . import artifacts, exported, training
from .config import TrainConfig
from .distributed import PeerLost, Peers, peers
from .encoder import Encoder
from .exported import TrainingData
from .quality import held_out_quality

_DONE, _FAILED, _STOPPED = 0, 1, 130
_REFUSALS = (
    artifacts.ArtifactError,
    exported.ExportError,
    training.EmptyCorpus,
    training.NoCheckpoint,
    training.OtherTraining,
    training.DamagedCheckpoint,
    PeerLost,
    OSError,
    ValueError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the options say and give the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with peers(options.device) as together:
            return _train(options, together)
    except training.Interrupted as stopped:
        return _said(str(stopped), _STOPPED)
    except _REFUSALS as problem:
        return _said(str(problem), _FAILED)


def publish(root: Path, name: str, data: TrainingData, trained: training.Trained, **provenance: object) -> Path:
    """Measure a trained model on what its training held out, and write its folder. Raises ArtifactError."""
    encoder = Encoder(artifacts.unpublished(trained, data.film_ids))
    metrics = held_out_quality(encoder, data, trained.train_config)
    facts = {"fingerprint": data.fingerprint, **provenance}
    return artifacts.publish(root, name, trained, film_ids=data.film_ids, provenance=facts, metrics=metrics)


def _train(options: argparse.Namespace, together: Peers) -> int:
    out: Path = options.out.absolute()
    if together.first and out.exists():
        raise artifacts.NameTaken(f"{out} exists, and a model is never overwritten: choose another folder.")
    data = exported.read(options.export)
    if together.any(together.told(data.fingerprint) != data.fingerprint):
        raise exported.ExportError("The processes read different exports: copy the same folder to every host.")
    checkpoint = out.with_name(f".{out.name}.checkpoint.safetensors")
    chosen = {name: value for name in ("epochs", "seed") if (value := getattr(options, name)) is not None}
    trained = training.learn(
        data,
        train_config=TrainConfig(**chosen),
        checkpoint=checkpoint,
        resume=options.resume,
        progress=_tell if together.first else lambda done: None,
        should_stop=_stop_on_signal(),
        peers=together,
    )
    if together.first:
        publish(out.parent, out.name, data, trained, processes=together.count)
        checkpoint.unlink(missing_ok=True)
        print(
            f"{out}: {trained.n_films} films, {trained.n_likes} likes. Register it with: manage.py import_model {out}"
        )
    return _DONE


def _tell(done: training.Progress) -> None:
    print(
        f"Epoch {done.epoch} of {done.epochs}: training loss {done.train.total:.3f}, "
        f"held out {done.validation.total:.3f}, about {done.seconds_left:.0f} s left",
        flush=True,
    )


def _said(problem: str, code: int) -> int:
    print(problem, file=sys.stderr, flush=True)
    return code


def _stop_on_signal() -> Callable[[], bool]:
    """A question that is answered with yes after Ctrl-C or SIGTERM; a second Ctrl-C stops at once."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    return lambda: asked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="recommender.ml.train", description="Train a model on a folder of manage.py export_training."
    )
    parser.add_argument("export", type=Path, help="the exported folder")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL", help="the folder that the model becomes")
    parser.add_argument("--epochs", type=int, metavar="N", help="at most so many epochs")
    parser.add_argument("--seed", type=int, metavar="N", help="start of the random numbers")
    parser.add_argument("--resume", action="store_true", help="go on with the training that ended early")
    parser.add_argument(
        "--device", default="auto", choices=("auto", "cpu", "cuda"), help="auto takes a GPU where there is one"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
