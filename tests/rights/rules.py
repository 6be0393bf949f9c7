"""The table of rights as rules: its rows, and those that follow from what the admin does for every model."""

from __future__ import annotations

from dataclasses import dataclass

from tests.rights.table import BODIES, MODELS, TABLE
from tests.rights.world import PEOPLE

_PAGES = {"changelist": "v", "add": "a", "history": "v", "delete": "d", "change": "v"}


@dataclass(frozen=True)
class Rule:
    """What everybody gets at one address."""

    name: str
    address: str
    answers: dict[str, dict[str, str]]  # {method: {who: status}}

    @property
    def body(self) -> str:
        return BODIES.get(self.name, "")


def rules() -> list[Rule]:
    """All rules; what the table says outweighs what follows from a model's rights."""
    written = [_row(line) for line in TABLE.strip().splitlines()]
    said = {rule.name for rule in written}
    return written + [rule for model in MODELS for rule in _of_model(model) if rule.name not in said]


def _row(line: str) -> Rule:
    name, address, get, post = line.split(" | ")
    return Rule(name, address, {"GET": _answers(get), "POST": _answers(post)})


def _answers(text: str) -> dict[str, str]:
    answers = text.split()
    return dict(zip(PEOPLE, answers * len(PEOPLE) if len(answers) == 1 else answers, strict=False))


def _of_model(model: str) -> list[Rule]:
    """The admin asks everybody to log in who is not of the staff, and is closed while somebody looks as a visitor."""
    curators, superusers, thing = MODELS[model]
    folder = f"/admin/{model.replace('_', '/')}/"
    moved = _answers("login login login 302 302 302 302")
    found = [Rule(f"{folder[1:]}<path:object_id>/", f"{folder}{{{thing}}}/", {"GET": moved, "POST": moved})]
    for page, right in _PAGES.items():
        middle = "" if page in ("changelist", "add") else f"{{{thing}}}/"
        end = "" if page == "changelist" else f"{page}/"
        answers = {}
        for method in ("GET", "POST"):
            needed = "c" if page == "change" and method == "POST" else right
            staff = ["200" if needed in rights else "403" for rights in (curators, "", superusers)]
            answers[method] = dict(zip(PEOPLE, ["login", "login", "login", *staff, "302"], strict=True))
        found.append(Rule(f"admin:{model}_{page}", f"{folder}{middle}{end}", answers))
    return found
