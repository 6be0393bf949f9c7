"""The arrows between the rooms hold, and the web process stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A room, and what its modules may not import.
FORBIDDEN = {
    "catalog": ("recommender", "health", "movierec_site"),
    "recommender": ("health", "movierec_site"),
    "health": ("movierec_site",),
    "jobs": ("catalog", "recommender", "health", "movierec_site"),
    "recommender/ml": ("django", "catalog", "jobs", "movierec_site"),
}
# Only training and evaluation may load these; they cost seconds and hundreds of megabytes.
HEAVY = ("torch", "pandas", "scipy", "sklearn", "implicit")


def imports_of(module: Path) -> Iterator[str]:
    """Full names of all that a module imports, inside functions too."""
    package = module.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            yield ".".join(part for part in (base, node.module) if part)


@pytest.mark.parametrize(("room", "forbidden"), FORBIDDEN.items())
def test_rooms_import_only_what_they_may(room: str, forbidden: tuple[str, ...]) -> None:
    modules = list((ROOT / room).rglob("*.py"))
    assert modules
    wrong = [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules
        for name in imports_of(module)
        if name.split(".")[0] in forbidden
    ]
    assert not wrong


def test_ml_imports_nothing_of_the_rest_of_its_room() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in (ROOT / "recommender/ml").rglob("*.py")
        for name in imports_of(module)
        if name.startswith("recommender") and not name.startswith("recommender.ml")
    ]
    assert not wrong


def test_the_check_sees_an_arrow_that_points_the_wrong_way(tmp_path: Path) -> None:
    module = ROOT / "catalog" / "models" / "people.py"
    assert "catalog.models.films" in set(imports_of(module))


def test_the_web_process_loads_nothing_heavy() -> None:
    code = (
        "import django, sys; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import movierec_site.wsgi, recommender.services\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "movierec_site.settings", "DEBUG": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("room", ["catalog", "health", "jobs", "recommender", "movierec_site", "tests"])
def test_every_module_says_what_it_is_for(room: str) -> None:
    silent = [
        str(module.relative_to(ROOT))
        for module in (ROOT / room).rglob("*.py")
        if "migrations" not in module.parts
        and (text := module.read_text(encoding="utf-8")).strip()
        and not ast.get_docstring(ast.parse(text))
    ]
    assert not silent
