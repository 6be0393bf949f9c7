"""An operator in the browser: watches a job to its end, and lets another model version serve."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from catalog.models import Movie
from jobs.models import Job
from recommender import model_files, pipeline
from recommender.ml.artifacts import FORMAT
from recommender.models import ModelVersion
from tests.builders import make_user
from tests.e2e.conftest import Open

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


@pytest.fixture
def operator(open_browser: Open) -> Callable[..., Page]:
    """Open a page as somebody who may do everything."""
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))

    def opened(path: str, **options: object) -> Page:
        page = open_browser("/accounts/log-in/", **options)
        site = page.evaluate("location.origin")
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}])
        page.goto(path)
        return page

    key = str(client.session.session_key)
    return opened


def with_losses(name: str, *, likeness: float) -> ModelVersion:
    """A version that can be looked at: figures, settings and losses, without weights."""
    figures = {"ndcg@100": {"mean": likeness, "se": 0.01}}
    version = ModelVersion.objects.create(
        name=name, dimension=3, films=30, likes=12, seconds=24, data_fingerprint="c0ffee" * 10,
        metrics={"warm": {"vae": figures, "popularity": {"ndcg@100": {"mean": 0.1, "se": 0.01}}}},
        config={"model": {"latent": 3}, "training": {"epochs": 4, "patience": 2}},
    )  # fmt: skip
    losses = [{"reconstruction": 900.0 - n, "kl": 72.0, "likes": 6.1 - n / 9, "total": 9.0 - n} for n in range(4)]
    history = [{"number": n + 1, "train": loss, "validation": loss, "seconds": 2.0} for n, loss in enumerate(losses)]
    version.folder.mkdir(parents=True)
    manifest = {"format": FORMAT, "name": name, "files": {}, "history": history}
    Path(version.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return version


def looks_right(page: Page, name: str) -> None:
    # Loading styles ahead would write them into the page, which its policy forbids.
    found = Axe().run(page, context="#content-main", options={"preload": False})
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{name} is {overflow} px too wide"


def test_an_operator_watches_a_job_and_stops_it(films: list[Movie], operator: Callable[..., Page]) -> None:
    job = Job.objects.create(kind="train", title="Training", state="running", done=2, total=8, log="Epoch 2 of 8\n")
    page = operator(f"/admin/jobs/job/{job.pk}/change/", viewport=SIZES["phone"])
    expect(page.get_by_role("status")).to_have_text("Running, 2 of 8")
    looks_right(page, "a job on a phone")
    Job.objects.update(done=5, log="Epoch 5 of 8\n")
    expect(page.get_by_role("status")).to_have_text("Running, 5 of 8")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("“Training” stops in a moment.")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Stopping")
    Job.objects.update(state="cancelled")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_an_operator_lets_another_version_serve(
    films: list[Movie], operator: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("encoder_of", "bring_up_to_date", "catch_up"):
        monkeypatch.setattr(pipeline, name, lambda version, **options: None)
    monkeypatch.setattr(model_files, "store", lambda version: None)
    version = with_losses("2026-11-23-200000", likeness=0.4)
    page = operator("/admin/recommender/modelversion/", viewport=SIZES["desk"], color_scheme="dark")
    page.get_by_role("link", name="2026-11-23-200000").click()
    expect(page.get_by_role("img", name="Losses over 4 epochs")).to_be_visible()
    page.get_by_text("The losses in numbers").click()
    expect(page.get_by_role("cell", name="6.000 / 6.000")).to_be_visible()
    looks_right(page, "a version on a desk")
    page.set_viewport_size(SIZES["phone"])
    looks_right(page, "a version on a phone")
    page.get_by_role("link", name="Let it serve the site").click()
    looks_right(page, "the question")
    page.get_by_role("button", name="Let it serve the site").click()
    expect(page.get_by_role("status")).to_have_text("Done")
    assert ModelVersion.objects.active() == version


def test_a_training_is_started_from_the_list(films: list[Movie], operator: Callable[..., Page]) -> None:
    page = operator("/admin/recommender/modelversion/", viewport=SIZES["phone"])
    page.get_by_role("link", name="Train a model").click()
    looks_right(page, "the form")
    page.get_by_label("Epochs").fill("0")
    page.get_by_role("button", name="Start the training").click()
    assert not Job.objects.exists(), "the browser itself holds back what makes no sense"
