"""Prometheus reads the site's numbers, when the operator turned them on and only with the token."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-tests-only"

# A site with metrics is a process of its own: the library decides on loading where its files lie.
VISIT = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from catalog.models import Movie
Movie.objects.create(title="Heat", year=1995)
site = Client(HTTP_HOST="localhost")
site.get("/"); site.get("/?q=rain"); site.get("/nowhere/")
print(site.get("/metrics").status_code, site.get("/metrics", HTTP_AUTHORIZATION="Bearer wrong").status_code)
print(site.get("/metrics", HTTP_AUTHORIZATION="Bearer a-token-for-tests-only").content.decode())
"""


def test_off_by_default(client: Client) -> None:
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_counts_of_all_processes_are_added_up(tmp_path: Path) -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "movierec_site.settings",
        "DEBUG": "1",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "METRICS_TOKEN": TOKEN,
        "LOG_LEVEL": "ERROR",
        "PATH": os.environ["PATH"],
    }
    for _process in range(2):
        done = subprocess.run(
            [sys.executable, "-c", VISIT.replace('"Heat"', f'"Heat {_process}"')],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    codes, _, text = done.stdout.partition("\n")
    assert codes == "403 403"
    numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    assert numbers['movierec_requests_total{method="GET",status="2xx"}'] == "5.0"  # two each, and the first metrics
    assert numbers['movierec_requests_total{method="GET",status="4xx"}'] == "6.0"
    assert float(numbers["movierec_recommendation_seconds_count"]) >= 4
    assert numbers["movierec_films"] == "2.0"
    assert numbers["movierec_index_films"] == "0.0"
    assert numbers['movierec_jobs{state="waiting"}'] == "0.0"
    assert numbers["movierec_database_up"] == "1.0"
    assert "movierec_model_age_seconds" not in text
    assert "Heat" not in text


@pytest.mark.parametrize("token", ["short", "ключ-из-русских-букв"])
def test_a_weak_token_stops_the_start(tmp_path: Path, token: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import movierec_site.settings"],
        cwd=ROOT,
        env={"DEBUG": "1", "VAR_DIR": str(tmp_path), "METRICS_TOKEN": token, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "METRICS_TOKEN must have at least 16" in done.stderr
