"""Films as points of a plane, so that films alike in the vector space lie close together.

The layout is t-SNE (van der Maaten and Hinton 2008) on a graph of nearest neighbours. Repulsion between all points is
interpolated on a grid and convolved by FFT (Linderman et al. 2019): exact enough, fast in NumPy alone and free of
random numbers, so that the same vectors give the same places. It starts from the first two principal components (Kobak
and Berens 2019) or from former places, so that the large shape stays from one layout to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .near import Neighbours, nearest_rows
from .sparse import Floats

NEIGHBOURS = 10  # of each film in the graph
_FEWEST = 5  # points that a graph is worth it for
_PLAIN = 280  # steps at the end, for the near surroundings
_RATE = 1 / 12  # of a step, for each point (Belkina et al. 2019)
_EVERY_PAIR = 256  # points up to which looking at every pair is quicker than a grid
_REACH = 5.0  # a step moves a point this far at most, in units of the kernel's width
_CELLS = (24, 110)  # at least and at most, along a side of the grid
_NODES = 3  # of the interpolation in each cell
_SOME = 1e-9


@dataclass(frozen=True)
class _Beginning:
    """How a layout begins: the spread of its first places, and steps in which neighbours pull harder."""

    spread: float
    steps: int
    exaggeration: float


# From nothing: all points so close that they feel each other, and a long time to find the large shape.
_FRESH = _Beginning(spread=1e-2, steps=120, exaggeration=12.0)
# From former places: spread out, for each square root of points, and just loose enough to give way.
_AGAIN = _Beginning(spread=0.1, steps=40, exaggeration=4.0)


@dataclass(frozen=True)
class Graph:
    """Who is near whom, made symmetric: edges ordered by their first end, weights that sum up to one."""

    starts: NDArray[np.int64]  # (n,): where each row's edges begin; every row has at least one
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weights: Floats

    @classmethod
    def of(cls, neighbours: Neighbours) -> Graph:
        """Join both directions of each row's neighbours (n, k); who is near in both counts twice."""
        n, k = neighbours.shape
        left, right = np.repeat(np.arange(n), k), neighbours.ravel()
        codes, counts = np.unique(np.concatenate([left * n + right, right * n + left]), return_counts=True)
        left, right = codes // n, codes % n
        return cls(np.searchsorted(left, np.arange(n)), left, right, (counts / counts.sum()).astype(np.float32))

    def pull(self, places: Floats) -> Floats:
        """How strongly each point is drawn to its neighbours, (n, 2)."""
        x, y = places[:, 0], places[:, 1]
        dx, dy = x[self.right] - x[self.left], y[self.right] - y[self.left]
        strength = self.weights / (1 + dx * dx + dy * dy)
        pulls = np.stack([strength * dx, strength * dy], axis=1)
        return np.asarray(np.add.reduceat(pulls, self.starts, axis=0), np.float32)


def layout(vectors: Floats, start: Floats | None = None) -> Floats:
    """Places (n, 2) inside the unit circle for unit vectors (n, d); `start` (n, 2) gives former places."""
    places = principal(vectors) if start is None else np.asarray(start, np.float32)
    if len(vectors) < _FEWEST:
        return fitted(places)
    graph = Graph.of(nearest_rows(vectors, min(NEIGHBOURS, len(vectors) - 1)))
    beginning = _FRESH if start is None else _AGAIN
    spread = beginning.spread * (1.0 if start is None else len(places) ** 0.5)
    now = float(places.std(axis=0).max()) or 1.0
    return fitted(_descend((places - places.mean(axis=0)) * np.float32(spread / now), graph, beginning))


def principal(vectors: Floats) -> Floats:
    """The first two principal components (n, 2), each turned so that its largest value is positive."""
    if not len(vectors):
        return np.zeros((0, 2), np.float32)
    centred = np.asarray(vectors - vectors.mean(axis=0), np.float64)
    _values, axes = np.linalg.eigh(centred.T @ centred)
    places = np.zeros((len(vectors), 2))
    places[:, : min(2, vectors.shape[1])] = (centred @ axes[:, ::-1])[:, :2]
    places *= np.where(places[np.abs(places).argmax(axis=0), [0, 1]] < 0, -1, 1)
    return places.astype(np.float32)


def kept_neighbours(vectors: Floats, places: Floats, *, near: int = 10, close: int = 30, sample: int = 1000) -> float:
    """The share of the `near` nearest of n unit vectors (n, d) that are among the `close` nearest places (n, 2)."""
    n = len(vectors)
    rows = np.unique(np.linspace(0, n - 1, min(sample, n)).astype(np.int64))
    found = []
    for row in rows:
        others = np.delete(np.arange(n), row)
        wanted = others[np.argsort(-(vectors[others] @ vectors[row]), kind="stable")[:near]]
        away = ((places[others] - places[row]) ** 2).sum(axis=1)
        found.append(np.isin(wanted, others[np.argsort(away, kind="stable")[:close]]).mean())
    return float(np.mean(found)) if found else 0.0


def fitted(places: Floats) -> Floats:
    """The same places, moved and scaled so that all lie inside the unit circle around their middle."""
    if not len(places):
        return np.zeros((0, 2), np.float32)
    centred = places - (places.max(axis=0) + places.min(axis=0)) / 2
    return np.asarray(centred / (np.linalg.norm(centred, axis=1).max() or 1.0), np.float32)


def _descend(places: Floats, graph: Graph, beginning: _Beginning) -> Floats:
    """Move the points step by step until near ones are near: gradient descent with momentum and gains."""
    rate = np.float32(max(len(places) * _RATE, 20.0))
    speed, gains = np.zeros_like(places), np.ones_like(places)
    for step in range(beginning.steps + _PLAIN):
        early = step < beginning.steps
        force = graph.pull(places) * np.float32(beginning.exaggeration if early else 1.0) + push(places)
        gains = np.where(np.sign(force) == np.sign(speed), gains + np.float32(0.2), gains * np.float32(0.8))
        gains = np.maximum(gains, np.float32(0.01))
        speed = np.float32(0.5 if early else 0.8) * speed + rate * gains * force
        speed = np.clip(speed, -_REACH, _REACH)
        places = places + speed
        places = places - places.mean(axis=0)
    return places


def push(places: Floats) -> Floats:
    """How strongly all other points drive each point away, (n, 2): the repulsion of t-SNE."""
    return push_exactly(places) if len(places) <= _EVERY_PAIR else push_by_grid(places)


def push_exactly(places: Floats) -> Floats:
    """From every pair of points."""
    apart = places[:, None] - places[None]
    kernel = 1 / (1 + (apart * apart).sum(axis=2))
    whole = float(kernel.sum()) - len(places)  # without each point's own
    return np.asarray(((kernel * kernel)[..., None] * apart).sum(axis=1) / max(whole, _SOME), np.float32)


def push_by_grid(places: Floats) -> Floats:
    """The same within a few per cent, from charges on a grid: far quicker for many points."""
    charges = np.stack([np.ones(len(places), np.float32), places[:, 0], places[:, 1]])
    near, density, x, y = _Grid.over(places).potentials(charges)
    whole = float(near.sum()) - len(places)
    pushes = np.stack([places[:, 0] * density - x, places[:, 1] * density - y], axis=1)
    return np.asarray(pushes / max(whole, _SOME), np.float32)


@dataclass(frozen=True)
class _Grid:
    """A square of nodes over the points, with each point's share in the nodes of its cell."""

    side: int  # nodes along a side
    gap: float  # between two nodes
    nodes: NDArray[np.int64]  # (9, n)
    shares: Floats  # (9, n)

    @classmethod
    def over(cls, places: Floats) -> _Grid:
        low = places.min(axis=0)
        span = max(float((places.max(axis=0) - low).max()), _SOME) * 1.001
        cells = int(np.clip(np.ceil(span), *_CELLS))
        at = (places - low) * np.float32(cells / span)
        cell = np.minimum(at.astype(np.int64), cells - 1)
        within = at - cell  # 0 to 1, with nodes at 1/6, 3/6 and 5/6
        weights = [_lagrange(within[:, axis]) for axis in (0, 1)]
        side = cells * _NODES
        nodes = np.stack(
            [(cell[:, 0] * _NODES + i) * side + cell[:, 1] * _NODES + j for i in range(_NODES) for j in range(_NODES)]
        )
        shares = np.stack([weights[0][i] * weights[1][j] for i in range(_NODES) for j in range(_NODES)])
        return cls(side, span / side, nodes, shares)

    def potentials(self, charges: Floats) -> Floats:
        """(4, n): the first charge under 1/(1+d²), then every one of the three charges under its square."""
        size = _fast_size(2 * self.side)
        distance = np.minimum(np.arange(size), size - np.arange(size)) * self.gap
        kernel = 1 / (1 + distance[:, None] ** 2 + distance[None, :] ** 2)
        kernel = kernel.astype(np.float32)
        first, square = (np.fft.rfft2(k) for k in (kernel, kernel * kernel))
        found = np.empty((4, charges.shape[1]), np.float32)
        for number, charge in enumerate(charges):
            spread = np.bincount(self.nodes.ravel(), (self.shares * charge).ravel(), self.side**2)
            waves = np.fft.rfft2(spread.reshape(self.side, self.side).astype(np.float32), (size, size))
            if not number:
                found[0] = self._at_points(np.fft.irfft2(waves * first, (size, size)))
            found[number + 1] = self._at_points(np.fft.irfft2(waves * square, (size, size)))
        return found

    def _at_points(self, field: NDArray[np.floating]) -> Floats:
        values = np.ascontiguousarray(field[: self.side, : self.side]).ravel()
        return np.asarray((values[self.nodes] * self.shares).sum(axis=0), np.float32)


def _lagrange(at: Floats) -> list[Floats]:
    """Weights of the three nodes 1/6, 3/6 and 5/6 at a place between 0 and 1."""
    a, b, c = at - np.float32(1 / 6), at - np.float32(0.5), at - np.float32(5 / 6)
    return [b * c * np.float32(4.5), a * c * np.float32(-9), a * b * np.float32(4.5)]


def _fast_size(least: int) -> int:
    """The smallest size from `least` on that an FFT is quick with: no prime factor above five."""
    size = least
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1
