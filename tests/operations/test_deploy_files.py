"""The files in deploy/ hold what they promise: programs accept them, and all that they name exists."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc")


@pytest.mark.parametrize("path", [*FILES, ROOT / "docs/operations.md"], ids=lambda path: path.name)
def test_commands_and_options_exist(path: Path) -> None:
    for line in re.findall(r"manage\.py ([a-z_]+[^`\n|;&]*)", path.read_text(encoding="utf-8")):
        name, *options = shlex.split(line.split("#")[0].split("→")[0], posix=True)
        if name in get_commands() and options and path.suffix != ".md":
            parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
            parser.parse_args(options)
        assert name in get_commands()


def test_the_settings_exist() -> None:
    names = re.findall(r"^([A-Z_]+)=", (DEPLOY / "movierec.env").read_text(encoding="utf-8"), re.M)
    assert "SECRET_KEY" in names
    assert [name for name in names if f"| `{name}` |" not in PAGE] == []


def test_gunicorn_knows_its_settings() -> None:
    scope: dict[str, object] = {}
    exec((DEPLOY / "gunicorn.conf.py").read_text(encoding="utf-8"), scope)  # noqa: S102  (it is our own file)
    known = set(Config().settings)
    ours = {name for name in scope if name in known or (name.islower() and not name.startswith("_") and name != "os")}
    assert ours <= known
    assert scope["control_socket_disable"] is True
    assert "accesslog" in ours


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        words = unit.read_text(encoding="utf-8")
        # The programs of the example lie elsewhere here; everything else is as it is.
        words = re.sub(r"/srv/movierec/\.venv/bin/\w+", "/bin/true", words).replace("/srv/movierec", "/tmp")  # noqa: S108
        (tmp_path / unit.name).write_text(words.replace("User=movierec\nGroup=movierec\n", ""), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "movierec" in line]
    assert complaints == []


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
@pytest.mark.parametrize("name", ["nginx.conf", "nginx-balancer.conf"])
def test_nginx_accepts_its_file(tmp_path: Path, name: str) -> None:
    site = (DEPLOY / name).read_text(encoding="utf-8")
    site = re.sub(r"\n    ssl_certificate.*", "", site).replace("443 ssl", "8443").replace("listen 80;", "listen 8080;")
    conf = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {site} }}"
    (tmp_path / "nginx.conf").write_text(conf, encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_deployment_check_is_silent(tmp_path: Path) -> None:
    lines = (DEPLOY / "movierec.env").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings |= {"VAR_DIR": str(tmp_path), "BACKUP_DIR": str(tmp_path / "backups"), "PATH": os.environ["PATH"]}
    settings["SECRET_KEY"] = "k7Vq2" * 12  # the example's own is not random enough, and says so
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr
