"""How far a typed word is from a known one: letters wrong, missing, added or swapped."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that needs the fewest changes, if it is one (or two in a long word); ties go by the alphabet."""
    allowed = 1 if len(word) < 8 else 2
    best = ""
    for candidate in sorted(known):
        if abs(len(candidate) - len(word)) <= allowed:
            steps = distance(word, candidate, allowed)
            if steps <= allowed:
                best, allowed = candidate, steps - 1
        if allowed < 0:
            break
    return best


def distance(one: str, other: str, most: int) -> int:
    """Changes between two words (Damerau-Levenshtein with adjacent swaps); stops counting beyond `most`."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        row = [i]
        for j, letter in enumerate(other, 1):
            steps = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (char != letter))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == letter:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return above[-1]
