"""Measures the film map in headless Chromium: time per frame while moving, and bytes over the wire.

Run: python benchmarks/map_frames.py [--films 5000 50000] [--ratio 1 2]

The points are made up (clouds of films with seven genres) and served from memory together with the site's own scripts,
so that nothing but the map is measured. Frames are those of a flight over the map, a zoom and a drag; one frame may
take 16.7 ms at 60 frames per second. `paint` is the time that our own drawing takes of it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import shutil
import struct
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "static"
PAGE = """<!doctype html><title>Map</title><link rel="stylesheet" href="/css/movierec.css">
<link rel="stylesheet" href="/css/map.css"><main><div class="map"><section class="map-stage"><canvas></canvas></section>
<div></div></div></main><script src="/js/map_points.js"></script><script src="/js/map_view.js"></script>"""
FLY = """async () => {
  const points = new FilmPoints(await (await fetch("/points.bin")).arrayBuffer());
  points.titles = await (await fetch("/titles.json")).json();
  const began = performance.now();
  const map = new MapView(document.querySelector("canvas"), points);
  map.marks.liked = Uint32Array.from({ length: 50 }, (_, i) => i * 7);
  map.marks.suggested = Uint32Array.from({ length: 24 }, (_, i) => i * 11 + 1);
  map.paint();
  const first = performance.now() - began;
  const paint = map.paint.bind(map), paints = [], frames = [];
  map.paint = () => { const start = performance.now(); paint(); paints.push(performance.now() - start); };
  await new Promise((resolve) => setTimeout(resolve, 300));
  let last = 0;
  await new Promise((resolve) => {
    const step = (now) => {
      if (last) frames.push(now - last);
      last = now;
      const t = frames.length;
      if (t >= 240) return resolve();
      if (t < 80) map.zoomAt(500, 400, 1.035);
      else if (t < 160) map.panBy(9 * Math.cos(t / 9), 9 * Math.sin(t / 9));
      else map.zoomAt(500, 400, 1 / 1.035);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const hits = performance.now();
  for (let i = 0; i < 1000; i++) points.nearest(Math.sin(i), Math.cos(i * 7), 0.02);
  return { first, frames, paints, hit: performance.now() - hits, size: [map.canvas.width, map.canvas.height] };
}"""


def block(films: int, seed: int = 1) -> bytes:
    """Made-up films in the format of recommender/map_points.py: 60 clouds of different size, ids with gaps."""
    rng = np.random.default_rng(seed)
    cloud = rng.integers(60, size=films)
    places = rng.uniform(-0.8, 0.8, (60, 2))[cloud] + rng.normal(0, 0.08, (films, 2))
    steps = np.rint((np.clip(places, -1, 1) + 1) / 2 * 65535).astype("<u2")
    genres = (1 << (cloud % 7)) | rng.choice([0, 1, 2, 4, 8, 16, 32, 64], films)
    fame = rng.integers(256, size=films)
    ids = rng.integers(1, 4, films).astype("<u4")
    head = b"FMAP" + struct.pack("<I", films)
    return b"".join(
        [head, ids.tobytes(), steps[:, 0].tobytes(), steps[:, 1].tobytes()]
        + [values.astype(np.uint8).tobytes() for values in (genres, fame)]
    )


def measure(page: Page, films: int) -> dict[str, object]:
    """One map with so many films."""
    points = block(films)
    titles = json.dumps([f"A film of some name {n} ({1920 + n % 100})" for n in range(films)]).encode()

    def answer(route: Route) -> None:
        path = route.request.url.split("://", 1)[1].split("/", 1)[1]
        known = {"": PAGE.encode(), "points.bin": points, "titles.json": titles}
        body = known[path] if path in known else (STATIC / path).read_bytes()
        kinds = {"": "text/html", "css": "text/css", "js": "text/javascript"}
        route.fulfill(body=body, content_type=kinds.get(path.rsplit(".", 1)[-1], "application/octet-stream"))

    page.route("**/*", answer)
    page.goto("http://map.test/")
    found = page.evaluate(FLY)
    page.unroute_all()
    return found | {"bytes": len(points), "gzip": len(gzip.compress(points, 6))}


def main() -> None:
    """Print one line for each size of the catalogue and each density of the screen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--films", type=int, nargs="+", default=[5000, 50000])
    parser.add_argument("--ratio", type=float, nargs="+", default=[1.0, 2.0], help="device pixels for each CSS pixel")
    options = parser.parse_args()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        print(f"Chromium {browser.version} without GPU, {platform.machine()}, {_processor()}")
        print(
            "films   canvas      first ms   paint ms (median, 95 %)   frame ms (median, 95 %)   1000 hits ms   kB (gz)"
        )
        for films in options.films:
            for ratio in options.ratio:
                page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=ratio)
                found = measure(page, films)
                paints, frames = (np.percentile(found[name], [50, 95]) for name in ("paints", "frames"))  # type: ignore[arg-type]
                width, height = found["size"]  # type: ignore[misc]
                print(
                    f"{films:<7} {width}x{height:<7} {found['first']:>7.1f}   {paints[0]:>10.1f} {paints[1]:>10.1f}   "
                    f"{frames[0]:>14.1f} {frames[1]:>8.1f}   {found['hit']:>14.1f}   "
                    f"{found['bytes'] / 1000:.0f} ({found['gzip'] / 1000:.0f})"  # type: ignore[operator]
                )
                page.close()
        browser.close()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
