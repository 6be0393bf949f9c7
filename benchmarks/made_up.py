"""Makes up catalogues and likes of any size that behave like real ones: few common words and films, many rare ones.

python -m benchmarks.made_up films 100000 films.csv
python -m benchmarks.made_up likes 100000 5000000 likes.csv
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

GENRES = ("Drama", "Comedy", "Thriller", "Romance", "Crime", "Horror", "Adventure", "Animation", "War", "Western")
COUNTRIES = ("United States", "France", "Japan", "India", "Kazakhstan", "Russia", "Brazil", "Italy")
FIELDS = (
    "title",
    "year",
    "genres",
    "description",
    "director",
    "cast",
    "keywords",
    "country",
    "runtime",
    "movielens_id",
)
LIKES_OF_ONE = 50  # on average
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il", "os", "un"))
_WORDS, _PEOPLE = 40_000, 20_000
_AT_ONCE = 1000


def films(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Films as rows of a CSV file. A film takes its words from its genre's part of the vocabulary and from all."""
    rng = np.random.default_rng(seed)
    words, people = _names(_WORDS, 3), _names(_PEOPLE, 4)
    for start in range(0, count, _AT_ONCE):
        for number in range(start, min(start + _AT_ONCE, count)):
            yield _film(number, words, people, rng)


def likes(films: int, count: int, seed: int = 1) -> Iterator[tuple[int, int, str, int]]:
    """Likes as rows of a MovieLens file (visitor, film, rating, time). Everybody has two genres; fame helps a film."""
    rng = np.random.default_rng(seed)
    fame = _zipf(films, 0.7)[rng.permutation(films)]
    genre = np.arange(films) % len(GENRES)
    by_genre = [np.flatnonzero(genre == one) for one in range(len(GENRES))]
    odds = [fame[rows] / fame[rows].sum() for rows in by_genre]
    left, visitor = count, 0
    while left > 0:
        visitor += 1
        size = min(left, 1 + int(rng.exponential(LIKES_OF_ONE)))
        taste = rng.choice(len(GENRES), 2, replace=False)
        chosen = np.concatenate([rng.choice(by_genre[one], size // 2 + 1, p=odds[one]) for one in taste])
        for film in np.unique(chosen)[:size].tolist():
            left -= 1
            yield visitor, film + 1, "5.0", 1_700_000_000 + left


def write_films(path: Path, count: int, seed: int = 1) -> None:
    """A CSV file for `import_movies`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(films(count, seed))


def write_likes(path: Path, films: int, count: int, seed: int = 1) -> None:
    """A CSV file for `import_likes`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("userId", "movieId", "rating", "timestamp"))
        writer.writerows(likes(films, count, seed))


def _film(number: int, words: Sequence[str], people: Sequence[str], rng: np.random.Generator) -> dict[str, str]:
    genre = number % len(GENRES)
    second = GENRES[int(rng.integers(len(GENRES)))]
    # Frequencies as in real texts (Zipf): the square of a uniform number favours the first words.
    anywhere = (rng.random(25) ** 3 * len(words)).astype(int)
    own = (rng.random(15) ** 2 * 400).astype(int) + 2000 + genre * 400
    text = [words[at] for at in np.concatenate([anywhere, own])]
    crew = [people[int(at)] for at in (rng.random(5) ** 2 * len(people)).astype(int)]
    return {
        "title": f"{words[int(own[0])]} {words[int(anywhere[0])]} {number}".title(),
        "year": str(1920 + int(rng.integers(105))),
        "genres": "|".join(sorted({GENRES[genre], second})),
        "description": " ".join(text).capitalize() + ".",
        "director": crew[0].title(),
        "cast": "|".join(dict.fromkeys(name.title() for name in crew[1:])),
        "keywords": "|".join(dict.fromkeys(text[-3:])),
        "country": COUNTRIES[int(rng.integers(len(COUNTRIES)))],
        "runtime": str(70 + int(rng.integers(80))),
        "movielens_id": str(number + 1),
    }


def _names(count: int, syllables: int) -> list[str]:
    """So many different words of up to so many syllables."""
    made = []
    for number in range(count):
        word, rest = "", number + 1
        for _ in range(syllables):
            rest, at = divmod(rest, len(_SYLLABLES))
            word += _SYLLABLES[at]
            if not rest:
                break
        made.append(word)
    return made


def _zipf(count: int, power: float) -> np.ndarray:
    return 1 / np.arange(1, count + 1) ** power


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("films", "likes"):
        command = kinds.add_parser(kind)
        command.add_argument("films", type=int)
        if kind == "likes":
            command.add_argument("likes", type=int)
        command.add_argument("file", type=Path)
    options = parser.parse_args()
    if options.kind == "films":
        write_films(options.file, options.films)
    else:
        write_likes(options.file, options.films, options.likes)


if __name__ == "__main__":
    main()
