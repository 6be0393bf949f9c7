"""Every answer carries the headers that browsers keep visitors safe by, and no page asks anything of another site."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client

from tests.answers import drain
from tests.rights.rules import rules
from tests.rights.world import World

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Names and namespaces, which nobody fetches, and links that somebody has to press.
NEVER_FETCHED = ("http://www.w3.org/", "https://www.w3.org/")


def is_safe(answer: Any, address: str) -> None:
    kind = answer.headers.get("Content-Type", "")
    assert not kind.startswith("text/") or "charset=" in kind, address
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, (address, name)
    assert "camera=()" in answer.headers["Permissions-Policy"], address
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, address
    for hole in ("unsafe-", "https:", "http:", "*", "strict-dynamic"):
        assert hole not in policy, (address, hole)


@pytest.mark.parametrize("who", ["anonymous", "owner", "superuser"])
def test_every_answer_has_them(settings: Any, tmp_path: Path, who: str) -> None:
    settings.VAR_DIR = tmp_path / "var"
    world = World()
    client = world.client(who)
    for rule in rules():
        if who == "superuser" and not rule.name.startswith("admin"):
            continue
        address = rule.address.format(**world.things)
        answer = client.get(address)
        is_safe(answer, address)
        drain(answer)


def test_pages_of_errors_have_them(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    is_safe(client.get("/nowhere/"), "404")
    is_safe(client.post("/films/1/like/", {}), "404")
    is_safe(Client(enforce_csrf_checks=True).post("/accounts/sign-up/", {}), "403")
    settings.RATE_LIMITS = {"recommender:home": ("GET", 0, 0, 60)}
    is_safe(client.get("/"), "429")
    is_safe(client.post("/accounts/log-in/", b"&a=1" * 1001, "application/x-www-form-urlencoded"), "400")
    monkeypatch.setattr("recommender.views.films.browse", lambda *_: 1 / 0)
    answer = client.get("/films/")
    assert answer.status_code == 500
    is_safe(answer, "500")


@pytest.mark.parametrize(
    "address", ["/static/css/movierec.css", "/static/nothing.css", "/static/../manage.py", "/static/"]
)
def test_files_of_the_site_have_them(client: Client, address: str) -> None:
    answer = client.get(address)
    is_safe(answer, address)
    assert "Access-Control-Allow-Origin" not in answer.headers
    drain(answer)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "head", "trace"])
def test_answers_to_unusual_methods_have_them(client: Client, method: str) -> None:
    for address in ("/", "/films/1/like/", "/accounts/log-in/", "/static/css/movierec.css", "/media/x", "/nowhere"):
        answer = getattr(client, method)(address)
        is_safe(answer, address)
        drain(answer)


def test_styles_and_scripts_come_from_here_or_carry_the_word_of_the_page(client: Client) -> None:
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    page = answer.content.decode()
    assert not re.search(r"<[^>]+\sstyle\s*=", page)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", page)
    nonces = re.findall(r'<script(?![^>]*\bsrc=)[^>]*nonce="([^"]+)"', page)
    assert all(f"'nonce-{nonce}'" in policy for nonce in nonces)
    assert len(re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)) == len(nonces)


@pytest.mark.parametrize("name", ["evil.html", "evil.svg", "evil.js", "evil.xml", "evil", "evil.webp.html", "evil.pdf"])
def test_nothing_among_the_pictures_can_run(client: Client, name: str) -> None:
    file = Path(site.MEDIA_ROOT) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<script>alert(1)</script>", encoding="utf-8")
    answer = client.get(f"/media/{name}")
    drain(answer)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "//etc/passwd",
        "a/../../secret.txt",
        "9" * 400,
        "a%00b",
        "x/" * 3000,
    ],
)
def test_no_path_leads_out_of_the_pictures(client: Client, path: str) -> None:
    folder = Path(site.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    answer = client.get(f"/media/{path}")
    assert answer.status_code in (301, 400, 404)
    assert b"secret" not in getattr(answer, "content", b"")


def test_downloads_are_downloads(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    owner = World().client("owner")
    for address in ("/accounts/export/movierec.json", "/accounts/export/letterboxd/watchlist/"):
        answer = owner.get(address)
        assert answer["Content-Disposition"].startswith("attachment"), address
        assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"], address
        drain(answer)


def test_no_source_names_another_host_to_fetch_from() -> None:
    fetching = re.compile(
        r"""(?:src|srcset|action|data|poster|xlink:href)\s*=\s*["']?(?:https?:)?//|<link[^>]+href\s*=\s*["']?(?:https?:)?//"""
        r"""|url\(\s*["']?(?:https?:)?//|@import|(?:fetch|import|Worker|EventSource|WebSocket)\(\s*["'`](?:https?:|wss?:)?//"""
    )
    files = [file for folder in ("templates", "static") for file in (ROOT / folder).rglob("*") if file.is_file()]
    texts = [file for file in files if file.suffix in {".html", ".css", ".js", ".svg", ".json", ".webmanifest"}]
    assert len(texts) > 50
    found = [
        f"{file.relative_to(ROOT)}: {hit}"
        for file in texts
        for hit in fetching.findall(file.read_text(encoding="utf-8"))
        if "vendor" not in file.parts and not hit.endswith(NEVER_FETCHED)
    ]
    assert found == []


def test_browsers_are_told_to_come_by_https_for_a_year() -> None:
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "answer = Client().get('/healthz', secure=True, headers={'Host': 'films.example.org'})\n"
        "print(answer['Strict-Transport-Security'])\n"
        "answer = Client().get('/start/', headers={'Host': 'films.example.org'})\n"
        "print(answer.status_code, answer['Location'])\n"
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE)\n"
    )
    environment = {**os.environ, "DEBUG": "0", "HTTPS": "1", "ALLOWED_HOSTS": "films.example.org", "LOG_LEVEL": "ERROR"}
    environment["DJANGO_SETTINGS_MODULE"] = "movierec_site.settings"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "max-age=31536000; includeSubDomains; preload",
        "301 https://films.example.org/start/",
        "True True True Lax",
    ]
