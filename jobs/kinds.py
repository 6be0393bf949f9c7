"""The kinds of jobs that the rooms offer, by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Run = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Kind:
    """What a kind of job is called, what it does, and which right it takes to start one again."""

    name: str
    title: str | _StrPromise
    run: Run
    permission: str = ""


_kinds: dict[str, Kind] = {}


def job_kind(name: str, *, title: str | _StrPromise, permission: str = "") -> Callable[[Run], Run]:
    """Register a function `(progress, **arguments)` as a kind of job; what it returns becomes the job's result.

    A worker may die at any moment and another one starts the job again, so a run must be harmless when it comes
    twice: it either resumes where the first one was, or begins anew and arrives at the same.
    """

    def register(run: Run) -> Run:
        if name in _kinds and _kinds[name].run.__module__ != run.__module__:
            raise ValueError(f"There are two kinds of jobs called {name!r}.")
        _kinds[name] = Kind(name, title, run, permission)
        return run

    return register


def kinds() -> list[Kind]:
    """All kinds, by their names."""
    return [_kinds[name] for name in sorted(_kinds)]


def kind_of(name: str) -> Kind:
    """The kind with this name. Raises LookupError."""
    if name not in _kinds:
        raise LookupError(f"There is no kind of job called {name!r}; an app's jobs.py registers its kinds.")
    return _kinds[name]
