"""A version that would make the site worse is not activated, unless the operator insists."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recommender.ml.artifacts import FORMAT, MANIFEST
from recommender.models import ModelVersion
from recommender.pipeline import what_is_worse
from tests.builders import make_movie, make_version

pytestmark = pytest.mark.django_db


def version(name: str, ndcg: float, *, popularity: float = 0.2, se: float = 0.01, active: bool = False) -> ModelVersion:
    made = make_version({make_movie(): [1, 0]}, name=name, active=active)
    made.metrics = {
        "warm": {
            "vae": {"ndcg@100": {"mean": ndcg, "se": se}},
            "popularity": {"ndcg@100": {"mean": popularity, "se": se}},
        }
    }
    made.save()
    return made


def test_worse_than_popularity_is_refused() -> None:
    version("poor", 0.1)
    with pytest.raises(CommandError, match=r"worse than popularity.*0\.100 against 0\.200.*--force"):
        call_command("models", "--activate", "poor", stdout=StringIO())
    assert ModelVersion.objects.active() is None


def test_worse_than_the_active_version_is_refused() -> None:
    version("good", 0.4, active=True)
    version("poorer", 0.3)
    with pytest.raises(CommandError, match="worse than the active version good"):
        call_command("models", "--activate", "poorer", stdout=StringIO())
    assert str(ModelVersion.objects.active()) == "good"


@pytest.mark.parametrize(("ndcg", "se"), [(0.25, 0.01), (0.2, 0.01), (0.15, 0.06), (0.9, 0.0)])
def test_better_or_within_chance_is_no_reason_to_refuse(ndcg: float, se: float) -> None:
    assert what_is_worse(version("fine", ndcg, se=se), None) == ""


def test_a_version_that_was_not_measured_is_not_refused() -> None:
    version("good", 0.4, active=True)
    plain = make_version({make_movie(): [1, 0]}, active=False)
    assert what_is_worse(plain, ModelVersion.objects.active()) == ""


def test_an_active_version_of_an_older_format_is_no_rival() -> None:
    old, new = version("old", 0.9, active=True), version("new", 0.3)
    old.folder.mkdir(parents=True)
    (old.folder / MANIFEST).write_text(json.dumps({"format": FORMAT - 1, "files": {}}))
    assert what_is_worse(new, old) == ""


def test_the_active_version_is_no_rival_of_itself() -> None:
    good = version("good", 0.4, active=True)
    assert what_is_worse(good, good) == ""


def test_the_list_shows_the_quality() -> None:
    version("good", 0.4, active=True)
    out = StringIO()
    call_command("models", stdout=out)
    assert "* good" in out.getvalue()
    assert "NDCG@100 0.400 (popularity 0.200)" in out.getvalue()


def test_force_goes_past_the_figures_but_not_past_missing_files() -> None:
    version("poor", 0.1)
    with pytest.raises(CommandError, match="There is no model in"):
        call_command("models", "--activate", "poor", "--force", stdout=StringIO())


def test_an_active_version_that_cannot_be_read_is_none() -> None:
    """bin/demo trains anew then, as after an update that changed how models are kept."""
    version("lost", 0.4, active=True)
    with pytest.raises(CommandError, match="There is no model in"):
        call_command("models", "--active", stdout=StringIO())
