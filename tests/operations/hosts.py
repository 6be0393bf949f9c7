"""Web hosts for tests: real servers on ports of their own, each with its own folder, all on the tests' database."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.postgres import address_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds for a server to start on a busy machine


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass
class Host:
    """One web host."""

    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "movierec_site.wsgi"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(gunicorn, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError):
                if Browser().get(self, "/healthz").status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def manage(self, *words: str) -> None:
        """Run a command on this host."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


@dataclass
class Browser:
    """One visitor's browser, which takes its cookies to every host, as through a load balancer."""

    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, host: Host, path: str, **headers: str) -> Answer:
        return self._ask(host, "GET", path, b"", headers)

    def post(self, host: Host, path: str, form: Mapping[str, Any]) -> Answer:
        if "csrftoken" not in self.cookies:
            self.get(host, "/")
        content = encode_multipart(BOUNDARY, {**form, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        return self._ask(host, "POST", path, content, {"Content-Type": MULTIPART_CONTENT})

    def _ask(self, host: Host, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", host.port, timeout=30)
        try:
            line.request(method, path, content, {**headers, "Cookie": cookies} if cookies else headers)
            got = line.getresponse()
            for one in got.headers.get_all("Set-Cookie", []):
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(one).items()})
            return Answer(got.status, dict(got.headers), got.read())
        finally:
            line.close()


@contextmanager
def running(folder: Path, count: int = 2) -> Iterator[list[Host]]:
    """So many hosts, which share the database, the secret key and the folder of posters, and nothing else."""
    found = [_host(folder, number) for number in range(count)]
    try:
        for host in found:
            host.start()
        for host in found:
            host.wait()
        yield found
    finally:
        for host in found:
            host.stop()


def _host(folder: Path, number: int) -> Host:
    own, port = folder / f"host-{number}", _free_port()
    own.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "ALLOWED_HOSTS": "127.0.0.1",
        "BIND": f"127.0.0.1:{port}",
        "DATABASE_URL": address_of(connection.settings_dict),
        "DEBUG": "1",  # static files without collectstatic
        "MEDIA_ROOT": str(folder / "media"),
        "METRICS_TOKEN": "a-token-for-tests-only",
        "OMP_NUM_THREADS": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(own),
        "WEB_WORKERS": "1",
    }
    return Host(own, port, environment)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
