"""Two web hosts on one PostgreSQL are one site: whatever is done on one shows on the other."""

import re
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from catalog.models import CatalogueImport, Movie
from recommender import index, model_files
from recommender.models import ModelVersion
from recommender.pipeline import activate
from recommender.services import recommend
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user
from tests.catalog.admin_site import existing
from tests.catalog.pictures import picture
from tests.operations.hosts import Browser, Host, running

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="several hosts need PostgreSQL: bin/test-postgres"),
]
MEMBER = {"username": "ana", "password1": "velvet-curtain-7", "password2": "velvet-curtain-7"}
SOON = 2.0  # seconds in which an activation reaches all
WORDS = ("rivers", "old bridges", "huts", "snow", "a night train", "sisters", "a farm", "the sea")


@pytest.fixture(scope="module")
def hosts(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Host]]:
    pytest.importorskip("gunicorn")
    with running(tmp_path_factory.mktemp("hosts")) as found:
        yield found


@pytest.fixture
def films() -> list[Movie]:
    about = (WORDS[number % 5 : number % 5 + 1 + number // 5] for number in range(12))
    return [make_movie(description=" and ".join(words)) for words in about]


def shown(browser: Browser, host: Host, path: str) -> list[int]:
    """Films on a page in their order."""
    answer = browser.get(host, path)
    assert answer.status == 200, answer.text[:500]
    return list(dict.fromkeys(int(pk) for pk in re.findall(r'href="/films/(\d+)/"', answer.text)))


def test_what_a_visitor_does_on_one_shows_on_the_other(hosts: list[Host], films: list[Movie]) -> None:
    here, there = hosts
    ana = Browser()
    assert ana.post(here, "/accounts/sign-up/", MEMBER).status == 302
    assert ana.get(there, "/accounts/").status == 200, "the session is known there"
    assert films[3].pk not in shown(ana, there, "/my-films/")
    assert ana.post(here, f"/films/{films[3].pk}/like/", {"liked": "1"}).status == 302
    assert films[3].pk in shown(ana, there, "/my-films/")
    for host in hosts:
        assert ana.get(host, "/healthz").status == 200


def test_a_model_reaches_the_other_within_two_seconds_and_heals(
    hosts: list[Host], films: list[Movie], settings: Any
) -> None:
    here, there = hosts
    settings.MODELS_DIR = here.folder / "models"  # the operator works on the first host
    ana, bo = Browser(), make_user("bo")
    like(bo, *films[:6:2])
    call_command("train_vae", "--epochs", "1", verbosity=0)
    first = ModelVersion.objects.get()
    assert ana.get(there, "/readyz").status == 200
    assert shown(ana, there, "/?q=snow") == expected()
    copied = there.folder / "models" / first.name / "encoder.safetensors"
    assert copied.read_bytes() == (first.folder / "encoder.safetensors").read_bytes()

    call_command("train_vae", "--epochs", "1", "--seed", "2", "--no-activate", verbosity=0)
    second = ModelVersion.objects.exclude(pk=first.pk).get()
    before = expected()
    activate(second, force=True)
    switched, now = time.monotonic(), expected()
    assert now != before, "the test needs versions that differ"
    while shown(ana, there, "/?q=snow") != now:
        assert time.monotonic() < switched + SOON
    assert (there.folder / "models" / second.name / "encoder.safetensors").is_file()

    there.stop()
    weights = there.folder / "models" / second.name / "encoder.safetensors"
    weights.unlink()
    weights.write_bytes(b"damaged")
    shutil.rmtree(there.folder / "index")
    there.start()
    there.wait()
    assert shown(ana, there, "/?q=snow") == now
    assert weights.read_bytes() == (second.folder / weights.name).read_bytes()
    assert model_files.is_here(second)


def expected() -> list[int]:
    """The list that the site should show, as this process computes it from the database."""
    index.forget()
    return [suggestion.movie.pk for suggestion in recommend(Wish(text="snow")).suggestions]


def curator() -> Browser:
    """The browser of somebody who may do everything, signed in."""
    client = Client()
    client.force_login(make_user("curator", is_staff=True, is_superuser=True))
    return Browser({name: morsel.value for name, morsel in client.cookies.items()})


def test_a_poster_uploaded_on_one_is_shown_by_the_other(hosts: list[Host]) -> None:
    here, there = hosts
    film = make_movie("Heat")
    form = existing(film, poster=SimpleUploadedFile("poster.jpg", picture(600, 900)))
    assert curator().post(here, f"/admin/catalog/movie/{film.pk}/change/", form).status == 302
    film.refresh_from_db()
    assert film.poster_address
    assert film.poster_address in Browser().get(there, f"/films/{film.pk}/").text
    answer = Browser().get(there, film.poster_address)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/webp")


def test_a_long_upload_on_one_is_read_by_a_worker_on_the_other(hosts: list[Host]) -> None:
    here, there = hosts
    browser = curator()
    rows = "title,year,description\n" + "".join(f"Film {n},1999,{'rivers ' * 20}\n" for n in range(1500))
    upload = {"file": SimpleUploadedFile("films.csv", rows.encode()), "format": ""}
    address = browser.post(here, "/admin/catalog/catalogueimport/add/", upload).headers["Location"]
    there.manage("db_worker", "--batch", "-v0")
    found = CatalogueImport.objects.get()
    assert (found.state, found.n_new) == (CatalogueImport.State.READY, 1500)
    for host in hosts:
        assert browser.get(host, address).status == 200
        assert not (host.folder / "uploads").exists()


def test_wrong_passwords_are_counted_together(hosts: list[Host], settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, where the test needs no host
    guess = {"username": "ana", "password": "wrong"}
    for _ in range(settings.AXES_FAILURE_LIMIT - 2):
        assert Client().post("/accounts/log-in/", guess).status_code == 200
    answers = [Browser().post(hosts[turn % 2], "/accounts/log-in/", guess).status for turn in range(4)]
    assert answers == [200, 429, 429, 429]


def test_requests_are_counted_together(hosts: list[Host]) -> None:
    ana = Browser()
    ana.post(hosts[0], "/accounts/sign-up/", MEMBER)
    form = {"email": "nobody@example.org"}
    answers = [ana.post(hosts[turn % 2], "/accounts/password/forgotten/", form).status for turn in range(7)]
    assert answers == [302] * 5 + [429] * 2


def test_each_host_has_metrics_of_its_own(hosts: list[Host]) -> None:
    here, there = hosts
    before = [requests_of(host) for host in hosts]
    for _ in range(3):
        Browser().get(here, "/healthz")
    assert requests_of(there) == before[1] + 1
    assert requests_of(here) == before[0] + 4


def requests_of(host: Host) -> int:
    """How many requests the host says that it answered well, as its metrics count them."""
    answer = Browser().get(host, "/metrics", Authorization=f"Bearer {host.environment['METRICS_TOKEN']}")
    assert "movierec_database_up 1.0" in answer.text
    found = re.search(r'movierec_requests_total\{method="GET",status="2xx"\} (\S+)', answer.text)
    assert found
    return int(float(found[1]))
