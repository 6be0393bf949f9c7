"""An operator looks at model versions in the admin, trains one, lets another serve, and goes back."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from catalog.models import User
from jobs.models import Job
from jobs.work import Cancelled, Progress, start
from recommender import jobs, model_files, pipeline
from recommender.ml.artifacts import FORMAT
from recommender.models import ModelVersion
from tests.builders import make_movie, make_user, make_version

pytestmark = pytest.mark.django_db
LIST = "/admin/recommender/modelversion/"
RIGHTS = ("view_modelversion", "add_modelversion", "change_modelversion", "change_embedding", "view_job")


def staff(*rights: str) -> User:
    user = make_user("operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def operator(client: Client) -> User:
    user = staff(*RIGHTS)
    client.force_login(user)
    return user


def version(name: str, ndcg: float = 0.3, *, active: bool = False) -> ModelVersion:
    """A version whose figures are given."""
    made = make_version({}, name=name, active=active)
    figures = {"ndcg@100": {"mean": ndcg, "se": 0.001}, "recall@20": {"mean": ndcg / 2, "se": 0.002}}
    popularity = {"ndcg@100": {"mean": 0.2, "se": 0.001}, "recall@20": {"mean": 0.1, "se": 0.002}}
    made.metrics = {"warm": {"vae": figures, "popularity": popularity}}
    made.config = {"model": {"latent": 128}, "training": {"epochs": 10, "subset_share": [0.05, 0.5]}}
    made.data_fingerprint = "c0ffee" * 10
    made.save()
    return made


def losses(total: float) -> dict[str, float]:
    return {"reconstruction": 900.0, "kl": 72.0, "likes": 6.1, "subset": 2.5, "total": total}


def keep_history(of: ModelVersion) -> None:
    """What training left in the version's folder; an older one, that knows no nearness."""
    history = [
        {"number": n, "train": losses(9.0 - n), "validation": losses(9.5 - n), "seconds": 2.0} for n in (1, 2, 3)
    ]
    of.folder.mkdir(parents=True)
    manifest: dict[str, Any] = {"format": FORMAT, "name": of.name, "files": {}, "history": history}
    (of.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def switching(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions in these tests have no encoder on disk to read or share; the gate and the switch are the real ones."""
    monkeypatch.setattr(pipeline, "encoder_of", lambda version: None)
    monkeypatch.setattr(model_files, "store", lambda version: None)


def test_the_list_shows_quality_beside_popularity(client: Client, operator: User) -> None:
    version("2026-11-23-100000", 0.312, active=True)
    page = client.get(LIST).content.decode()
    assert "2026-11-23-100000" in page
    assert "0.312" in page
    assert "0.200" in page


def test_a_versions_page_shows_all_about_it(client: Client, operator: User) -> None:
    one = version("good", 0.31)
    keep_history(one)
    page = client.get(f"{LIST}{one.pk}/change/").content.decode()
    assert "c0ffee" in page
    assert "0.310 ± 0.001" in page
    assert "0.200 ± 0.001" in page
    assert "<svg" in page
    assert "Losses over 3 epochs" in page
    assert "6.000 / 6.500" in page, "the third epoch in numbers"
    assert "subset_share" in page
    assert "0.05, 0.5" in page
    assert f"{LIST}{one.pk}/activate/" in page
    assert 'name="_save"' not in page


def test_a_version_without_files_or_figures_says_so(client: Client, operator: User) -> None:
    one = make_version({}, name="bare", active=False)
    page = client.get(f"{LIST}{one.pk}/change/").content.decode()
    assert "There is no model in" in page
    assert "It was not measured" in page


def test_a_better_version_serves_after_one_press(client: Client, operator: User, switching: None) -> None:
    old, new = version("old", 0.3, active=True), version("new", 0.4)
    assert "takes the place of old" in client.get(f"{LIST}{new.pk}/activate/").content.decode()
    assert ModelVersion.objects.active() == old, "looking changes nothing"
    answer = client.post(f"{LIST}{new.pk}/activate/")
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/job/{job.pk}/change/"
    assert (job.state, job.error, job.started_by) == ("done", "", operator)
    assert ModelVersion.objects.active() == new
    assert LogEntry.objects.get().object_repr == "new"


def test_going_back_is_the_same_press(client: Client, operator: User, switching: None) -> None:
    old, new = version("old", 0.3), version("new", 0.3, active=True)
    ModelVersion.objects.filter(pk=new.pk).update(created_at=timezone.now())
    assert "Go back to old" in client.get(f"{LIST}{old.pk}/activate/").content.decode()
    client.post(f"{LIST}{old.pk}/activate/")
    assert ModelVersion.objects.active() == old


def test_a_worse_version_is_refused_with_the_reason(client: Client, operator: User, switching: None) -> None:
    good, poor = version("good", 0.4, active=True), version("poor", 0.3)
    assert "0.300 against 0.400" in client.get(f"{LIST}{poor.pk}/activate/").content.decode()
    answer = client.post(f"{LIST}{poor.pk}/activate/")
    assert "it would make the site worse" in answer.content.decode()
    assert ModelVersion.objects.active() == good
    assert not Job.objects.exists()


def test_a_worse_version_serves_when_that_is_wanted(client: Client, operator: User, switching: None) -> None:
    version("good", 0.4, active=True)
    poor = version("poor", 0.3)
    client.post(f"{LIST}{poor.pk}/activate/", {"force": "on"})
    assert ModelVersion.objects.active() == poor


def test_a_version_without_files_is_refused_by_its_job(client: Client, operator: User) -> None:
    good, gone = version("good", 0.3, active=True), version("gone", 0.4)
    page = client.post(f"{LIST}{gone.pk}/activate/", follow=True).content.decode()
    assert "There is no model in" in page
    assert ModelVersion.objects.active() == good


def test_the_one_that_serves_needs_no_activating(client: Client, operator: User) -> None:
    one = version("good", active=True)
    assert "serves the site already" in client.get(f"{LIST}{one.pk}/activate/", follow=True).content.decode()


def test_an_unknown_version_cannot_be_found(client: Client, operator: User) -> None:
    assert client.post(f"{LIST}99/activate/").status_code == 404


def test_a_training_is_started_with_its_settings(client: Client, operator: User) -> None:
    assert "Start the training" in client.get(f"{LIST}train/").content.decode()
    page = client.post(f"{LIST}train/", {"epochs": "2", "seed": "7"}, follow=True)
    job = Job.objects.get()
    assert job.arguments == {"epochs": 2, "seed": 7, "activate": False}
    assert job.kind == jobs.TRAIN
    # The catalogue is empty, so the training itself says what is missing.
    assert job.state == "failed"
    assert "import films" in page.content.decode()


def test_nonsense_is_refused_by_the_form(client: Client, operator: User) -> None:
    page = client.post(f"{LIST}train/", {"epochs": "0", "seed": "-1"}).content.decode()
    assert page.count("errorlist") == 2
    assert not Job.objects.exists()


def test_a_second_training_leads_to_the_first(client: Client, operator: User) -> None:
    first = Job.objects.create(kind=jobs.TRAIN, title="Training", state="running")
    assert client.post(f"{LIST}train/", {})["Location"] == f"/admin/jobs/job/{first.pk}/change/"
    assert Job.objects.count() == 1


def test_vectors_are_computed_by_one_press(client: Client, operator: User) -> None:
    page = client.post(f"{LIST}refresh/", follow=True).content.decode()
    assert "No model is active. Train one first." in page
    assert client.get(f"{LIST}refresh/").status_code == 405


def test_a_training_goes_on_where_a_cancelled_one_was(operator: User) -> None:
    """The same way as Ctrl-C: the checkpoint stays, and another run begins behind it."""
    for number in range(6):
        words = "rocket crew planet stars" if number % 2 else "wedding guests hat cake"
        make_movie(f"Film {number}", description=words)
    job = Job.objects.create(kind=jobs.TRAIN, title="Training", state="running", runner="a")
    Job.objects.update(cancel_asked=True)
    progress = Progress(job, in_background=False)
    with pytest.raises(Cancelled):
        jobs.train(progress, epochs=2)
    assert (settings.MODELS_DIR / ".training.safetensors").exists()
    assert not ModelVersion.objects.exists()
    again = start(jobs.TRAIN, by=operator, epochs=2)
    assert (again.state, again.error) == ("done", "")
    assert "Beginning anew" not in again.log
    assert ModelVersion.objects.get().is_active
    assert len(ModelVersion.objects.get().data_fingerprint) == 64


@pytest.mark.parametrize("part", ["", "train/", "refresh/", "1/change/", "1/activate/"])
def test_a_visitor_is_refused_everywhere(client: Client, part: str) -> None:
    client.force_login(make_user())
    answer = client.post(f"{LIST}{part}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
    assert not Job.objects.exists()


@pytest.mark.parametrize("part", ["train/", "refresh/", "{pk}/activate/"])
def test_who_may_only_look_changes_nothing(client: Client, part: str) -> None:
    one = version("one")
    client.force_login(staff("view_modelversion"))
    assert client.get(LIST).status_code == 200
    assert "Train a model" not in client.get(LIST).content.decode()
    assert "/activate/" not in client.get(f"{LIST}{one.pk}/change/").content.decode()
    assert client.post(f"{LIST}{part.format(pk=one.pk)}").status_code == 403
    assert not Job.objects.exists()
