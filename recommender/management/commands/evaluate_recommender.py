"""Measures how good the recommendations are."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from recommender.evaluation_files import UnusableFile, read_data
from recommender.ml.baselines import MissingLibrary
from recommender.ml.batches import Likes
from recommender.ml.encoder import Encoder
from recommender.ml.evaluation import BASELINES, OURS, Data, Report, Step, TooLittleData, evaluate
from recommender.ml.variety import measure
from recommender.pipeline import NotReady
from recommender.trials import data_of_this_site, encoder_for_test, train_for_test

PROTOCOLS = ("warm", "cold", "request")
VARIETY, ENCODER = "variety", "encoder"


_PROTOCOL_HELP = (
    "some of warm, cold, request, separated by commas (default: all that there is data for); "
    "variety shows what the dial and variety cost and bring; "
    "encoder, how many held-out films are found by half of their features, beside an untrained control"
)


class Command(SiteCommand):
    """Train and test on parts of the data that are kept apart, beside the baselines on the same parts."""

    help = (
        "Measures the quality on this site's own films and likes, or on files: visitors whom the model never saw "
        "(warm), films that nobody has liked yet (cold), typed words (request). Every ranking is over all films. "
        "It trains the model anew for each part, so it takes a while and says how long."
    )
    examples = (
        "manage.py evaluate_recommender --protocol warm,cold --folds 2",
        "manage.py evaluate_recommender --catalogue films.csv --likes ratings.csv --json >quality.json",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = sorted({name for names in BASELINES.values() for name in names})
        parser.add_argument("--protocol", metavar="NAMES", help=_PROTOCOL_HELP)
        parser.add_argument("--baselines", metavar="NAMES", help=f"some of {','.join(known)}, or none (default: all)")
        parser.add_argument("--folds", metavar="N", type=int, default=5, help="parts to test on in turn (default 5)")
        parser.add_argument("--seed", metavar="N", type=int, default=0, help="another seed gives other parts")
        parser.add_argument("--catalogue", metavar="FILE", type=Path, help="films from a file; needs --likes, too")
        parser.add_argument("--likes", metavar="FILE", type=Path, help="userId,movieId[,rating]: 4 and more are likes")
        parser.add_argument("--requests", metavar="FILE", type=Path, help="movieId,tag: the words that people typed")
        parser.add_argument("--json", action="store_true", help="one JSON object for programs")

    def handle(self, *, folds: int, seed: int, **options: Any) -> None:
        if folds < 2 or seed < 0:
            raise CommandError(_("--folds is at least 2 and --seed at least 0."))
        known = {name for names in BASELINES.values() for name in names}
        wanted = _names(options["protocol"], {*PROTOCOLS, VARIETY, ENCODER}, "--protocol") or PROTOCOLS
        baselines = _names(options["baselines"], known, "--baselines")
        clock = _Clock(self.note)
        try:
            data = _data(options)
            names = [name for name in PROTOCOLS if name in wanted and (name != "request" or data.requests)]
            others = [name for name in (VARIETY, ENCODER) if name in wanted]
            if not names and not others:
                raise CommandError(_("The request protocol needs --requests FILE."))
            clock.start(data, [*names, *others], folds)
            report = _report(data, names, others, baselines, folds, seed, clock)
        except (UnusableFile, TooLittleData, MissingLibrary, NotReady) as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.answer(report)
        else:
            self.stdout.write(_table(report))


def _report(
    data: Data, names: list[str], others: list[str], baselines: list[str] | None, folds: int, seed: int, clock: "_Clock"
) -> Report:
    def learn(likes: Likes) -> Encoder:
        return train_for_test(data.records, likes)

    report: Report = {}
    if names:
        report = evaluate(data, learn, names=names, baselines=baselines, folds=folds, seed=seed, progress=clock.tick)
    if VARIETY in others:
        report[VARIETY] = measure(data, learn, folds=folds, seed=seed)
    if ENCODER in others:
        report[ENCODER] = encoder_for_test(data, seed)
    return report


class _Clock:
    """Says how long the evaluation will take: a guess from the sizes at first, then by what the first parts took."""

    def __init__(self, say: Any) -> None:
        self.say = say

    def start(self, data: Data, names: list[str], folds: int) -> None:
        films, likes = len(data.records), len(data.likes)
        self.trainings = sum(1 if name in ("request", ENCODER) else folds for name in names)
        self.trained, self.spent, self.last = 0, 0.0, time.monotonic()
        guess = self.trainings * (0.02 * films + 0.001 * likes + 5) / 60
        words = _("%(films)d films, %(likes)d likes, %(n)d trainings: very roughly %(minutes).0f minutes")
        self.say(words % {"films": films, "likes": likes, "n": self.trainings, "minutes": max(1, guess)})

    def tick(self, step: Step) -> None:
        now = time.monotonic()
        self.spent, self.last = self.spent + now - self.last, now
        self.trained += step.system == OURS
        left = self.spent / max(1, self.trained) * (self.trainings - self.trained) / 60
        words = _("%(done)d of %(total)d: %(protocol)s, part %(fold)d, %(system)s (about %(left).0f minutes left)")
        self.say(
            words
            % {
                "done": step.done,
                "total": step.total,
                "protocol": step.protocol,
                "fold": step.fold + 1,
                "system": step.system,
                "left": left,
            }
        )


def _names(text: str | None, known: set[str], option: str) -> list[str] | None:
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["none"] and option == "--baselines":
        return []
    if unknown := [name for name in names if name not in known]:
        raise CommandError(
            _("%(option)s does not know %(names)s. Known: %(known)s")
            % {"option": option, "names": ", ".join(unknown), "known": ", ".join(sorted(known))}
        )
    return names


def _data(options: dict[str, Any]) -> Data:
    catalogue, likes, requests = options["catalogue"], options["likes"], options["requests"]
    if (catalogue is None) != (likes is None):
        raise CommandError(_("--catalogue and --likes go together."))
    if catalogue is None:
        if requests is not None:
            raise CommandError(_("--requests needs --catalogue and --likes."))
        return data_of_this_site()
    return read_data(catalogue, likes, requests)


def _table(report: Report) -> str:
    lines = []
    for protocol, systems in report.items():
        metrics = list(next(iter(systems.values())))
        lines.append(f"{protocol:14}" + "".join(f"{metric:>24}" for metric in metrics))
        for system, found in systems.items():
            cells = (f"{found[name]['mean']:.4f} ± {found[name]['se']:.4f}" for name in metrics)
            lines.append(f"  {system:12}" + "".join(f"{cell:>24}" for cell in cells))
        lines.append("")
    return "\n".join(lines).rstrip()
