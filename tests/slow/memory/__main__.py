"""python -m tests.slow.memory [--megabytes 100] [--most 400] [--only READER] [--shapes SHAPE ...]"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tests.environment  # noqa: F401  (sets the environment before Django reads it)
from tests.slow.memory.readers import READERS, Enough
from tests.slow.memory.shapes import SHAPES, write

_WORST = 6 << 30  # bytes of addresses: what wants more fails at once instead of taking the machine along
# What stands in no relation to the shape is tried once.
_ONCE = {"poster": "one_string", "field_elsewhere": "one_string", "upload_elsewhere": "one_string"}


def main(arguments: list[str]) -> int:
    """Try every reader with every shape, print a line for each, and give 1 if one took too much or broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.slow.memory", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100, help="size of each file (100)")
    parser.add_argument(
        "--most", type=int, default=400, help="megabytes that reading it may take beside the site (400)"
    )
    parser.add_argument("--only", nargs="*", choices=READERS, default=list(READERS), metavar="READER")
    parser.add_argument("--shapes", nargs="*", choices=SHAPES, default=list(SHAPES), metavar="SHAPE")
    options = parser.parse_args(arguments)
    _prepare()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="movierec-memory-") as folder:
        for which in options.shapes:
            path = write(which, Path(folder), options.megabytes << 20)
            for name in _fitting(options.only, which, options.shapes):
                failed += not _try(name, which, path, options.most)
            path.unlink()
    print(f"{failed} took too much or broke" if failed else "All stayed within the bound.")
    return 1 if failed else 0


def _fitting(readers: list[str], which: str, shapes: list[str]) -> Iterator[str]:
    return (name for name in readers if _ONCE.get(name, which) == which)


def _prepare() -> None:
    import django
    from django.core.management import call_command

    # Background work is measured by itself, so it waits here.
    os.environ |= {"DJANGO_SETTINGS_MODULE": "movierec_site.settings", "JOBS_AT_ONCE": "0", "LOG_LEVEL": "CRITICAL"}
    django.setup()
    call_command("migrate", verbosity=0)


def _try(name: str, which: str, path: Path, most: int) -> bool:
    """Read the file in a process of its own; say how it ended and what it took."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    started = time.monotonic()
    child = os.fork()
    if not child:
        os._exit(_read(name, which, path, most, started))
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        print(f"{name:18} {which:22} killed by signal {os.WTERMSIG(status)}")
    return status == 0


def _read(name: str, which: str, path: Path, most: int, started: float) -> int:
    import resource
    import traceback

    from django.db import transaction

    from catalog.importing import Unreadable

    resource.setrlimit(resource.RLIMIT_AS, (_WORST, _WORST))
    before = _memory("VmRSS")
    ending, code = "", 0
    try:
        with transaction.atomic():
            ending = READERS[name](path)
            transaction.set_rollback(True)
    except Enough as stop:
        ending = str(stop)
    except Unreadable as problem:
        ending = f"refused: {problem}"
    except BaseException:
        ending, code = traceback.format_exc(), 1
    took = (_memory("VmHWM") - before) >> 10
    verdict = "" if took <= most else f" TOO MUCH, {most} MB is the most"
    print(
        f"{name:18} {which:22} {took:5} MB {time.monotonic() - started:6.1f} s  {ending[-3000:]}{verdict}", flush=True
    )
    return code or bool(verdict)


def _memory(what: str) -> int:
    """Kilobytes, as the kernel counts them for this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    raise RuntimeError(f"There is no {what} in /proc/self/status.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
