"""What a model version's page shows: its quality beside the baselines, its losses over the epochs, its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommender.ml.artifacts import ArtifactError
from recommender.ml.history import Epoch, Losses, plot_losses
from recommender.model_files import manifest_of
from recommender.models import ModelVersion

PROTOCOLS = {
    "warm": gettext_lazy("For visitors it never saw"),
    "cold": gettext_lazy("With films it never saw"),
    "request": gettext_lazy("For typed requests"),
}
SYSTEMS = {"vae": gettext_lazy("this version"), "popularity": gettext_lazy("popularity")}
TERMS = {
    "total": gettext_lazy("total"),
    "reconstruction": gettext_lazy("reconstruction, nats per film"),
    "kl": gettext_lazy("KL, nats per film"),
    "likes": gettext_lazy("likes, nats per like"),
    "subset": gettext_lazy("subset, nats per request"),
    "nearness": gettext_lazy("nearness, nats per film"),
}
SETTINGS = {"model": gettext_lazy("Model"), "training": gettext_lazy("Training")}


@dataclass(frozen=True)
class Table:
    """A title, the names of the columns, and rows that begin with their name."""

    title: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Curves:
    """The picture of a training and the same in numbers; without either, why not."""

    picture: str = ""
    table: Table | None = None
    problem: str = ""


def quality_of(version: ModelVersion) -> list[Table]:
    """One table for each protocol that was measured, a row for each system."""
    return [
        _quality_table(str(PROTOCOLS.get(protocol, protocol)), systems)
        for protocol, systems in version.metrics.items()
        if isinstance(systems, dict) and systems
    ]


def _quality_table(title: str, systems: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Table:
    metrics = list(next(iter(systems.values())))
    rows = [
        [str(SYSTEMS.get(name, name)), *(_with_error(figures.get(metric)) for metric in metrics)]
        for name, figures in systems.items()
    ]
    return Table(title, metrics, rows)


def _with_error(figure: Mapping[str, float] | None) -> str:
    return f"{figure['mean']:.3f} ± {figure['se']:.3f}" if figure else "–"


def curves_of(version: ModelVersion) -> Curves:
    """The losses over the epochs, as the model itself keeps them."""
    try:
        history = [_epoch(epoch) for epoch in manifest_of(version).get("history", [])]
    except (ArtifactError, KeyError, TypeError, ValueError) as problem:
        return Curves(problem=str(problem))
    if not history:
        return Curves(problem=_("This version kept no losses."))
    titles = {name: str(title) for name, title in TERMS.items()}
    about = _("Losses over %(count)d epochs. The table below has the same in numbers.") % {"count": len(history)}
    # Drawn from numbers by our own function, which escapes the words.
    return Curves(mark_safe(plot_losses(history, titles, about)), _loss_table(history))  # noqa: S308


def _epoch(data: Mapping[str, Any]) -> Epoch:
    """An epoch as it was kept; versions of older code know fewer terms."""
    parts = {
        name: Losses(**{field.name: float(data[name].get(field.name, 0)) for field in fields(Losses)})
        for name in ("train", "validation")
    }
    return Epoch(int(data["number"]), seconds=float(data.get("seconds", 0)), **parts)


def _loss_table(history: Sequence[Epoch]) -> Table:
    used = [name for name in TERMS if any(getattr(epoch.train, name) for epoch in history)]
    rows = [
        [
            str(epoch.number),
            *(f"{getattr(epoch.train, name):.3f} / {getattr(epoch.validation, name):.3f}" for name in used),
            f"{epoch.seconds:.1f}",
        ]
        for epoch in history
    ]
    return Table(_("Training / held out"), [*(str(TERMS[name]) for name in used), _("seconds")], rows)


def settings_of(version: ModelVersion) -> list[Table]:
    """The hyper-parameters, by part."""
    return [
        Table(str(SETTINGS.get(part, part)), [_("value")], [[name, _plain(value)] for name, value in values.items()])
        for part, values in version.config.items()
        if isinstance(values, dict)
    ]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
