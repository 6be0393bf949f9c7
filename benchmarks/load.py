"""Sustained load: eight connections over the main pages while likes are written and vectors computed.

    python -m benchmarks.load FOLDER [--films 5000] [--seconds 60]

Needs wrk (https://github.com/wg/wrk; the package "wrk" of Debian and Ubuntu). Every answer has to be a success.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.filled import filled_site, session_of
from benchmarks.site import ROOT, Site, environment_line

_WORKERS, _CONNECTIONS = 2, 8
_PAGES = ("/", "/recommendations/", "/films/", "/films/7/", "/my-films/", "/?q=fivarbe", "/films/?q=dosdar")
_SCRIPT = """
local pages, at = {%s}, 0
request = function()
  at = at %% #pages + 1
  return wrk.format("GET", pages[at], {["Cookie"] = "sessionid=%s", ["Host"] = "127.0.0.1"})
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests": %%d, "p50": %%.1f, "p99": %%.1f, "refused": %%d, "broken": %%d}\\n',
    summary.requests, latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.status,
    e.connect + e.read + e.write + e.timeout))
end
"""
# Likes of one visitor after the other, and a film saved now and then, until the process is ended.
_WRITE = """
import itertools, time
from catalog.models import Movie, User
from catalog.services import announce_changes, set_like
from recommender.models import ModelVersion
from recommender.vectors import next_revision
version = ModelVersion.objects.active()
films = list(Movie.objects.order_by("pk")[:500])
people = list(User.objects.filter(username__startswith="visitor")[:50])
for turn in itertools.count():
    set_like(user=people[turn % 50], movie=films[turn * 7 % 500], liked=turn // 500 % 2 == 0)
    if turn % 20 == 0:
        films[turn % 500].embeddings.update(revision=next_revision(version))
    time.sleep(0.05)
"""


def press(site: Site, seconds: int) -> dict[str, float]:
    """What wrk counted, with latencies in milliseconds."""
    pages = ", ".join(json.dumps(page) for page in _PAGES)
    with site.serve(_WORKERS) as served, tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT % (pages, session_of(site)))
        script.flush()
        for page in _PAGES:
            served.get(page)
        writer = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", _WRITE], cwd=ROOT, env=site.environment
        )
        try:
            command = ["wrk", "-t2", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--timeout=10s", "-s", script.name]
            output = subprocess.run([*command, served.address], text=True, capture_output=True, check=True).stdout
        finally:
            writer.terminate()
            writer.wait(10)
    found: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return found


def main() -> None:
    """Print the figures, and fail when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit('This needs wrk: install the package "wrk".')
    print(environment_line())
    found = press(filled_site(options.folder, options.films), options.seconds)
    print(json.dumps(found | {"p99 / p50": round(found["p99"] / found["p50"], 1)}))
    if found["refused"] or found["broken"]:
        raise SystemExit("Some requests were not answered as they should be.")


if __name__ == "__main__":
    main()
