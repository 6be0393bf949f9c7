"""The losses of a training run over its epochs, and their picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape


@dataclass(frozen=True)
class Losses:
    """Named terms: reconstruction, KL and nearness in nats per film, likes per hidden like, subset per request.

    `total` is the weighted sum that training minimises.
    """

    reconstruction: float
    kl: float
    likes: float
    subset: float
    nearness: float
    total: float


@dataclass(frozen=True)
class Epoch:
    """The mean training losses of one epoch and the losses on what was held out after it."""

    number: int
    train: Losses
    validation: Losses
    seconds: float

    def to_json(self) -> dict[str, object]:
        """Plain values, read back by `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Epoch:
        """The epoch that `to_json` wrote."""
        values = dict(data)
        for name in ("train", "validation"):
            values[name] = Losses(**values[name])  # type: ignore[arg-type]
        return cls(**values)  # type: ignore[arg-type]


TERMS = {
    "total": "total",
    "reconstruction": "reconstruction, nats per film",
    "kl": "KL, nats per film",
    "likes": "likes, nats per like",
    "subset": "subset, nats per request",
    "nearness": "nearness, nats per film",
}
_WIDTH, _HEIGHT, _MARGIN = 300, 150, 34


def plot_losses(history: Sequence[Epoch], titles: Mapping[str, str] = TERMS, about: str = "") -> str:
    """An SVG with one small panel per loss: training as a grey line, what was held out as a strong one.

    `titles` name the terms and `about` the whole in another language. A page may colour it anew by its classes.
    """
    shown = [
        (title, train, held_out)
        for name, title in titles.items()
        for train, held_out in [_curves(history, name)]
        if any(train) or any(held_out)
    ]
    rows = max(1, -(-len(shown) // 2))
    size = f'width="{2 * _WIDTH}" height="{rows * _HEIGHT}" viewBox="0 0 {2 * _WIDTH} {rows * _HEIGHT}"'
    panels = "".join(
        f'<g transform="translate({index % 2 * _WIDTH} {index // 2 * _HEIGHT})">{_panel(*panel)}</g>'
        for index, panel in enumerate(shown)
    )
    about = about or f"Losses over {len(history)} epochs: training grey, held out blue"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="10" role="img">'
        f"<title>{escape(about)}</title>"
        f'<rect class="ground" width="100%" height="100%" fill="white"/>{panels}</svg>\n'
    )


def _curves(history: Sequence[Epoch], name: str) -> tuple[list[float], list[float]]:
    return [getattr(e.train, name) for e in history], [getattr(e.validation, name) for e in history]


def _panel(title: str, train: Sequence[float], held_out: Sequence[float]) -> str:
    values = [*train, *(held_out if any(held_out) else ())]
    low, high = min(values), max(values)
    bottom, right = _HEIGHT - _MARGIN / 2, _WIDTH - _MARGIN / 2
    frame = f'<path d="M{_MARGIN} {_MARGIN / 2}V{bottom}H{right}" class="axes" fill="none" stroke="#999"/>'
    labels = (
        f'<text x="{_MARGIN + 4}" y="{_MARGIN / 2 - 5}">{escape(title)}</text>'
        f'<text x="{_MARGIN - 3}" y="{_MARGIN / 2 + 8}" text-anchor="end">{_short(high)}</text>'
        f'<text x="{_MARGIN - 3}" y="{bottom}" text-anchor="end">{_short(low)}</text>'
        f'<text x="{right}" y="{bottom + 12}" text-anchor="end">{len(train)}</text>'
    )
    return frame + labels + _line(train, low, high, "train", "#999") + _line(held_out, low, high, "held-out", "#1f5fbf")


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _line(values: Sequence[float], low: float, high: float, name: str, colour: str) -> str:
    width, height = _WIDTH - 1.5 * _MARGIN, _HEIGHT - _MARGIN
    if not any(values):
        return ""
    span = (high - low) or 1.0
    points = " ".join(
        f"{_MARGIN + width * i / max(1, len(values) - 1):.1f},{_MARGIN / 2 + height * (high - value) / span:.1f}"
        for i, value in enumerate(values)
    )
    return f'<polyline class="{name}" points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
