"""What is killed: the commands, where each starts, and how it is run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.slow.kills.site import Site
from tests.slow.kills.starts import BACKUP

Words = tuple[str, ...]
_LONG_AGO = "2001-01-01 00:00:00+00:00"


@dataclass(frozen=True)
class Case:
    """A command that is killed. `free` are the kinds of rows that say how far it is, and so differ on the way."""

    name: str
    start: str
    command: Callable[[Site], Words]
    again: Callable[[Site], Words] = field(default=lambda site: ())  # the same command unless this says otherwise
    free: frozenset[str] = frozenset()
    kills_of_a_site: int = 6
    presses: bool = True

    def once_more(self, site: Site) -> Words:
        """The command that an operator gives after a kill."""
        return self.again(site) or self.command(site)


def _just(*words: str) -> Callable[[Site], Words]:
    return lambda site: tuple(word.format(folder=site.folder) for word in words)


def _train(site: Site) -> Words:
    """Go on where there is something to go on with: a checkpoint, or a version that was published already."""
    words = ("train_vae", "--epochs", "6", "--seed", "5")
    with site.database.asking(site.folder) as ask:
        ((versions,),) = ask("SELECT count(*) FROM recommender_modelversion")
    resume = versions > 1 or any((site.folder / "models").glob(".training*safetensors"))
    return (*words, "--resume") if resume else words


def _work(site: Site) -> Words:
    """Let the minute go by after which the job of a dead worker counts as left behind."""
    site.database.tell(site.folder, f"UPDATE jobs_job SET seen_at = '{_LONG_AGO}' WHERE state = 'running'")
    return "db_worker", "--batch"


def _activate(site: Site) -> Words:
    with site.database.asking(site.folder) as ask:
        versions = ask("SELECT name FROM recommender_modelversion ORDER BY id")
    return "models", "--activate", str(versions[-1][0]), "--force"


CASES = (
    Case("training", "small", _train),
    Case("refreshing", "bare", _just("refresh_embeddings")),
    Case("importing films", "small", _just("import_movies", "{folder}/many.csv"), free=frozenset({"imports of films"})),
    Case("importing likes", "large", _just("import_likes", "{folder}/many-likes.csv")),
    # A job that dies three times is given up, and its visitor asked to press "Go on"; so two kills for each.
    Case(
        "importing a visitor's films",
        "histories",
        _work,
        free=frozenset({"jobs", "imports of visitors"}),
        kills_of_a_site=2,
    ),
    Case("activating", "two_versions", _activate),
    Case("backing up", "large", _just("backup", "{folder}/backups/site.tar.gz", "--force")),
    # What is pressed while a backup is brought back goes with the former state: that is what was asked for.
    Case("restoring", "saved", _just("restore", f"{{folder}}/{BACKUP}", "--force"), presses=False),
    Case("a worker that trains", "job", _work, free=frozenset({"jobs"}), kills_of_a_site=2),
)
