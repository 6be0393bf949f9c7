"""Regions of the film map, as addresses name them: two corners of a rectangle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

_DIGITS = 4  # after the point: finer than a pixel of a large screen
_EDGE = 1.5  # beyond it there is no film; whoever looks at the whole map sees a little more than the map


@dataclass(frozen=True)
class Region:
    """A rectangle of the map: left, top, right, bottom in the map's coordinates, whose films lie between -1 and 1."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def read(cls, text: str) -> Self:
        """Read "x1,y1,x2,y2", two corners in any order; raises ValueError for anything else."""
        values = [float(part) for part in text.split(",")]
        if len(values) != 4 or not all(math.isfinite(value) for value in values):
            raise ValueError(text)
        x1, y1, x2, y2 = (round(min(max(value, -_EDGE), _EDGE), _DIGITS) for value in values)
        region = cls(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        if region.left == region.right or region.top == region.bottom:
            raise ValueError(text)
        return region

    def __str__(self) -> str:
        return ",".join(f"{value:g}" for value in (self.left, self.top, self.right, self.bottom))

    def holds(self, places: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of n places (n, 2) lie inside; a film without a place lies nowhere."""
        x, y = places[:, 0], places[:, 1]
        inside: NDArray[np.bool_] = (x >= self.left) & (x <= self.right) & (y >= self.top) & (y <= self.bottom)
        return inside
