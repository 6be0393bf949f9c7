"""What somebody's likes have in common: the genres, directors and decades that come up most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import CharField, Count, F, Value
from django.db.models.functions import Cast

from catalog.models import Credit, Movie

_MOST = {"genre": 5, "director": 3, "decade": 3}
_AGAIN = 2  # a director or decade is worth a word from the second film on


@dataclass(frozen=True)
class Often:
    """Something that comes up in several liked films."""

    name: str
    films: int


def taste_of(liked: Collection[int]) -> dict[str, list[Often]]:
    """Genres, directors and decades of these films, the most frequent first: one query."""
    kinds = {kind: Value(kind, output_field=CharField(max_length=10)) for kind in _MOST}
    genres = Movie.genres.through.objects.filter(movie__in=liked).values_list(kinds["genre"], "genre__name")
    directors = Credit.objects.filter(movie__in=liked, role=Credit.Role.DIRECTOR)
    decade = Cast(F("year") / 10 * 10, CharField())  # whole numbers: the rest of the division is dropped
    decades = Movie.objects.filter(pk__in=liked, year__isnull=False).values_list(kinds["decade"], decade)
    rows = genres.annotate(n=Count("pk")).order_by()
    rows = rows.union(
        directors.values_list(kinds["director"], "person__name").annotate(n=Count("pk")).order_by(),
        decades.annotate(n=Count("pk")).order_by(),
        all=True,
    )
    found: dict[str, list[Often]] = defaultdict(list)
    for kind, name, films in sorted(rows, key=lambda row: (-row[2], row[1])):
        if len(found[kind]) < _MOST[kind] and (kind == "genre" or films >= _AGAIN):
            found[kind].append(Often(name, films))
    return dict(found)
