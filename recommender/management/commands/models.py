"""Lists the model versions and changes the active one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from catalog.management.progress import Progress
from catalog.models import Movie
from recommender.ml.artifacts import ArtifactError
from recommender.models import ModelVersion
from recommender.pipeline import NotReady, Worse, activate
from recommender.vectors import encoder_of


class Command(SiteCommand):
    """List the model versions; activate one of them, also to go back."""

    help = "Lists the trained versions with their quality, the active one marked *, and changes the active one."
    examples = ("manage.py models --json", "manage.py models --activate 2026-11-23-142501")
    exit_codes = {1: "refused or failed; with --active: no version is active, or this code cannot read it"}

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--activate", metavar="VERSION", help="let this version serve the site")
        parser.add_argument("--force", action="store_true", help="activate it although it ranks worse")
        parser.add_argument(
            "--active", action="store_true", help="print the active version; exit status 1 without one that can be read"
        )
        parser.add_argument("--json", action="store_true", help="the list as JSON for programs")

    def handle(self, *, activate: str | None, active: bool, force: bool, **options: Any) -> None:
        if activate:
            self._activate(activate, force)
        elif active:
            version = ModelVersion.objects.active()
            if version is None:
                raise CommandError(_("No model is active. Train one with: manage.py train_vae"))
            try:
                encoder_of(version)
            except ArtifactError as problem:
                raise CommandError(str(problem)) from problem
            self.stdout.write(str(version))
        elif options["json"]:
            self.answer([_as_json(version) for version in ModelVersion.objects.all()])
        else:
            self._list()

    def _activate(self, name: str, force: bool) -> None:
        version = ModelVersion.objects.filter(name=name).first()
        if version is None:
            raise CommandError(_("There is no version “%(name)s”; manage.py models lists them.") % {"name": name})
        progress, films = Progress(self.note), Movie.objects.count()
        try:
            activate(version, force=force, progress=lambda done: progress(done.films, films))
        except NotReady as problem:
            raise CommandError(str(problem)) from problem
        except Worse as problem:
            raise CommandError(
                _("%(problem)s Add --force to activate it all the same.") % {"problem": problem}
            ) from problem
        self.say(_("%(name)s serves the site now.") % {"name": version})

    def _list(self) -> None:
        versions = list(ModelVersion.objects.all())
        if not versions:
            self.stdout.write(_("No version yet. Train one with: manage.py train_vae"))
        for version in versions:
            mark = "*" if version.is_active else " "
            facts = _("%(films)d films, %(likes)d likes, trained in %(seconds).0f s") % {
                "films": version.films,
                "likes": version.likes,
                "seconds": version.seconds,
            }
            self.stdout.write(f"{mark} {version.name}  {facts}{_quality(version)}")


def _as_json(version: ModelVersion) -> dict[str, Any]:
    return {
        "version": version.name,
        "active": version.is_active,
        "trained": version.created_at.isoformat(),
        "activated": version.activated_at.isoformat() if version.activated_at else None,
        "films": version.films,
        "likes": version.likes,
        "seconds": version.seconds,
        "quality": version.metrics,
    }


def _quality(version: ModelVersion) -> str:
    """The stored NDCG@100 for unseen visitors beside popularity's, where they were measured."""
    ours, popularity = version.quality("warm", "vae"), version.quality("warm", "popularity")
    if not ours or not popularity:
        return ""
    return ", " + _("NDCG@100 %(ours).3f (popularity %(popularity).3f)") % {
        "ours": ours["mean"],
        "popularity": popularity["mean"],
    }
