"""Background jobs of the recommender: train a model, compute vectors, let another version serve.

Each may run twice when a worker dies: training goes on from its last epoch, and the other two only do what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Movie
from jobs import pieces
from jobs.progress import Left, TakenOver
from jobs.work import Cancelled, JobError, Progress, job_kind
from recommender import pipeline
from recommender.ml.artifacts import ArtifactError
from recommender.models import ModelVersion
from recommender.upkeep import bring_up_to_date, share
from recommender.vectors import Refreshed

if TYPE_CHECKING:
    from recommender.ml.training import Progress as Epochs

TRAIN, REFRESH, ACTIVATE = "train", "refresh", "activate"


@job_kind(TRAIN, title=gettext_lazy("Training"), permission="recommender.add_modelversion")
def train(
    progress: Progress, *, epochs: int | None = None, seed: int | None = None, activate: bool = True
) -> dict[str, Any]:
    """Train a version and let it serve. Cancelling keeps the checkpoint, and a later run goes on from there."""
    try:
        version = _trained(progress, pipeline.TrainOptions(epochs, seed, activate=activate))
    except pipeline.Worse as problem:
        progress.log(_("%(problem)s The version is kept, and the one before serves on.") % {"problem": problem})
        return {"problem": str(problem)}
    progress.log(
        _("Version %(name)s: %(films)d films, %(likes)d likes, trained in %(seconds).0f s.")
        % {"name": version, "films": version.films, "likes": version.likes, "seconds": version.seconds}
    )
    return {"version": version.name}


@job_kind(REFRESH, title=gettext_lazy("Computing vectors"), permission="recommender.change_embedding")
def refresh(progress: Progress, *, version: str | None = None, every: bool = False) -> dict[str, Any]:
    """Compute the vectors that are missing or stale, or every one."""
    wanted = ModelVersion.objects.active() if version is None else _version(version)
    if wanted is None:
        raise JobError(_("No model is active. Train one first."))
    try:
        done = _refreshed(progress, wanted, every=every)
    except ArtifactError as problem:
        raise JobError(str(problem)) from problem
    words = _("%(films)d films looked at, %(computed)d vectors computed for %(version)s")
    progress.log(words % {"films": done.films, "computed": done.computed, "version": wanted})
    return {"version": wanted.name, "films": done.films, "computed": done.computed}


@job_kind(ACTIVATE, title=gettext_lazy("Activating a version"), permission="recommender.change_modelversion")
def activate(progress: Progress, *, version: str, force: bool = False) -> dict[str, Any]:
    """Let a version serve the site, forward or back: its missing vectors first, then the switch."""
    wanted = _version(version)
    try:
        pipeline.activate(wanted, force=force, progress=_over_films(progress))
    except (pipeline.NotReady, pipeline.Worse) as problem:
        raise JobError(str(problem)) from problem
    progress.log(_("%(name)s serves the site now.") % {"name": wanted})
    return {"version": wanted.name}


def _refreshed(progress: Progress, version: ModelVersion, *, every: bool) -> Refreshed:
    """Alone, or with the other workers where there are any."""
    if not pieces.are_shared():
        return bring_up_to_date(version, every=every, progress=_over_films(progress), indexing=progress.report)
    total = Movie.objects.count()
    try:
        return share(
            version,
            every=every,
            progress=lambda done: progress.report(min(done, total), total),
            indexing=progress.report,
        )
    except (Left, TakenOver):
        raise
    except Cancelled:
        pieces.of_this_job().delete()
        raise


def _trained(progress: Progress, options: pipeline.TrainOptions) -> ModelVersion:
    """Go on with what was left where it fits, which gives the same as training without a break."""

    def learn(resume: bool) -> ModelVersion:
        return pipeline.train(
            replace(options, resume=resume),
            say=progress.log,
            progress=lambda done: _over_epochs(progress, done),
            should_stop=lambda: progress.stop_asked,
        )

    try:
        if pipeline.checkpoint().exists() or progress.attempt > 1:
            try:
                return learn(resume=True)
            except pipeline.NotReady as problem:
                progress.log(_("Beginning anew: %(reason)s") % {"reason": problem})
        return learn(resume=False)
    except pipeline.NotReady as problem:
        raise JobError(str(problem)) from problem
    except (Cancelled, pipeline.Stopped) as stopped:
        progress.log(_("Stopped. What was learned so far is kept; another run goes on from there."))
        progress.check()
        raise JobError(str(stopped)) from stopped


def _over_epochs(progress: Progress, done: Epochs) -> None:
    """A line and a step of the bar for each epoch; its checkpoint is written before."""
    words = _("Epoch %(epoch)d of %(epochs)d: held-out loss %(loss).3f, about %(left).0f s left")
    progress.log(
        words % {"epoch": done.epoch, "epochs": done.epochs, "loss": done.validation.total, "left": done.seconds_left}
    )
    progress.report(done.epoch, done.epochs)


def _over_films(progress: Progress) -> Callable[[Refreshed], None]:
    total = Movie.objects.count()

    def report(done: Refreshed) -> None:
        progress.report(done.films, total)

    return report


def _version(name: str) -> ModelVersion:
    version = ModelVersion.objects.filter(name=name).first()
    if version is None:
        raise JobError(_("There is no version “%(name)s” any more.") % {"name": name})
    return version
