"""Operators' use cases: train a model on the catalogue, let it serve the site, go back to an older one."""

from __future__ import annotations

import fcntl
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender import model_files, training_data
from recommender.ml import artifacts, exported
from recommender.ml.artifacts import ArtifactError
from recommender.ml.config import TrainConfig
from recommender.ml.files import draft_folder, sweep
from recommender.models import ModelVersion
from recommender.pgvector import table
from recommender.upkeep import bring_up_to_date
from recommender.vectors import Refreshed, catch_up, encoder_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recommender.ml.exported import TrainingData
    from recommender.ml.training import Progress, Trained


class NotReady(Exception):
    """Something is missing before this can be done; the message names the cure."""


class Worse(Exception):
    """The version would make the site worse; the message says by how much."""


class Stopped(Exception):
    """The operator asked to stop; the message says how to go on."""


@dataclass(frozen=True)
class TrainOptions:
    """How the operator wants the training to go; None means the model's own default."""

    epochs: int | None = None
    seed: int | None = None
    resume: bool = False
    activate: bool = True


def train(
    options: TrainOptions,
    *,
    say: Callable[[str], None] = lambda line: None,
    progress: Callable[[Progress], None] = lambda done: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> ModelVersion:
    """Train on the catalogue as it is now, publish the artifact, compute all vectors, and activate the version.

    Whatever is interrupted on the way leaves the active version as it was, and resuming goes on from there: from the
    last epoch, or with the version that was published already.
    """
    with only_training(), draft_folder(settings.MODELS_DIR) as draft:
        counts = training_data.export(draft / "export")
        say(_("Learning from %(films)d films and %(likes)d likes") % counts)
        data = exported.read(draft / "export")
        version = _published_already(data, options) or _publish(data, _learn(data, options, progress, should_stop))
        checkpoint().unlink(missing_ok=True)
    _serve(version, options.activate, say)
    return version


def register(folder: Path, *, activate: bool = True, say: Callable[[str], None] = lambda line: None) -> ModelVersion:
    """Take in a model that was trained elsewhere, compute all vectors, and let it serve the site.

    Raises NotReady when it is damaged, known already or made for another catalogue, and Worse.
    """
    root = settings.MODELS_DIR
    try:
        manifest = artifacts.check(folder)
        _check_catalogue(artifacts.load(folder).film_ids)
        if ModelVersion.objects.filter(name=folder.name).exists():
            raise artifacts.NameTaken(_("There is a version “%s” already: give the folder another name.") % folder.name)
        if folder.resolve().parent != root.resolve():
            artifacts.bring(folder, root)
        version = _recorded(folder.name, manifest)
    except (ArtifactError, KeyError, TypeError, ValueError) as problem:
        raise NotReady(str(problem)) from problem
    _serve(version, activate, say)
    return version


def checkpoint() -> Path:
    """Where a training keeps what it needs to go on."""
    return Path(settings.MODELS_DIR) / ".training.safetensors"


def _published_already(data: TrainingData, options: TrainOptions) -> ModelVersion | None:
    """What the same training published before it was killed; learning once more would give an equal version."""
    newest = ModelVersion.objects.first() if options.resume else None
    if newest is None:
        return None
    wanted = json.loads(json.dumps(asdict(_config(options))))  # as the database keeps it
    same = newest.config.get("training") == wanted and newest.data_fingerprint == data.fingerprint
    return newest if same else None


def _config(options: TrainOptions) -> TrainConfig:
    chosen = {name: value for name in ("epochs", "seed") if (value := getattr(options, name)) is not None}
    try:
        return TrainConfig(**chosen)
    except ValueError as problem:
        raise NotReady(str(problem)) from problem


def _learn(
    data: TrainingData, options: TrainOptions, progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> Trained:
    from recommender.ml import training  # loads Torch: only here, never in the web process

    try:
        return training.learn(
            data,
            train_config=_config(options),
            checkpoint=checkpoint(),
            resume=options.resume,
            progress=progress,
            should_stop=should_stop,
        )
    except training.Interrupted as stopped:
        raise Stopped(_("Stopped cleanly. Go on with: manage.py train_vae --resume")) from stopped
    except (
        training.EmptyCorpus,
        training.NoCheckpoint,
        training.OtherTraining,
        training.DamagedCheckpoint,
        ValueError,
    ) as problem:
        raise NotReady(str(problem)) from problem


def _publish(data: TrainingData, trained: Trained) -> ModelVersion:
    """Write the artifact, then the row that names it: a crash in between leaves a folder that nobody uses."""
    from recommender.ml import train

    folder = train.publish(settings.MODELS_DIR, _free_name(), data, trained)
    return _recorded(folder.name, artifacts.read_manifest(folder))


def _recorded(name: str, manifest: dict[str, Any]) -> ModelVersion:
    """The row of a published model, its quality on what training held out (the gate of `activate`) included."""
    about = manifest["provenance"]
    version = ModelVersion(
        name=name,
        dimension=manifest["model"]["likes"] + manifest["model"]["latent"],
        films=about["films"],
        likes=about["likes"],
        seconds=about["seconds"],
        data_fingerprint=about["fingerprint"],
        config={"model": manifest["model"], "training": manifest["training"]},
        metrics=manifest["metrics"],
    )
    with transaction.atomic():
        version.save()
        model_files.store(version)  # for the other hosts
    return version


def _serve(version: ModelVersion, wanted: bool, say: Callable[[str], None]) -> None:
    say(_("Computing the vectors"))
    bring_up_to_date(version)
    if wanted:
        activate(version)


def _check_catalogue(film_ids: NDArray[np.int64]) -> None:
    """Refuse a model that learned who likes what elsewhere: its ids would name other films here."""
    some = film_ids[:: max(1, len(film_ids) // 500)].tolist()
    if 2 * Movie.objects.filter(pk__in=some).count() < len(some):
        raise ArtifactError(_("The model was trained for another catalogue: most of its films are not here."))


def _free_name() -> str:
    """The time of day, which sorts; with a number behind it for the second version of the same second."""
    now = f"{timezone.now():%Y-%m-%d-%H%M%S}"
    names = (now if number == 1 else f"{now}-{number}" for number in count(1))
    return next(name for name in names if not (settings.MODELS_DIR / name).exists())


@contextmanager
def only_training() -> Iterator[None]:
    """Hold the training lock: two trainings at once would share one checkpoint. The lock dies with its process."""
    settings.MODELS_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.MODELS_DIR / ".training.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise NotReady(_("Another training is running. Wait for it, or stop it with Ctrl-C.")) from busy
        sweep(settings.MODELS_DIR)
        yield


def activate(
    version: ModelVersion, *, force: bool = False, progress: Callable[[Refreshed], None] = lambda done: None
) -> None:
    """Let a version serve the site: compute the vectors it lacks, then switch in one transaction.

    Raises NotReady when its files are missing or damaged, and Worse unless `force`.
    """
    if not force and (reason := what_is_worse(version, ModelVersion.objects.active())):
        raise Worse(reason)
    try:
        encoder_of(version)
        if not version.pieces.exists():  # it comes from older code, which knew one host
            model_files.store(version)
        bring_up_to_date(version, progress=progress)
    except ArtifactError as problem:
        raise NotReady(str(problem)) from problem
    with transaction.atomic():
        list(ModelVersion.objects.select_for_update().order_by("pk").values_list("pk"))  # of two operators one waits
        ModelVersion.objects.filter(is_active=True).exclude(pk=version.pk).update(is_active=False)
        ModelVersion.objects.filter(pk=version.pk).update(is_active=True, activated_at=timezone.now())
    catch_up(version)
    table.follow(version)
    version.refresh_from_db()


def what_is_worse(version: ModelVersion, active: ModelVersion | None) -> str:
    """Why a version should not serve, or nothing: it ranks worse than popularity, or than the active version.

    A difference counts when it is larger than its standard error: on a small site chance alone moves the figures.
    An active version of another format than this code reads serves nobody any more, so it is no rival.
    """
    ours = version.quality("warm", "vae")
    rivals = [(_("popularity"), version.quality("warm", "popularity"))]
    if active is not None and active != version and not _is_outdated(active):
        rivals.append((_("the active version %s") % active, active.quality("warm", "vae")))
    for name, rival in rivals:
        if ours and rival and rival["mean"] - ours["mean"] > math.hypot(rival["se"], ours["se"]):
            return _(
                "Version %(version)s is worse than %(rival)s for visitors it never saw: "
                "NDCG@100 %(ours).3f against %(theirs).3f."
            ) % {"version": version, "rival": name, "ours": ours["mean"], "theirs": rival["mean"]}
    return ""


def _is_outdated(version: ModelVersion) -> bool:
    try:
        model_files.manifest_of(version)
    except ArtifactError as problem:
        return isinstance(problem, artifacts.UnknownFormat)
    return False
