"""The kinds of files that are known by their headers, and the names under which columns carry our fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

# Our field, then the headers that mean it; the first one that a file has wins. Compared without case, spaces and "_".
_NAMES = {
    "title": "title name seriestitle primarytitle movietitle filmtitle movie film movienames название фильм атауы",
    "original_title": "originaltitle originalname оригинальноеназвание",
    "year": "year releasedyear releaseyear startyear releasedate released premiered год годвыпуска жыл",
    "genres": "genres genre listedin жанры жанр",
    "description": "description overview plot synopsis summary storyline plotsummary описание сюжет",
    "directors": "directors director directedby режиссеры режиссер режиссёры режиссёр",
    "cast": "cast actors actor stars starring topcast актеры актёры вролях",
    "crew": "crew",
    "countries": "countries country productioncountries origincountry страны страна",
    "runtime": "runtime duration runtime(mins) runtime(min) runtimeminutes runtimemins durationmin length "
    "длительность продолжительность",
    "poster_url": "posterurl posterlink posteraddress poster imageurl image постер",
    "keywords": "keywords keyword plotkeywords tags ключевыеслова",
    "language": "originallanguage language lang язык",
    "is_published": "ispublished",
    "imdb_id": "imdbid imdb imdbtitleid const tconst",
    "tmdb_id": "tmdbid tmdb",
    "movielens_id": "movielensid movielens",
    "user": "user username visitor profile member userid пользователь",
    "rating": "rating yourrating userrating",
    "time": "timestamp date likedat createdat since",
}
_HEADERS = {name: aliases.split() for name, aliases in _NAMES.items()}
_NUMBERED = re.compile(r"(star|actor|cast|director|genre)s?([0-9]+)")
_NUMBERED_FIELDS = {"star": "cast", "actor": "cast", "cast": "cast", "director": "directors", "genre": "genres"}
_LIKE_FIELDS = {"user", "rating", "time"}


@dataclass(frozen=True)
class Format:
    """A kind of file: how to recognise it, and what its columns mean beyond the common names."""

    name: str
    signature: frozenset[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()  # of the type column, what counts as a film
    year_in_title: bool = False  # "Matrix, The (1999)"
    quoted: bool = True  # whether quotation marks protect a cell, or are letters like others
    exact: bool = False  # our own export: a cell says just what it says, and "None" may be a title

    def fits_headers(self, headers: Sequence[str]) -> bool:
        """Whether a file with these headers can be of this kind."""
        return self.signature <= {header_key(header) for header in headers}


_IMDB_FILMS = frozenset({"movie", "tvmovie", "short", "tvshort", "video", "tvspecial"})
FORMATS = {
    kind.name: kind
    for kind in (
        Format("movierec", frozenset({"title", "originaltitle", "ispublished", "movielensid"}), exact=True),
        Format("tmdb", frozenset({"id", "title", "overview", "originallanguage"}), {"id": "tmdb_id"}),
        Format("tmdb-credits", frozenset({"movieid", "title", "cast", "crew"}), {"movieid": "tmdb_id"}),
        Format(
            "movielens",
            frozenset({"movieid", "title", "genres"}),
            {"movieid": "movielens_id"},
            year_in_title=True,
        ),
        Format("netflix", frozenset({"showid", "title", "type"}), {"type": "kind"}, frozenset({"movie"})),
        Format("imdb", frozenset({"const", "titletype"}), {"titletype": "kind"}, _IMDB_FILMS),
        Format(
            "imdb-basics",
            frozenset({"tconst", "titletype", "primarytitle"}),
            {"titletype": "kind"},
            _IMDB_FILMS,
            quoted=False,
        ),
        Format("movielens-ratings", frozenset({"userid", "movieid", "rating"}), {"movieid": "movielens_id"}),
        Format("csv"),
    )
}


@dataclass(frozen=True)
class Columns:
    """Where a file keeps each field: column numbers by field, and by (language, field) for translated texts."""

    fields: Mapping[str, Sequence[int]]
    texts: Mapping[tuple[str, str], int]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def __len__(self) -> int:
        return len(self.fields) + len(self.texts)


def header_key(header: str) -> str:
    """A header without what people vary: case, spaces, underscores, dashes and dots."""
    return re.sub(r"[\s_\-.]+", "", header).casefold()


def format_of(headers: Sequence[str]) -> Format:
    """The first known kind of file that these headers fit; plain CSV fits any."""
    return next(kind for kind in FORMATS.values() if kind.fits_headers(headers))


def columns_of(headers: Sequence[str], kind: Format, *, likes: bool = False) -> Columns:
    """Find out which column means which field; columns that mean nothing to us are left alone."""
    keys = [header_key(header) for header in headers]
    fields: dict[str, list[int]] = {}
    for name, aliases in _HEADERS.items():
        special = [key for key, target in kind.columns.items() if target == name]
        found = next((keys.index(key) for key in (*special, *aliases) if key in keys), None)
        taken = found is not None and kind.columns.get(keys[found], name) != name
        if found is not None and not taken and (likes or name not in _LIKE_FIELDS):
            fields[name] = [found]
    for key, target in kind.columns.items():
        if target == "kind" and key in keys:
            fields["kind"] = [keys.index(key)]
    for number, column in sorted(_numbered(keys), key=lambda pair: pair[0][1]):
        fields.setdefault(_NUMBERED_FIELDS[number[0]], []).append(column)
    texts = _translated(keys)
    main = settings.LANGUAGE_CODE.split("-")[0]
    for name in ("title", "description"):
        if name not in fields and (main, name) in texts:
            fields[name] = [texts.pop((main, name))]
    return Columns(fields, texts)


def _numbered(keys: Sequence[str]) -> list[tuple[tuple[str, int], int]]:
    found = ((_NUMBERED.fullmatch(key), column) for column, key in enumerate(keys))
    return [((match[1], int(match[2])), column) for match, column in found if match]


def _translated(keys: Sequence[str]) -> dict[tuple[str, str], int]:
    """Columns such as title_ru, "Title (ru)" or ru_title."""
    texts: dict[tuple[str, str], int] = {}
    for name in ("title", "description"):
        for code, _name in settings.LANGUAGES:
            for alias in _HEADERS[name]:
                for spelling in (f"{alias}{code}", f"{alias}({code})", f"{code}{alias}"):
                    if spelling in keys:
                        texts.setdefault((code, name), keys.index(spelling))
    return texts
