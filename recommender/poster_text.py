"""Sets a title on a poster without knowing the fonts: estimated widths, balanced lines, the largest size that fits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LEFT, RIGHT_EDGE, BASELINE = 22, 278, 404  # the title's last line stands on the baseline
_SIZES = (46, 41, 36, 32, 28, 25, 22, 19, 17, 15)
_LINE = 1.08  # line height, in font sizes
_ROOM = 116  # the tallest title
_WIDTHS = (
    (frozenset("iljtfrI.,:;'!|()[]-1"), 0.38),
    (frozenset("mwMWЖШЩЮМФЫжшщюмфыDOQGNHУДОНИП@%&"), 0.86),
)


@dataclass(frozen=True)
class Line:
    """One line of type with its place."""

    words: str
    y: float
    size: float
    weight: int
    right_to_left: bool


def width_of(text: str) -> float:
    """Estimated width in font sizes of bold sans-serif type, rather too wide than too narrow."""
    return sum(_width(char) for char in text)


def _width(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    for chars, width in _WIDTHS:
        if char in chars:
            return width
    if char == " ":
        return 0.3
    return 0.74 if char.isupper() else 0.64


def printable(text: str) -> str:
    """The text without characters that XML does not allow."""
    return "".join(char for char in text if char.isprintable())


def set_title(title: str) -> list[Line]:
    """Lines of the title from top to bottom; what follows a colon is set smaller, as posters do."""
    title = " ".join(printable(title).split())
    main, _, rest = title.partition(": ")
    if rest and width_of(main) >= 1.5 and width_of(title) > 9:
        return _stack(main, rest)
    return _stack(title, "")


def _stack(main: str, rest: str) -> list[Line]:
    """Main title with an optional smaller second part, from the baseline upwards."""
    room = _ROOM if not rest else _ROOM * 0.6
    size, lines = _fit(main, room)
    small, more = _fit(rest, _ROOM - len(lines) * size * _LINE - 4, largest=size * 0.62) if rest else (0.0, [])
    placed = []
    y = float(BASELINE)
    for words in reversed(more):
        placed.append(Line(words, round(y, 1), small, 600, _is_right_to_left(words)))
        y -= small * _LINE * 1.08
    y -= 3 if more else 0
    for words in reversed(lines):
        placed.append(Line(words, round(y, 1), size, 800, _is_right_to_left(words)))
        y -= size * _LINE
    return placed[::-1]


def _fit(text: str, room: float, largest: float = 99) -> tuple[float, list[str]]:
    """The largest size at which the text fits, with its lines; a text too long for all sizes ends in an ellipsis."""
    for size in (size for size in _SIZES if size <= largest or size == _SIZES[-1]):
        wide = (RIGHT_EDGE - LEFT) / size
        most = max(1, int(room / (size * _LINE)))
        lines = balance(_pieces(text, wide if size == _SIZES[-1] else 0), wide)
        if lines and len(lines) <= most and all(width_of(line) <= wide for line in lines):
            return size, lines
    kept = lines[:most]
    return _SIZES[-1], [*kept[:-1], kept[-1][: max(1, len(kept[-1]) - 2)].rstrip() + "…"]


def _pieces(text: str, longest: float) -> list[str]:
    """Words, each with the space before it; scripts that write without spaces may break between any two characters."""
    pieces: list[str] = []
    for word in re.split(r"(?<=\s)|(?<=[-–—])(?=\w)", text):
        if any(unicodedata.east_asian_width(char) in "WF" for char in word):
            pieces += list(word)
        elif longest and width_of(word) > longest:
            at = max(1, int(longest / 0.85))
            pieces += [word[i : i + at] for i in range(0, len(word), at)]
        else:
            pieces.append(word)
    return pieces


def balance(pieces: list[str], wide: float) -> list[str]:
    """Break into as few lines as fit, then choose the breaks that leave the lines most alike in width."""
    widths = [width_of(piece) for piece in pieces]
    n = len(pieces)
    # best[i]: (lines used, raggedness, where the line before starts) for the first i pieces
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)] + [(n + 1, 0.0, 0)] * n
    for end in range(1, n + 1):
        for start in range(end):
            width = sum(widths[start:end])
            if width > wide + 0.3 and end - start > 1:
                continue
            lines, ragged, _ = best[start]
            candidate = (lines + 1, ragged + (wide - width) ** 2, start)
            best[end] = min(best[end], candidate)
    broken: list[str] = []
    at = n
    while at:
        start = best[at][2]
        broken.append("".join(pieces[start:at]).strip())
        at = start
    return broken[::-1]


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
