"""Shapes of the small charts of a taste: where bars, ticks and lines of an SVG go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.taste import Line, Times

WIDTH, ROW = 400, 30
_LEFT, _RIGHT = 132, 316  # where bars begin and end at most
_LONGEST = 19  # letters of a label beside a bar; the table has all of it
_TOP, _HEIGHT, _FROM, _TO = 14, 180, 34, 270  # of the chart over time
_APART = 17  # between two labels


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart."""

    line: Line
    label: str
    y: float
    width: float
    usual: float  # x of the tick at the catalogue's share


@dataclass(frozen=True)
class Curve:
    """One genre over time."""

    name: str
    points: str
    dots: list[tuple[float, float]]
    label_y: float
    shares: list[float]


@dataclass(frozen=True)
class Chart:
    """A bar chart of lines."""

    bars: list[Bar]
    height: int


@dataclass(frozen=True)
class Curves:
    """A line chart over periods, with the x of each and lines across at some shares."""

    times: Times
    curves: list[Curve]
    at: list[float]
    grid: list[tuple[float, float]]  # share and its y


def bars(lines: Sequence[Line]) -> Chart:
    """A chart whose longest bar or tick fills the width."""
    most = max([line.share for line in lines] + [line.usual for line in lines] + [0.01])
    span = _RIGHT - _LEFT

    def short(label: str) -> str:
        return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"

    made = [
        Bar(
            line,
            short(line.label),
            at * ROW,
            round(span * line.share / most, 1),
            round(_LEFT + span * line.usual / most, 1),
        )
        for at, line in enumerate(lines)
    ]
    return Chart(made, ROW * len(made))


def curves(times: Times) -> Curves:
    """Lines from the oldest period to the newest, each with a label at its end."""
    most = max([share for _name, shares in times.genres for share in shares] + [0.01])
    gap = (_TO - _FROM) / (len(times.periods) - 1)
    at = [round(_FROM + gap * number, 1) for number in range(len(times.periods))]

    def y(share: float) -> float:
        return round(_TOP + (_HEIGHT - _TOP) * (1 - share / most), 1)

    free = -1e9
    made = []
    for name, shares in sorted(times.genres, key=lambda genre: -genre[1][-1]):
        dots = [(x, y(share)) for x, share in zip(at, shares, strict=True)]
        free = max(dots[-1][1], free + _APART)  # labels give way downwards
        made.append(Curve(name, " ".join(f"{x},{y}" for x, y in dots), dots, free, shares))
    return Curves(times, made, at, [(share, y(share)) for share in (0.0, most / 2, most)])
