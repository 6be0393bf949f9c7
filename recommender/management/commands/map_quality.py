"""Says how well the film map keeps neighbours together, beside a map of the two principal components."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.management.command import SiteCommand
from recommender import index
from recommender.map import ids_on, places_of
from recommender.ml.layout import kept_neighbours, principal


class Command(SiteCommand):
    """Measure the map of the active model."""

    help = (
        "Prints which share of each film's 10 nearest films in the vector space are among its 30 nearest on the map, "
        "for the map and for the first two principal components."
    )
    examples = ("manage.py map_quality --sample 500",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, default=1000, help="films to look at (default: 1000)")

    def handle(self, *, sample: int, **options: Any) -> None:
        films = index.current()
        if films is None:
            raise CommandError(_("No model is active. Train one with: manage.py train_vae"))
        films = films.holding(ids_on(films.version))
        places = places_of(films)
        rows = places[:, 0] == places[:, 0]
        if rows.sum() < 2:
            raise CommandError(_("The map is not drawn yet. Draw it with: manage.py refresh_embeddings"))
        vectors = films.vectors[rows]
        for name, found in ((_("map"), places[rows]), (_("principal components"), principal(vectors))):
            share = kept_neighbours(vectors, found, sample=max(1, sample))
            self.stdout.write(_("%(name)s: %(share).1f %% of neighbours kept") % {"name": name, "share": share * 100})
