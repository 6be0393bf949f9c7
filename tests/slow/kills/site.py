"""A site of its own in a folder, or copied from another one: its commands as processes, and its web server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.slow.kills.databases import Database

ROOT = Path(__file__).resolve().parents[3]
# One thread: only then are a run and the same run after a kill equal to the last bit.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_PATIENCE = 300  # seconds for a command that is not killed


class Failed(Exception):
    """What the proof is there to find; the message says what was expected."""


@dataclass(frozen=True)
class Site:
    """Database, models, backups and uploads below one folder."""

    folder: Path
    database: Database

    @property
    def environment(self) -> dict[str, str]:
        """What its processes read."""
        return {
            **os.environ,
            **_ONE_THREAD,
            "ALLOWED_HOSTS": "*",
            "BACKUP_DIR": str(self.folder / "backups"),
            "DATABASE_URL": self.database.address(self.folder),
            "DEBUG": "0",
            "DEMO_MODE": "0",
            "HTTPS": "0",
            "JOBS_AT_ONCE": "0",
            "LOG_LEVEL": "WARNING",
            "RATE_LIMITS": "0",
            "SECRET_KEY": "for-killing-only",
            "TMPDIR": str(self.folder / "tmp"),
            "VAR_DIR": str(self.folder),
            "WEB_WORKERS": "2",
        }

    def start(self, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
        """A command of manage.py as the leader of a process group of its own; what it says goes to the log."""
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def manage(self, *arguments: str) -> str:
        """Run a command to its end and give what it says. Raises Failed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        if done.returncode:
            raise Failed(f"{' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def shell(self, code: str) -> str:
        """Run some Python inside the site and give what it prints."""
        return self.manage("shell", "-v0", "-c", code)

    def copied(self, folder: Path) -> Site:
        """The same site once more, in another folder."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        shutil.rmtree(folder / "tmp")
        (folder / "tmp").mkdir()
        self.database.copy(self.folder, folder)
        return Site(folder, self.database)

    def remove(self) -> None:
        """Take the site away."""
        self.database.drop(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def served(self) -> Iterator[Server]:
        """The site behind gunicorn, as it is deployed, on a free port of this machine."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            server = Server(self, probe.getsockname()[1])
        server.start()
        try:
            yield server
        finally:
            server.kill()


class Server:
    """gunicorn with two workers, which can be killed and started again on the same port."""

    def __init__(self, site: Site, port: int) -> None:
        self.site, self.port = site, port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens. Raises Failed."""
        with (self.site.folder / "web.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py", "movierec_site.wsgi"],
                cwd=ROOT,
                env={**self.site.environment, "BIND": f"127.0.0.1:{self.port}"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.05)
        raise Failed("the web server does not start")

    def workers(self) -> list[int]:
        """The processes that answer."""
        assert self._process is not None
        leader = self._process.pid
        return [int(pid) for pid in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]

    def kill(self) -> None:
        """Kill it with all its workers, without a word of warning."""
        if self._process is not None:
            kill_group(self._process)
            self._process = None


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a group, and the whole group, its children included."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
