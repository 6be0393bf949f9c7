"""The lock files hold what the requirements name, and nothing that leads to one machine."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path.name for path in ROOT.glob("requirements*.txt"))
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==([\w.]+)$")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(name: str) -> dict[str, str]:
    """What a requirements file and those that it names ask for."""
    found: dict[str, str] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= required(line.removeprefix("-r ").strip())
        elif line and not line.startswith("#"):
            pin = PIN.match(line)
            assert pin, f"{name}: {line}"
            found[plain(pin[1])] = pin[2]
    return found


def locked(name: str) -> dict[str, set[str]]:
    text = (ROOT / name).with_suffix(".lock").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_lock_holds_what_is_required(name: str) -> None:
    """If not, run bin/lock."""
    versions = locked(name)
    wanted = {package: {version} for package, version in required(name).items() if package != "torch"}
    assert {package: versions.get(package) for package in wanted} == wanted
    assert "torch" not in versions
    assert not [package for package in versions if package.startswith(("nvidia", "cuda", "triton"))]


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_a_checksum_and_no_address(name: str) -> None:
    text = (ROOT / name).with_suffix(".lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 2
    for block in blocks:
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [^\\]+)? \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+", block), block[
            :200
        ]


def test_all_locks_agree() -> None:
    versions: dict[str, set[frozenset[str]]] = {}
    for name in FILES:
        for package, found in locked(name).items():
            versions.setdefault(package, set()).add(frozenset(found))
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}
