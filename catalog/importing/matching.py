"""Finds the film of the catalogue that a row of a file means: by any id, else by title and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.importing.rows import ID_NAMES, IDS
from catalog.models import FilmText, Movie


class Ambiguous(ValueError):
    """Several films could be meant; the message names them."""


@dataclass(eq=False)
class Known:
    """As much of a film as matching needs. Without a pk it is one that this import is about to create."""

    title: str
    year: int | None
    ids: dict[str, Any] = field(default_factory=dict)
    pk: int | None = None
    line: int = 0  # the row of the file that this film was matched with or made from

    def __str__(self) -> str:
        return f"“{self.title}” ({self.year})" if self.year else f"“{self.title}”"

    @property
    def name(self) -> str:
        """The film as the catalogue writes it."""
        return f"{self.title} ({self.year})" if self.year else self.title


class FilmIndex:
    """The films that a chunk of rows may mean, by each of their ids and by their titles."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, Any], Known] = {}
        self._by_title: dict[str, list[Known]] = defaultdict(list)
        self._by_pk: dict[int, Known] = {}

    def load(self, ids: Mapping[str, Iterable[Any]], titles: Iterable[str]) -> None:
        """Fetch the films that have one of these ids or titles: one indexed query for each kind."""
        wanted = [Q(**{f"{kind}__in": values}) for kind in IDS if (values := list(ids.get(kind, ())))]
        if names := list(titles):
            wanted.append(Q(title__in=names))
        for condition in wanted:
            for pk, title, year, *values in Movie.objects.filter(condition).values_list("pk", "title", "year", *IDS):
                if pk not in self._by_pk:
                    self.add(Known(title, year, {k: v for k, v in zip(IDS, values, strict=True) if v}, pk))

    def load_other_titles(self, titles: Iterable[str]) -> None:
        """Let films be found by their original title and by their titles in other languages too."""
        names = list(titles)
        found = list(FilmText.objects.filter(title__in=names).values_list("title", "movie"))
        found += Movie.objects.filter(original_title__in=names).values_list("original_title", "pk")
        rows = Movie.objects.filter(pk__in={pk for _title, pk in found}).values_list("pk", "title", "year", *IDS)
        for pk, title, year, *values in rows:
            if pk not in self._by_pk:
                self.add(Known(title, year, {k: v for k, v in zip(IDS, values, strict=True) if v}, pk))
        for title, pk in found:
            if (known := self._by_pk.get(pk)) and known not in self._by_title[title]:
                self._by_title[title].append(known)

    def add(self, known: Known) -> None:
        """Make a film findable."""
        if known.pk is not None:
            self._by_pk[known.pk] = known
        self._by_title[known.title].append(known)
        for key in known.ids.items():
            self._by_id[key] = known

    def give_ids(self, known: Known, ids: Mapping[str, Any]) -> None:
        """Note the ids that a film is about to get."""
        known.ids.update(ids)
        for key in ids.items():
            self._by_id[key] = known

    def owner(self, kind: str, value: Any) -> Known | None:
        """The film that has this id."""
        return self._by_id.get((kind, value))

    def find(self, title: str, year: int | None, ids: Mapping[str, Any]) -> Known | None:
        """The film that is meant, or None. A film with another id of the same kind is another film."""
        return self._by_ids(ids) or self._one(
            known for known in self._by_title.get(title, ()) if known.year == year and not _differing(known, ids)
        )

    def find_same(self, title: str, year: int | None, ids: Mapping[str, Any], taken: Container[int]) -> Known | None:
        """Like `find` for our own export, which has a row for each film: where two films share title and year, the row
        without ids means the one without ids, and no row means a film that an earlier row (`taken`) meant already.
        """
        if found := self._by_ids(ids):
            return found
        alike = [known for known in self._by_title.get(title, ()) if known.year == year and known.ids == ids]
        if len(alike) == 1:
            return alike[0]
        free = (known for known in self._by_title.get(title, ()) if not known.line and known.pk not in taken)
        return self._one(known for known in free if known.year == year and not _differing(known, ids))

    def find_loosely(self, title: str, year: int | None, ids: Mapping[str, Any]) -> Known | None:
        """Like `find`, but where no year is given any year will do, if only one film has the title."""
        if year is not None:
            return self.find(title, year, ids)
        return self._by_ids(ids) or self._one(iter(self._by_title.get(title, ())))

    def _by_ids(self, ids: Mapping[str, Any]) -> Known | None:
        """The film with which most ids agree. One wrong id in a file or in the catalogue does not make a match."""
        owners = {self._by_id[item] for item in ids.items() if item in self._by_id}
        scores = {
            known: sum(known.ids.get(kind) == value for kind, value in ids.items()) - _differing(known, ids)
            for known in owners
        }
        best = max(scores.values(), default=-1)
        return self._one(known for known, score in scores.items() if score == best >= 0)

    @staticmethod
    def _one(candidates: Iterable[Known]) -> Known | None:
        found = sorted(candidates, key=lambda known: (known.year or 0, known.pk or 0))
        if len(found) > 1:
            names = ", ".join(
                f"{known} {' '.join(f'{ID_NAMES[kind]} {value}' for kind, value in known.ids.items())}".strip()
                for known in found[:3]
            )
            raise Ambiguous(_("several films could be meant: %(films)s; give an id or the year") % {"films": names})
        return found[0] if found else None


def _differing(known: Known, ids: Mapping[str, Any]) -> int:
    return sum(kind in known.ids and known.ids[kind] != value for kind, value in ids.items())
