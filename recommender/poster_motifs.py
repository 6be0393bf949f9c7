"""The pictures of the drawn posters: each motif fills 300 x 292 with a few shapes, bent by six numbers from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt


@dataclass(frozen=True)
class Paint:
    """The colours of one poster: its ground, the figure upon it, and the ink of the title."""

    ground: str
    figure: str
    ink: str


Knobs = Sequence[float]
Motif = Callable[[Paint, Knobs], str]


def _between(low: float, high: float, knob: float) -> float:
    return low + (high - low) * knob


def _circle(x: float, y: float, r: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}"{more}/>'


def _rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}/>'


def _path(d: str, fill: str, more: str = "") -> str:
    return f'<path d="{d}" fill="{fill}"{more}/>'


def _faint(value: float) -> str:
    return f' opacity="{value:.2f}"'


def moon(paint: Paint, k: Knobs) -> str:
    """A crescent and a few stars."""
    x, y, r = _between(110, 190, k[0]), _between(120, 150, k[1]), _between(70, 100, k[2])
    shift = _between(26, 60, k[3])
    stars = "".join(
        _circle(
            (47 + 83 * i * (1 + k[4])) % 290,
            (31 + 57 * i * (1 + k[5])) % 270,
            1.6 + i % 3 * 0.7,
            paint.ink,
            _faint(0.7),
        )
        for i in range(11)
    )
    return stars + _circle(x, y, r, paint.figure) + _circle(x + shift, y - shift * 0.6, r * 0.92, paint.ground)


def rings(paint: Paint, k: Knobs) -> str:
    """Rings that spread from one point, like a stone in water."""
    x, y, step = _between(40, 260, k[0]), _between(60, 240, k[1]), _between(20, 34, k[2])
    circles = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{step * i:.1f}" stroke-width="{step * _between(0.22, 0.55, k[3]):.1f}"'
        f' opacity="{max(0.25, 1 - i * 0.09):.2f}"/>'
        for i in range(1, 9)
    ]
    core = _circle(x, y, step * 0.5, paint.ink)
    return f'<g fill="none" stroke="{paint.figure}">{"".join(circles)}</g>{core}'


def stripes(paint: Paint, k: Knobs) -> str:
    """Leaning bars that thin out."""
    lean = _between(-150, 150, k[0])
    x, width, bars = -150.0, _between(38, 58, k[1]), []
    while x < 430:
        bars.append(_path(f"M{x:.1f} 292l{lean:.1f} -292h{width:.1f}l{-lean:.1f} 292z", paint.figure))
        x += width + _between(16, 30, k[2])
        width = max(4, width * _between(0.7, 0.86, k[3]))
    return "".join(bars)


def sunset(paint: Paint, k: Knobs) -> str:
    """A sun half below the horizon, cut by slats of light."""
    r, x, gap = _between(84, 120, k[0]), _between(110, 190, k[1]), _between(15, 20, k[2])
    below = r * _between(-0.45, 0.1, k[3])  # from the horizon down to the sun's middle
    half = sqrt(r * r - below * below)
    high = int(below < 0)  # more than half of the sun is up
    sun = _path(f"M{x - half:.1f} 250A{r:.1f} {r:.1f} 0 {high} 1 {x + half:.1f} 250z", paint.figure)
    slats = "".join(_rect(0, 250 - i * gap, 300, max(1.5, 9 - i * 1.5), paint.ground) for i in range(6))
    return sun + slats + _rect(0, 257, 300, 2, paint.ink)


def peaks(paint: Paint, k: Knobs) -> str:
    """Mountains behind mountains."""
    shapes = [_circle(_between(50, 250, k[3]), 66, _between(18, 34, k[4]), paint.ink, _faint(0.9))]
    for i, (top, opacity) in enumerate(((70, 0.35), (120, 0.6), (170, 1))):
        x = (k[i] * 260 + i * 90) % 300
        shapes.append(
            _path(
                f"M-60 292L{x * 0.6 - 30:.1f} {top + 60:.1f}L{x * 0.7 + 20:.1f} {top + 95:.1f}L{x:.1f} {top:.1f}"
                f"L{x + 130:.1f} {top + 150:.1f}L{x + 190:.1f} {top + 80:.1f}L420 292z",
                paint.figure,
                _faint(opacity),
            )
        )
    return "".join(shapes)


def waves(paint: Paint, k: Knobs) -> str:
    """Layers of water."""
    shapes = []
    for i in range(6):
        y, swing = 70 + i * 38, _between(8, 24, k[1])
        length, start = _between(90, 150, k[2]), -150 + k[0] * 100 + i * 31 * (k[3] + 0.4) % 90
        bends = "".join(f"q{length / 2:.1f} {(-1) ** j * swing * 2:.1f} {length:.1f} 0" for j in range(6))
        shapes.append(_path(f"M{start:.1f} {y}{bends}V292H-200z", paint.figure, _faint(0.2 + i * 0.15)))
    return "".join(shapes)


def beam(paint: Paint, k: Knobs) -> str:
    """The light of a projector."""
    y, spread = _between(40, 110, k[0]), _between(110, 190, k[1])
    end = _between(150, 230, k[2])
    cone = _path(f"M36 {y:.1f}L300 {end - spread / 2:.1f}V{end + spread / 2:.1f}z", paint.figure, _faint(0.9))
    inner = _path(f"M36 {y:.1f}L300 {end - spread / 7:.1f}V{end + spread / 5:.1f}z", paint.ink, _faint(0.55))
    return cone + inner + _circle(36, y, _between(15, 22, k[3]), paint.ink)


def columns(paint: Paint, k: Knobs) -> str:
    """Columns of many heights, like organ pipes, with a light above."""
    width = _between(24, 44, k[0])
    gap, shapes = width * 0.16, []
    for i in range(int(300 / (width + gap)) + 2):
        x = i * (width + gap) - width * k[1]
        top = 292 - 60 - (150 * abs(sin(i * _between(0.6, 2.2, k[2]) + k[3] * pi)))
        shape = f"M{x:.1f} 292V{top:.1f}a{width / 2:.1f} {width / 2:.1f} 0 0 1 {width:.1f} 0V292z"
        shapes.append(_path(shape, paint.figure, _faint((0.55, 1, 0.75)[i % 3])))
    return _circle(_between(60, 240, k[3]), 54, _between(14, 26, k[4]), paint.ink) + "".join(shapes)


def tiles(paint: Paint, k: Knobs) -> str:
    """Quarter circles in a grid, each turned its own way."""
    size, bits = 75, int(k[0] * 4095) * 4097 + int(k[1] * 4095)
    turns = ("M{x} {y}h{s}a{s} {s} 0 0 1 -{s} {s}z", "M{r} {y}v{s}a{s} {s} 0 0 1 -{s} -{s}z",
             "M{r} {b}h-{s}a{s} {s} 0 0 1 {s} -{s}z", "M{x} {b}v-{s}a{s} {s} 0 0 1 {s} {s}z")  # fmt: skip
    shapes = []
    for cell in range(16):
        x, y = cell % 4 * size, cell // 4 * size - 4
        turn = turns[bits >> (cell * 3 % 22) & 3]
        fill = paint.ink if (bits >> cell) % 7 == 0 else paint.figure
        shapes.append(_path(turn.format(x=x, y=y, r=x + size, b=y + size, s=size), fill))
    return "".join(shapes)


def dots(paint: Paint, k: Knobs) -> str:
    """A halftone that grows to one side."""
    angle, step = k[0] * 2 * pi, 26
    shapes = []
    for row in range(11):
        for column in range(12):
            x, y = column * step + row % 2 * step / 2, row * step + 13
            grow = 0.5 + ((x - 150) * cos(angle) + (y - 146) * sin(angle)) / 360
            if grow > 0.06:
                shapes.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{min(1.0, grow) * _between(11, 15, k[1]):.1f}"/>')
    return f'<g fill="{paint.figure}">{"".join(shapes)}</g>'


def arches(paint: Paint, k: Knobs) -> str:
    """Doorways within doorways."""
    x, shrink = _between(110, 190, k[0]), _between(22, 32, k[1])
    shapes = []
    for i in range(5):
        half = 128 - i * shrink
        if half < 12:
            break
        top = 24 + i * shrink * _between(0.9, 1.3, k[2])
        fill = (paint.figure, paint.ground)[i % 2]
        shapes.append(
            _path(f"M{x - half:.1f} 292V{top + half:.1f}a{half:.1f} {half:.1f} 0 0 1 {2 * half:.1f} 0V292z", fill)
        )
    return "".join(shapes) + _circle(x, 292 - _between(10, 26, k[3]), 9, paint.ink)


def curtain(paint: Paint, k: Knobs) -> str:
    """A stage curtain, drawn to the sides."""
    folds, gap = 5, _between(0.1, 0.8, k[0])
    shapes = []
    for i in range(folds):
        width = _between(24, 30, k[1])
        drop = 292 - i * _between(14, 40, gap)
        for left in (i * width, 300 - (i + 1) * width):
            shapes.append(
                _path(
                    f"M{left:.1f} 0h{width:.1f}V{drop - 10:.1f}q{-width / 2:.1f} 20 {-width:.1f} 0z",
                    paint.figure,
                    _faint(1 - i % 2 * 0.3),
                )
            )
    light = f'<ellipse cx="150" cy="276" rx="{_between(40, 70, k[2]):.1f}" ry="12" fill="{paint.ink}" opacity=".85"/>'
    return light + "".join(shapes)


def eye(paint: Paint, k: Knobs) -> str:
    """A watching eye, or a lens."""
    y, tall = _between(125, 165, k[0]), _between(80, 130, k[1])
    iris = _between(36, 52, k[2])
    x = _between(125, 175, k[3])
    lids = _path(f"M10 {y:.1f}Q150 {y - tall * 1.4:.1f} 290 {y:.1f}Q150 {y + tall * 1.4:.1f} 10 {y:.1f}z", paint.figure)
    glint = _circle(x + iris * 0.3, y - iris * 0.35, iris * 0.18, paint.ink)
    return lids + _circle(x, y, iris, paint.ground) + _circle(x, y, iris * 0.5, paint.figure) + glint


def road(paint: Paint, k: Knobs) -> str:
    """A road to the horizon."""
    x, y = _between(80, 220, k[0]), _between(90, 140, k[1])
    foot = _between(-40, 80, k[2])
    land = f'<rect y="{y:.1f}" width="300" height="{292 - y:.1f}" fill="{paint.figure}" opacity=".45"/>'
    lane = _path(f"M{x - 3:.1f} {y:.1f}h6L{foot + 230:.1f} 292H{foot:.1f}z", paint.figure)
    dashes = ""
    for a, b in ((0.08, 0.14), (0.22, 0.32), (0.43, 0.58), (0.72, 0.95)):
        (x1, y1), (x2, y2) = ((x + (foot + 115 - x) * at, y + (292 - y) * at) for at in (a, b))
        stroke = f' stroke="{paint.ground}" stroke-width="{1 + 7 * b:.1f}"'
        dashes += _path(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}", "none", stroke)
    return _circle(x + _between(-30, 60, k[3]), y - 26, _between(22, 40, k[4]), paint.ink) + land + lane + dashes


MOTIFS: tuple[Motif, ...] = (
    moon, rings, stripes, sunset, peaks, waves, beam, columns, tiles, dots, arches, curtain, eye, road,
)  # fmt: skip
