"""Trains the model on the catalogue and lets it serve the site."""

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import STOPPED, SiteCommand
from recommender.interrupts import stop_on_interrupt
from recommender.pipeline import NotReady, Stopped, TrainOptions, Worse, train

if TYPE_CHECKING:
    from recommender.ml.training import Progress


class Command(SiteCommand):
    """Train a new model version on the published films and their likes."""

    help = (
        "Trains the variational autoencoder on the published films and their likes, writes a model version, computes "
        "every film's vector and activates it. Ctrl-C stops cleanly; --resume goes on from there."
    )
    examples = ("manage.py train_vae", "manage.py train_vae --epochs 20 --no-activate")
    exit_codes = {
        1: "refused or failed; also when the new version ranks worse, is kept and not activated",
        130: "stopped with Ctrl-C; --resume goes on",
    }

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--epochs", metavar="N", type=int, help="at most so many epochs")
        parser.add_argument(
            "--seed", metavar="N", type=int, help="start of the random numbers (the same gives the same)"
        )
        parser.add_argument("--resume", action="store_true", help="go on with the training that was stopped")
        parser.add_argument(
            "--no-activate", action="store_false", dest="activate", help="leave the active version as it is"
        )

    def handle(self, **options: Any) -> None:
        wanted = TrainOptions(options["epochs"], options["seed"], options["resume"], options["activate"])
        try:
            with stop_on_interrupt() as should_stop:
                version = train(
                    wanted, say=self.note, progress=lambda done: self.note(_line(done)), should_stop=should_stop
                )
        except NotReady as problem:
            raise CommandError(str(problem)) from problem
        except Worse as problem:
            cure = _("The version is kept. Look at manage.py models; --activate VERSION --force lets it serve.")
            raise CommandError(f"{problem} {cure}") from problem
        except Stopped as stopped:
            raise CommandError(str(stopped), returncode=STOPPED) from stopped
        self.say(
            _("Version %(name)s: %(films)d films, %(likes)d likes, trained in %(seconds).0f s.")
            % {"name": version, "films": version.films, "likes": version.likes, "seconds": version.seconds}
        )
        self.say(
            _("It serves the site now.")
            if version.is_active
            else _("Activate it with: manage.py models --activate %s") % version
        )


def _line(done: "Progress") -> str:
    return _(
        "Epoch %(epoch)d of %(epochs)d: training loss %(train).3f, held out %(held_out).3f "
        "(reconstruction %(reconstruction).1f and KL %(kl).1f nats per film), about %(left).0f s left"
    ) % {
        "epoch": done.epoch,
        "epochs": done.epochs,
        "train": done.train.total,
        "held_out": done.validation.total,
        "reconstruction": done.validation.reconstruction,
        "kl": done.validation.kl,
        "left": done.seconds_left,
    }
