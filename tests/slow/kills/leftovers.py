"""What killed processes leave on disk, and whether `manage.py prune` takes it away."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from tests.slow.kills.site import Site

_NEVER = {".training.lock", ".bringing.lock"}  # empty, and there for good
_DAYS = 40 * 86_400  # seconds; prune leaves what is younger than its --days, since somebody may still go on with it


def leftovers(site: Site) -> dict[Path, str]:
    """Paths that an undisturbed run does not leave, each with its kind of name."""
    with site.database.asking(site.folder) as ask:
        versions = {name for (name,) in ask("SELECT name FROM recommender_modelversion")}
    hidden = [path for path in site.folder.rglob(".*") if path.name not in _NEVER]
    orphans = [path for path in (site.folder / "models").iterdir() if path.name not in versions]
    temporary = list((site.folder / "tmp").iterdir())
    found = {path for path in (*hidden, *orphans, *temporary) if path.name not in _NEVER}
    return {path: _kind(path) for path in sorted(found) if not any(parent in found for parent in path.parents)}


def prune(site: Site) -> list[str]:
    """Let weeks go by and prune; what is left then."""
    then = time.time() - _DAYS
    for path in site.folder.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (then, then))
    site.manage("prune", "--apply", "-v0")
    return [str(path.relative_to(site.folder)) for path in leftovers(site) if path.parent.name != "tmp"]


def _kind(path: Path) -> str:
    """The name without what differs from run to run."""
    if path.parent.name == "models" and not path.name.startswith("."):
        return "a model folder without a version"
    return re.sub(r"^(\.[a-z]+-).*|[0-9]+", r"\1…", path.name)
