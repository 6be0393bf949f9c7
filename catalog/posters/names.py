"""The names of a poster's files: one for each width that pages use, all told by the name of the largest."""

from __future__ import annotations

import re

# Small lists, cards, cards on sharp screens, a film's page.
WIDTHS = (160, 240, 480, 720)
FOLDER = "posters"
_OURS = re.compile(rf"({FOLDER}/[0-9a-f]{{24}}x([0-9]{{2,3}}))\.webp")
_ANY_SIZE = re.compile(rf"{FOLDER}/[0-9a-f]{{24}}x[0-9]{{2,3}}(?:-[0-9]{{2,3}})?\.webp")


def name_of(key: str, width: int) -> str:
    """The name of the largest file; it is the one that the film keeps."""
    return f"{FOLDER}/{key}x{width}.webp"


def sizes_of(name: str) -> dict[int, str]:
    """The files of a poster by their widths; nothing for a picture that is not one of ours."""
    found = _OURS.fullmatch(name)
    if not found:
        return {}
    largest = int(found[2])
    return {**{width: f"{found[1]}-{width}.webp" for width in WIDTHS if width < largest}, largest: name}


def never_changes(name: str) -> bool:
    """Whether a file's name comes from its content, so that browsers may keep it for good."""
    return _ANY_SIZE.fullmatch(name) is not None
