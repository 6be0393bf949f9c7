"""What of a site can be seen, without times and numbers of rows, so that two ways to the same end compare equal."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Hashable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from recommender.ml.artifacts import ArtifactError, load
from recommender.operations.archives import DamagedBackup, unpack
from tests.slow.kills.databases import Ask, Rows, SQLite
from tests.slow.kills.site import Failed, Site

Seen = dict[str, frozenset[Hashable]]
ONLOOKER = "onlooker"  # looks at pages and keeps pressing buttons, so what they mark is nobody's end
_FILM = "m.title, m.year"


def seen(site: Site) -> Seen:
    """Everything there is, as sets of rows by what they are. Raises Failed where something is half made."""
    with site.database.asking(site.folder) as ask:
        return {
            "films": _films(ask),
            "search": _set(
                ask(
                    f"SELECT {_FILM}, s.titles, s.words, s.title_key FROM catalog_searchentry s"
                    " JOIN catalog_movie m ON m.id = s.movie_id"
                )
            ),
            "likes": _set(
                ask(
                    f"SELECT u.username, {_FILM} FROM catalog_like l JOIN catalog_movie m ON m.id = l.movie_id"
                    " JOIN catalog_user u ON u.id = l.user_id"
                )
            ),
            "marks": _set(
                ask(
                    f"SELECT u.username, k.kind, {_FILM} FROM catalog_mark k JOIN catalog_movie m ON m.id = k.movie_id"
                    f" JOIN catalog_user u ON u.id = k.user_id WHERE u.username <> '{ONLOOKER}'"
                )
            ),
            "accounts": _set(ask("SELECT username FROM catalog_user")),
            "vectors": _vectors(ask),
            "versions": _versions(ask, site, where="true"),
            "serving": _versions(ask, site, where="is_active"),
            "maps": _maps(ask),
            "imports of films": _imports(ask),
            "imports of visitors": _histories(ask),
            "jobs": _set(ask("SELECT kind, state FROM jobs_job")),
            "backups": frozenset(map(_saved, (site.folder / "backups").glob("*.tar.gz"))),
        }


def differences(found: Seen, wanted: Seen) -> str:
    """Where two states differ, in a few words."""
    parts = []
    for kind, rows in wanted.items():
        more, less = found[kind] - rows, rows - found[kind]
        if more or less:
            example = str(next(iter(more or less)))[:300]
            parts.append(f"{kind}: {len(more)} too many, {len(less)} missing, e.g. {example}")
    return "; ".join(parts)


def half_made(found: Seen, before: Seen, after: Seen, *, free: Iterable[str]) -> str:
    """Rows that are neither of the state before nor of the state after, so that a kill has made them."""
    parts = []
    for kind in found.keys() - set(free):
        strange = found[kind] - before[kind] - after[kind]
        lost = (before[kind] & after[kind]) - found[kind]
        if strange or lost:
            example = str(next(iter(strange or lost)))[:300]
            parts.append(f"{kind}: {len(strange)} half made, {len(lost)} lost, e.g. {example}")
    return "; ".join(parts)


def share_done(found: Seen, before: Seen, after: Seen) -> float:
    """Which share of the rows that the command makes is there."""
    made = {kind: after[kind] - before[kind] for kind in found}
    whole = sum(map(len, made.values()))
    return sum(len(rows & found[kind]) for kind, rows in made.items()) / whole if whole else 0.0


def how_far(found: Seen, before: Seen, after: Seen) -> str:
    """How far the work got that was killed, by what is in the database."""
    changed = [kind for kind in found if before[kind] != after[kind]]
    if all(found[kind] == before[kind] for kind in changed):
        return "nothing written yet"
    if all(found[kind] == after[kind] for kind in changed):
        return "all written"
    return "in the middle"


def _set(rows: Rows) -> frozenset[Hashable]:
    return frozenset(tuple(_plain(value) for value in row) for row in rows)


def _plain(value: Any) -> Hashable:
    """Values as both databases give them."""
    if isinstance(value, (bytes, memoryview)):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    return int(value) if isinstance(value, bool) else value


def _films(ask: Ask) -> frozenset[Hashable]:
    """Each film with all that belongs to it, so that one without its people would be seen."""
    parts: dict[int, list[Hashable]] = defaultdict(list)
    for sql in (
        "SELECT m.movie_id, 'genre', g.name, 0 FROM catalog_movie_genres m JOIN catalog_genre g ON g.id = m.genre_id",
        "SELECT m.movie_id, 'country', c.name, 0 FROM catalog_movie_countries m"
        " JOIN catalog_country c ON c.id = m.country_id",
        "SELECT c.movie_id, c.role, p.name, c.position FROM catalog_credit c"
        " JOIN catalog_person p ON p.id = c.person_id",
    ):
        for movie, *rest in ask(sql):
            parts[movie].append(tuple(rest))
    films = ask(
        "SELECT id, title, original_title, year, runtime, language, description, keywords, imdb_id, tmdb_id,"
        " movielens_id, is_published FROM catalog_movie"
    )
    return frozenset((*map(_plain, film[1:]), *sorted(parts[film[0]], key=str)) for film in films)


def _vectors(ask: Ask) -> frozenset[Hashable]:
    return _set(
        ask(
            f"SELECT {_FILM}, e.fingerprint, e.vector, v.config FROM recommender_embedding e"
            " JOIN catalog_movie m ON m.id = e.movie_id JOIN recommender_modelversion v ON v.id = e.version_id"
        )
    )


def _versions(ask: Ask, site: Site, *, where: str) -> frozenset[Hashable]:
    """Versions with the checksums of their weights. Each has to be there whole. Raises Failed."""
    rows = ask(
        "SELECT name, dimension, films, likes, config, metrics, data_fingerprint FROM recommender_modelversion"
        f" WHERE {where}"
    )
    return frozenset((*map(_plain, rest), _weights(site, name)) for name, *rest in rows)


def _weights(site: Site, name: str) -> tuple[str, ...]:
    try:
        files = load(site.folder / "models" / name).manifest["files"]
    except ArtifactError as problem:
        raise Failed(f"the version {name} is seen, and its files are not whole: {problem}") from problem
    return tuple(f"{file} {digest}" for file, digest in sorted(files.items()) if file != "loss.svg")


def _saved(path: Path) -> Hashable:
    """What a backup holds, models and database, after every checksum in it was checked. Raises Failed."""
    with TemporaryDirectory() as room:
        folder = Path(room)
        try:
            unpack(path, folder)
        except DamagedBackup as problem:
            raise Failed(f"the backup {path.name} is seen, and it is not whole: {problem}") from problem
        for part in ("backups", "models"):
            (folder / part).mkdir(exist_ok=True)
        (folder / "database" / "db.sqlite3").rename(folder / "db.sqlite3")
        site = Site(folder, SQLite())
        if damage := site.database.damage(folder):
            raise Failed(f"the database in the backup {path.name} is damaged: {damage}")
        return frozenset(seen(site).items())


def _maps(ask: Ask) -> frozenset[Hashable]:
    return _set(
        ask(
            "SELECT v.config, f.films, f.places, f.sums, f.settled FROM recommender_filmmap f"
            " JOIN recommender_modelversion v ON v.id = f.version_id"
        )
    )


def _imports(ask: Ask) -> frozenset[Hashable]:
    imports = ask("SELECT id, file_name, state, n_new, n_changed, n_unchanged, n_rejected FROM catalog_catalogueimport")
    rows: dict[int, set[Hashable]] = defaultdict(set)
    for found, *rest in ask(
        "SELECT catalogue_import_id, line, kind, film, is_written, fate, movie_id IS NULL FROM catalog_importrow"
    ):
        rows[found].add(tuple(map(_plain, rest)))
    return frozenset((*rest, frozenset(rows[pk])) for pk, *rest in imports)


def _histories(ask: Ask) -> frozenset[Hashable]:
    """Each import of a visitor, and each of its rows."""
    imports = ask("SELECT file_name, state, rows_read FROM catalog_historyimport")
    rows = ask(
        "SELECT h.file_name, r.position, r.title, r.outcome, r.how, m.title, r.is_applied FROM catalog_historyrow r"
        " JOIN catalog_historyimport h ON h.id = r.history_id LEFT JOIN catalog_movie m ON m.id = r.movie_id"
    )
    return _set([*imports, *rows])
