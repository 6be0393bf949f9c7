"""What the model knows about one film, as plain values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FilmRecord:
    """One film in words; `texts` are its translations as (language, title, description)."""

    title: str
    original_title: str = ""
    description: str = ""
    genres: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    year: int | None = None
    language: str = ""
    texts: tuple[tuple[str, str, str], ...] = ()

    def fingerprint(self) -> str:
        """SHA-256 of everything a vector depends on; the order of unordered lists does not count."""
        content: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        for name in ("genres", "keywords", "countries", "texts"):
            content[name] = sorted(content[name])
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()

    def titles(self) -> tuple[str, ...]:
        """Every title the film goes by, without repetitions."""
        names = (self.title, self.original_title, *(title for _, title, _ in self.texts))
        return tuple(dict.fromkeys(name for name in names if name))

    def descriptions(self) -> tuple[str, ...]:
        """The description and its translations."""
        return tuple(text for text in (self.description, *(body for _, _, body in self.texts)) if text)
