"""How fast and in how much memory films are imported and encoded, and how training grows with its data.

    python -m benchmarks.commands FOLDER [--films 20000 100000]
    python -m benchmarks.commands FOLDER --train 25000:1250000 50000:2500000 100000:5000000

The first trains a small model, imports films while it is active, so that each is encoded, too, and computes all vectors
anew. The second trains on made-up films and likes for two epochs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.filled import EPOCHS, empty_site, import_all, with_small_model
from benchmarks.site import Ran, environment_line


def row(what: str, films: int, ran: Ran) -> str:
    """One line of the results."""
    times = {"seconds": round(ran.seconds, 1), "CPU seconds": round(ran.cpu_seconds, 1)}
    rate = {"films per CPU second": round(films / ran.cpu_seconds)}
    return json.dumps({"what": what, "films": films, **times, **rate, "MB": round(ran.megabytes)})


def importing_and_refreshing(folder: Path, sizes: list[int]) -> None:
    """Print three lines for each size."""
    for films in sizes:
        site = with_small_model(folder / f"import-{films}", films)
        print(row("import_movies", films, import_all(site)))
        for about in ("the map anew", "the map stays"):
            ran = site.manage("refresh_embeddings", "--all", "-v0")
            print(row(f"refresh_embeddings --all, {about}", films, ran), flush=True)


def training(folder: Path, sizes: list[str]) -> None:
    """Print one line for each FILMS:LIKES."""
    for size in sizes:
        films, likes = (int(number) for number in size.split(":"))
        site = empty_site(folder / f"train-{films}", films, likes)
        site.manage("import_movies", str(site.folder / "films.csv"), "-v0")
        site.manage("import_likes", str(site.folder / "likes.csv"), "-v0")
        ran = site.manage("train_vae", "--epochs", EPOCHS, "-v0")
        print(row(f"train_vae --epochs {EPOCHS} with {likes} likes", films, ran))


def main() -> None:
    """Measure one or the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--train", nargs="+", metavar="FILMS:LIKES")
    options = parser.parse_args()
    print(environment_line())
    if options.train:
        training(options.folder, options.train)
    else:
        importing_and_refreshing(options.folder, options.films)


if __name__ == "__main__":
    main()
