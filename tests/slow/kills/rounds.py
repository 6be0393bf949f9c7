"""Kills one command many times, and after each kill and each later run looks whether all is as it should be."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.slow.kills.cases import Case, Words
from tests.slow.kills.leftovers import leftovers, prune
from tests.slow.kills.onlooker import looking_on
from tests.slow.kills.seen import Seen, differences, half_made, how_far, seen, share_done
from tests.slow.kills.site import Failed, Site, kill_group

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK = 0.002  # seconds between two looks at the clock


@dataclass
class Result:
    """What was tried and found."""

    name: str
    kills: int = 0
    sites: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    slowest: float = 0.0
    leftovers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stopped: bool = False  # by Ctrl-C


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbed: the states before and after, and how much of the processor it took."""

    before: Seen
    after: Seen
    cpu: float
    ready: float  # of that, until Django is loaded
    wall: float


def prove(case: Case, start: Site, folder: Path, times: int, rng: random.Random, say: Callable[[str], None]) -> Result:
    """Kill the command so many times, a few times on each site."""
    began = time.monotonic()
    result = Result(case.name)
    usual = _undisturbed(case, start, folder, result)
    say(f"{case.name}: undisturbed {usual.wall:.1f} s, {usual.cpu:.1f} s of the processor")
    while result.kills < times:
        site = start.copied(folder / "site")
        result.sites += 1
        kills = min(case.kills_of_a_site, times - result.kills)
        try:
            _disturb(case, site, usual, kills, rng, result)
        except Failed as problem:
            kept = folder / f"failed-{case.name.replace(' ', '-').replace(chr(39), '')}-{result.sites}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(site.folder, kept)
            result.failures.append(f"{problem} (kept in {kept.name})")
            say(f"  FAILED: {result.failures[-1]}")
        except KeyboardInterrupt:
            result.stopped = True
        finally:
            site.remove()
        say(f"  {result.kills} kills, {result.sites} sites, {len(result.failures)} failures")
        if result.stopped or len(result.failures) > 4:
            break
    result.seconds = time.monotonic() - began
    return result


def _undisturbed(case: Case, start: Site, folder: Path, result: Result) -> Undisturbed:
    site = start.copied(folder / "site")
    try:
        before = seen(site)
        _, ready, _ = _run_until(site, ("check", "--tag", "nothing"), None)
        with site.served() as server, looking_on(server, presses=case.presses) as onlooker:
            began = time.monotonic()
            status, cpu, words = _run_until(site, case.command(site), None)
            wall = time.monotonic() - began
        if status:
            raise Failed(f"{case.name} fails even when nobody disturbs it: {words}")
        _note(result, onlooker)
        return Undisturbed(before, seen(site), cpu, min(ready, cpu / 2), wall)
    finally:
        site.remove()


def _disturb(case: Case, site: Site, usual: Undisturbed, kills: int, rng: random.Random, result: Result) -> None:
    """Kill the command on one site so many times, then let it end, and compare with the undisturbed run."""
    words, done = case.command(site), 0.0
    with site.served() as server, looking_on(server, presses=case.presses) as onlooker:
        for _ in range(kills):
            status, _, _ = _run_until(site, words, _moment(usual, done, rng))
            if status >= 0:
                if status:
                    raise Failed(f"{words} ended with {status}: {(site.folder / 'said').read_text()[-600:]}")
                break  # it was faster than the kill
            result.kills += 1
            done = _look_at(case, site, usual, result)
            words = case.once_more(site)
        else:
            status, _, said = _run_until(site, words, None)
            if status:
                raise Failed(f"{' '.join(words)} after a kill ended with {status}: {said[-600:]}")
    _note(result, onlooker)
    _compare(site, usual, result)


def _look_at(case: Case, site: Site, usual: Undisturbed, result: Result) -> float:
    """Look at what everybody else sees right after a kill; the share of the work that is done."""
    if damage := site.database.damage(site.folder):
        raise Failed(f"the database is damaged: {damage}")
    found = seen(site)
    result.phases[how_far(found, usual.before, usual.after)] += 1
    if strange := half_made(found, usual.before, usual.after, free=case.free):
        raise Failed(f"something half made is seen after a kill: {strange}")
    return share_done(found, usual.before, usual.after)


def _compare(site: Site, usual: Undisturbed, result: Result) -> None:
    """Whether the site ended as without the kills, with few leftovers that `prune` removes."""
    if damage := site.database.damage(site.folder):
        raise Failed(f"the database is damaged at the end: {damage}")
    if other := differences(seen(site), usual.after):
        raise Failed(f"the end differs from that of an undisturbed run: {other}")
    left = leftovers(site)
    result.leftovers.update(left.values())
    if left and (stays := prune(site)):
        raise Failed(f"prune leaves: {', '.join(stays)}")


def _note(result: Result, onlooker: object) -> None:
    result.answers += sum(onlooker.answers.values())  # type: ignore[attr-defined]
    result.slowest = max(result.slowest, onlooker.slowest)  # type: ignore[attr-defined]


def _moment(usual: Undisturbed, done: float, rng: random.Random) -> tuple[float, float]:
    """After how much of the processor's time, and how many seconds later, to kill.

    Processor time, because a busy machine would shift seconds; the few seconds on top, because a process that waits
    for the disk takes none. A third of the moments lie near the end, where things are put in their places; the share
    that is `done` before brings the end nearer.
    """
    end = usual.ready + (usual.cpu - usual.ready) * (1 - 0.9 * done)
    near_end = rng.random() < 1 / 3
    low = usual.ready + 0.7 * (end - usual.ready) if near_end else usual.ready
    return rng.uniform(low, end), rng.choice((0.0, rng.uniform(0, 0.03)))


def _run_until(site: Site, words: Words, moment: tuple[float, float] | None) -> tuple[int, float, str]:
    """Run a command and kill it at that moment: its status (negative when killed), its processor time, its words."""
    log = site.folder / "said"
    process = site.start(*words, log=log)
    cpu, until = 0.0, time.monotonic() + 300
    try:
        while process.poll() is None:
            cpu = max(cpu, _cpu_of(process))
            if moment and cpu >= moment[0]:
                time.sleep(moment[1])
                break
            if time.monotonic() > until:
                raise Failed(f"{' '.join(words)} does not end: {log.read_text()[-600:]}")
            time.sleep(_LOOK)
    finally:
        kill_group(process)
    return process.returncode, cpu, log.read_text(errors="replace")


def _cpu_of(process: subprocess.Popen[bytes]) -> float:
    """Seconds of the processor that a process took so far."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
