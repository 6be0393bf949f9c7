"""A site of its own in a folder, to measure: its database, its commands, its web server with one worker."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import memory_of

ROOT = Path(__file__).resolve().parent.parent
# One thread for linear algebra: the figures are those of one core, and a busy second core does not blur them.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_QUIET = {"LOG_LEVEL": "WARNING", "RATE_LIMITS": "0"}


@dataclass(frozen=True)
class Ran:
    """What a command took."""

    seconds: float
    cpu_seconds: float  # what it took of the processor: beside other work the honest figure
    megabytes: float  # the most memory it held
    output: str


@dataclass(frozen=True)
class Site:
    """A site whose database, models and snapshots lie in one folder."""

    folder: Path
    database: str = ""  # its address, unless it lies in the folder, too

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.database or f"sqlite:///{self.folder}/db.sqlite3",
            "DEBUG": "0",
        }
        return {
            **os.environ,
            **ONE_THREAD,
            **own,
            "SECRET_KEY": "for-benchmarks",
            "HTTPS": "0",
            "ALLOWED_HOSTS": "*",
            **_QUIET,
        }

    def manage(self, *arguments: str) -> Ran:
        """Run a command of manage.py to its end. Raises CalledProcessError when it fails."""
        started = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            output = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, arguments, output)
        return Ran(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)

    def shell(self, code: str) -> str:
        """Run some Python inside the site and give what it prints."""
        return self.manage("shell", "-v0", "-c", code).output

    @contextmanager
    def serve(self, workers: int = 1) -> Iterator[Served]:
        """The site behind gunicorn on a free port of this machine."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "movierec_site.wsgi", "--no-control-socket", "--log-level=warning"]
        process = subprocess.Popen(
            [*command, f"--bind=127.0.0.1:{port}", f"--workers={workers}"], cwd=ROOT, env=self.environment
        )
        try:
            served = Served(f"http://127.0.0.1:{port}", process.pid)
            served.wait()
            yield served
        finally:
            process.terminate()
            process.wait(20)


@dataclass(frozen=True)
class Served:
    """A running web server."""

    address: str
    pid: int

    def get(self, path: str, session: str = "") -> bytes:
        """One page, as a visitor with this session sees it."""
        request = urllib.request.Request(self.address + path, headers={"Cookie": f"sessionid={session}"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return bytes(response.read())

    def wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(300):
            try:
                self.get("/accounts/log-in/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the web server does not start")

    def workers(self) -> list[dict[str, float]]:
        """Memory of each worker."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [memory_of(int(child)) for child in children]


def environment_line() -> str:
    """The machine and the commit, for a table of results."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True, capture_output=True).stdout
    name = next((x for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")), "")
    load = os.getloadavg()[0]
    return json.dumps({"commit": commit.strip(), "cpu": name.partition(": ")[2], "cores": os.cpu_count(), "load": load})
