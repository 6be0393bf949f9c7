"""The colours of the film map stand out from the page and from each other, for every kind of colour vision."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "css" / "map.css").read_text(encoding="utf-8")
PAPER = {"light": "#faf7f2", "dark": "#14110f"}
BLOCKS = dict(zip(PAPER, re.findall(r"--g0: [^}]+", CSS), strict=False))
COLOURS = {theme: re.findall(r"--g\d: (#[0-9a-f]{6})", block) for theme, block in BLOCKS.items()}

# What somebody sees: linear colours through the matrices of Machado, Oliveira and Fernandes (2009), full severity.
VISION = {
    "most people": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b*, in which distances are about what eyes tell."""
    x, y, z = np.cbrt(np.maximum(XYZ @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089], 1e-6))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", PAPER)
def test_every_colour_stands_out_from_the_page(theme: str) -> None:
    assert len(COLOURS[theme]) == 8
    for colour in COLOURS[theme]:
        light, dark = sorted((float(XYZ[1] @ linear(name)) for name in (colour, PAPER[theme])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, colour


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", PAPER)
def test_colours_can_be_told_apart(theme: str, vision: str) -> None:
    seen = {colour: lab(np.array(VISION[vision]) @ linear(colour)) for colour in COLOURS[theme]}
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 18, (one, other)
