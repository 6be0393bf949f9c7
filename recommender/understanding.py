"""What can be read out of a typed request for certain: years, genres, people, and what is not wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.models import Person
from catalog.vocabulary import known_genre

LONGEST = 500  # characters of a request that are read
_LONGEST_NAME = 3  # words in a genre's or a person's name

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_NEGATIONS = {"not", "no", "without", "не", "без", "емес"}
_SPAN = re.compile(r"(?<!\w)((?:18|19|20)\d\d)\s*[-–—]\s*((?:18|19|20)\d\d)(?!\w)")
_DECADE = re.compile(r"(?<!\w)((?:18|19|20)?\d0)['’]?(?:s|-?(?:е|х|ых|ые))(?!\w)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\w)((?:18|19|20)\d\d)(?!\w)")
_LOOSE_COMMAS = re.compile(r"\s*,(?:\s*,)*\s*")
_THIS_CENTURY = 30  # "20s" means the 2020s, "30s" the 1930s


class Kind(StrEnum):
    """What a piece of the request was understood as."""

    GENRE = "genre"
    WITHOUT_GENRE = "without_genre"
    WITHOUT_WORD = "without_word"
    PERSON = "person"
    YEARS = "years"
    WORDS = "words"


@dataclass(frozen=True)
class Understood:
    """One piece of the request: its kind, how to name it, and the words it came from."""

    kind: Kind
    label: str
    text: str


@dataclass
class Understanding:
    """A request taken apart; `words` is what vector and lexical match get to see."""

    words: str = ""
    genres: list[str] = field(default_factory=list)
    without_genres: list[str] = field(default_factory=list)
    without_words: list[str] = field(default_factory=list)
    years: tuple[int, int] | None = None
    pieces: list[Understood] = field(default_factory=list)


def understand(text: str) -> Understanding:
    """Take a request apart. One query at most, and only where two or three words could be a name."""
    found = Understanding()
    rest = _take_years(" ".join(text[:LONGEST].split()), found)
    rest = _take_genres_and_negations(rest, found)
    _notice_people(rest, found)
    found.words = tidy(rest)
    if _WORD.search(found.words):
        found.pieces.append(Understood(Kind.WORDS, found.words, found.words))
    return found


def tidy(words: str) -> str:
    """Words without the commas that stay behind when something between them was understood and taken out."""
    return " ".join(_LOOSE_COMMAS.sub(", ", words).split()).strip(" ,;")


def _take_years(text: str, found: Understanding) -> str:
    """Take the first span, decade or year out of the text."""
    if match := _SPAN.search(text):
        years = (int(match[1]), int(match[2]))
        found.years, label = (min(years), max(years)), f"{min(years)}–{max(years)}"
    elif match := _DECADE.search(text):
        first = _decade(match[1])
        found.years, label = (first, first + 9), f"{first}–{first + 9}"
    elif match := _YEAR.search(text):
        found.years, label = (int(match[1]), int(match[1])), match[1]
    else:
        return text
    found.pieces.append(Understood(Kind.YEARS, label, match[0]))
    return text[: match.start()] + " " + text[match.end() :]


def _decade(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) < _THIS_CENTURY else 1900)


def _take_genres_and_negations(text: str, found: Understanding) -> str:
    """Note the genres, and take out "not" together with the genre or word that follows it."""
    words = list(_WORD.finditer(text))
    kept, at, gone_to = [], 0, 0
    while at < len(words):
        negated = words[at][0].lower() in _NEGATIONS and at + 1 < len(words)
        start = at + negated
        genre, length = _genre_at(words, start)
        piece = text[words[at].start() : words[start + length - 1].end()]
        if genre:
            kind, names = (Kind.WITHOUT_GENRE, found.without_genres) if negated else (Kind.GENRE, found.genres)
            if genre not in names:
                names.append(genre)
                found.pieces.append(Understood(kind, genre, piece))
        elif negated:
            found.without_words.append(words[start][0].lower())
            found.pieces.append(Understood(Kind.WITHOUT_WORD, words[start][0], piece))
        if negated:
            kept.append(text[gone_to : words[at].start()])
            gone_to = words[start + length - 1].end()
        at = start + length
    return "".join(kept) + text[gone_to:]


def _genre_at(words: Sequence[re.Match[str]], start: int) -> tuple[str | None, int]:
    """The longest genre name that starts at a word, and how many words it has (1 when there is none)."""
    for length in range(min(_LONGEST_NAME, len(words) - start), 0, -1):
        if genre := known_genre(" ".join(word[0] for word in words[start : start + length])):
            return genre, length
    return None, 1


def _notice_people(text: str, found: Understanding) -> None:
    """Note the people whose whole name stands in the text; the words stay, since they also find films by name."""
    spellings = dict(_possible_names(text))
    if not spellings:
        return
    for name in Person.objects.filter(name__in=spellings).order_by("pk").values_list("name", flat=True):
        found.pieces.append(Understood(Kind.PERSON, name, spellings[name]))


def _possible_names(text: str) -> Iterator[tuple[str, str]]:
    """Runs of two or three words, as typed and with capitals, each with the words it came from."""
    words = [match[0] for match in _WORD.finditer(text)]
    for length in range(2, _LONGEST_NAME + 1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            typed = " ".join(run)
            yield typed, typed
            yield " ".join(word[:1].upper() + word[1:] for word in run), typed
