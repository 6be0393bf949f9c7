"""Draws a poster for a film that has no picture: an SVG of two genre colours, one motif and the title.

A pure function of the film's facts: the same film always gets the same poster. The motif and its proportions come
from the film's vector, so that similar films look related; without a vector they come from the title.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from recommender.poster_motifs import MOTIFS, Paint
from recommender.poster_text import Line, printable, set_title

WIDTH, HEIGHT = 300, 450
DESIGN = "6"  # part of every poster's address: count it up when the drawing changes
CREAM, INK = "#f6ecdb", "#1f1a17"

# Each genre's deep and bright colour, the most telling genre first: a horror comedy is dressed as horror.
PALETTE: dict[str, tuple[str, str]] = {
    "Western": ("#6b3216", "#f0b25c"),
    "Horror": ("#2a0f14", "#ea5a50"),
    "Noir": ("#1c1d20", "#d9d0bd"),
    "Science Fiction": ("#0f2f4d", "#5cc5c4"),
    "Musical": ("#6a1c46", "#f5a7b0"),
    "Animation": ("#26408b", "#ffbf5f"),
    "War": ("#3a4029", "#c8b56f"),
    "Fantasy": ("#3d2b68", "#bda4f0"),
    "Sport": ("#1c4f33", "#c2d655"),
    "Documentary": ("#274a50", "#a5d3c5"),
    "Music": ("#154650", "#f4957c"),
    "Mystery": ("#22304f", "#9db8de"),
    "Romance": ("#76243a", "#f5b5a4"),
    "Biography": ("#4a3726", "#dcb586"),
    "Crime": ("#2b2530", "#e2735c"),
    "History": ("#56371c", "#d8ab57"),
    "Family": ("#175a78", "#f5d467"),
    "Thriller": ("#2c3023", "#d8c34b"),
    "Adventure": ("#1d5142", "#eda646"),
    "Comedy": ("#7d4a0c", "#f8cc58"),
    "Action": ("#5e1f17", "#ee7a4b"),
    "Drama": ("#463046", "#e3a08c"),
}
_PLAIN = ("#37332e", "#cdbda2")
_CHOICE = (0, 0, 1, 2)  # of four films with the same nearest motif, two show it, the others its neighbours
_RANK = {genre: rank for rank, genre in enumerate(PALETTE)}


def draw(title: str, year: int | None, genres: Sequence[str] = (), vector: NDArray[np.float32] | None = None) -> str:
    """The poster as an SVG document; `vector` is the film's, less the mean of the catalogue's."""
    motif, knobs = _character(f"{title}|{year}", vector)
    deep, bright = colours(genres)
    # Every third poster is printed the other way round, so that a wall of them breathes.
    ground, figure, ink = (bright, deep, INK) if knobs[0] > 2 / 3 else (deep, bright, CREAM)
    picture = MOTIFS[motif](Paint(ground, figure, ink), knobs[1:])
    lines = set_title(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>'
        f'<svg width="{WIDTH}" height="292" viewBox="0 0 300 292">{picture}</svg>'
        f'<g fill="{ink}" font-family="system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,Noto Sans,sans-serif">'
        f"{''.join(_text(line) for line in lines)}{_year(year)}</g></svg>"
    )


def colours(genres: Sequence[str]) -> tuple[str, str]:
    """The deep colour of the most telling genre with the bright one of the next (or of the same, if it is alone)."""
    known = sorted((genre for genre in genres if genre in PALETTE), key=_RANK.__getitem__)
    if not known:
        return _PLAIN
    return PALETTE[known[0]][0], PALETTE[known[1 if len(known) > 1 else 0]][1]


def _character(name: str, vector: NDArray[np.float32] | None) -> tuple[int, list[float]]:
    """Which motif, and seven numbers from 0 to 1 that shape it."""
    if vector is None or not np.any(vector):
        digest = hashlib.sha256(name.encode()).digest()
        return digest[0] % len(MOTIFS), [byte / 255 for byte in digest[1:8]]
    unit = np.asarray(vector, np.float64) / np.linalg.norm(vector)
    anchors = _anchors(len(unit))
    leaning = anchors @ unit
    # The nearest of a few fixed directions give the motif: close films share a small family of them, and the title
    # chooses within the family, so that a row of close films is not one picture. The rest vary it smoothly.
    family = np.argsort(-leaning[: len(MOTIFS)], kind="stable")[: len(_CHOICE)]
    chosen = _CHOICE[hashlib.sha256(name.encode()).digest()[0] % len(_CHOICE)]
    spread = 1 / (1 + np.exp(-2.5 * leaning[len(MOTIFS) :]))
    return int(family[chosen]), [float(value) for value in spread]


@lru_cache(maxsize=4)
def _anchors(dimension: int) -> NDArray[np.float64]:
    """Fixed directions, one for each motif and one for each knob, scaled so that a projection is about one."""
    return np.random.default_rng(1895).standard_normal((len(MOTIFS) + 7, dimension))


def _text(line: Line) -> str:
    side = 'text-anchor="end" direction="rtl"' if line.right_to_left else ""
    x = WIDTH - 22 if line.right_to_left else 22
    spacing = round(-0.02 * line.size, 2)
    return (
        f'<text x="{x}" y="{line.y:g}" font-size="{line.size:g}" font-weight="{line.weight}"'
        f' letter-spacing="{spacing:g}" {side}>{escape(printable(line.words))}</text>'
    )


def _year(year: int | None) -> str:
    if year is None:
        return ""
    return f'<text x="22" y="430" font-size="12" font-weight="600" letter-spacing="2" opacity=".8">{year}</text>'
