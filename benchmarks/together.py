"""How much faster several workers compute all vectors than one, on PostgreSQL, and whether they compute the same.

python -m benchmarks.together FOLDER [--films 20000] [--workers 1 2]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.filled import import_all, with_small_model
from benchmarks.site import ROOT, Site, environment_line
from tests import postgres

_WAIT = """
import time
from jobs.models import Worker
while Worker.objects.count() < {workers}:
    time.sleep(0.1)
"""
_RESULT = """
import hashlib, json
from jobs.models import Job, Worker
from recommender.models import Embedding
job = Job.objects.latest("pk")
digest = hashlib.sha256()
for vector in Embedding.objects.order_by("movie").values_list("vector", flat=True).iterator():
    digest.update(bytes(vector))
seconds = (job.finished_at - job.started_at).total_seconds()
print(json.dumps({"seconds": round(seconds, 1), **job.result, "vectors": digest.hexdigest()[:12]}))
"""


@contextmanager
def workers(site: Site, number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many db_worker processes, ready to work."""
    command = [sys.executable, "manage.py", "db_worker", "-v0", "--interval", "0.1"]
    running = [subprocess.Popen(command, cwd=ROOT, env=site.environment) for _ in range(number)]
    try:
        site.shell(_WAIT.format(workers=number))
        yield running
    finally:
        for worker in running:
            worker.send_signal(signal.SIGTERM)


def refresh_with(site: Site, number: int) -> None:
    """Print one line: what it took the workers, together."""
    with workers(site, number) as running:
        site.manage("refresh_embeddings", "--all", "--workers", "-v0")
    cpu = 0.0
    for worker in running:
        _, status, used = os.wait4(worker.pid, 0)
        worker.returncode = os.waitstatus_to_exitcode(status)
        cpu += used.ru_utime + used.ru_stime
    found = json.loads(site.shell(_RESULT).strip().splitlines()[-1])
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({"workers": number, **found, "CPU seconds of all": round(cpu, 1), "load": load}), flush=True)


def main() -> None:
    """Fill a site on a server of its own, then refresh it with one worker and with more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    print(environment_line())
    with tempfile.TemporaryDirectory() as room, postgres.server(Path(room) / "data") as server:
        server.psql("CREATE DATABASE movierec")
        site = with_small_model(
            options.folder / f"together-{options.films}", options.films, database=postgres.address(server, "movierec")
        )
        import_all(site)
        site.manage("refresh_embeddings", "--all", "-v0")  # the first map is drawn before anything is measured
        for number in options.workers:
            refresh_with(site, number)


if __name__ == "__main__":
    main()
