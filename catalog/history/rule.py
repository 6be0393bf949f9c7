"""How ratings become shelves; the visitor may change it before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from catalog.shelf import HIDDEN, LIKED, SEEN, WATCHLIST

STARS = 5.0


@dataclass(frozen=True)
class Rule:
    """All limits are in stars of five, whatever the scale of the file."""

    scale: float = STARS
    like_from: float | None = 4.0  # None: no rating is a like
    hidden_to: float | None = 2.0  # None: no rating is "not for me"
    rated_is_seen: bool = True
    plain: str = SEEN  # the shelf of films about which the file says nothing else

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Rule:
        """The rule of an import, as it is stored."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def shelves(
        self, said: Mapping[str, datetime | None], rating: float | None, rated_at: datetime | None
    ) -> dict[str, datetime | None]:
        """The shelves of one film. What the file says outright (a heart, a watchlist) outweighs its rating."""
        if rating is None:
            return dict(said) if said else {self.plain: rated_at}
        shelves = dict(said)
        stars = rating / self.scale * STARS
        if self.rated_is_seen:
            shelves[SEEN] = shelves.get(SEEN) or rated_at
        if self.like_from is not None and stars >= self.like_from:
            shelves[LIKED] = shelves.get(LIKED) or rated_at
        elif self.hidden_to is not None and stars <= self.hidden_to and not {LIKED, WATCHLIST} & shelves.keys():
            shelves[HIDDEN] = shelves.get(HIDDEN) or rated_at
        return shelves
