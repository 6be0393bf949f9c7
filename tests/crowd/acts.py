"""What each member of the crowd does, over and over: press, edit, import, merge, delete, sign up, leave, look."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from catalog.models import HistoryImport, Movie, User
from catalog.shelf import HIDDEN, LIKED, SEEN, WATCHLIST
from recommender import index, pipeline, showing
from recommender.models import ModelVersion
from recommender.upkeep import bring_up_to_date
from tests.catalog.admin_site import existing
from tests.crowd.ledger import Ledger, Merge, Put, now
from tests.crowd.world import PASSWORD, World

ADMIN = "/admin/catalog/movie"
NEWCOMERS = 30  # films that only imports bring
PAGES = ("/", "/?q=storm+at+the+harbour", "/recommendations/", "/films/?q=judge", "/my-films/", "/start/", "/map/")


class Member:
    """One of the crowd, with a share of all pairs of a visitor and a film that nobody else touches."""

    def __init__(self, number: int, of: int, world: World, ledger: Ledger, seed: int, folder: Path) -> None:
        self.world, self.ledger = world, ledger
        self._number, self._of, self._folder = number, of, folder
        self._dice = random.Random(seed * 1000 + number)  # noqa: S311 (films, no secrets)
        self._browsers = {user.pk: world.browser(user) for user in (*world.visitors, *world.leaving)}
        self._curator = world.browser(world.curator)
        self._merges = [pair for at, pair in enumerate(world.pairs) if at % of == number]
        self._ways: list[tuple[int, Callable[[], None]]] = [
            (30, self.press),
            (6, self.press_what_others_press),
            (5, self.edit),
            (2, self.publish),
            (3, self.import_films),
            (4, self.bring_history),
            (2, self.merge),
            (2, self.delete_film),
            (2, self.sign_up),
            (5, self.press_on_a_leaving_account),
            (1, self.delete_account),
            (10, self.look),
            (1, self.compute_vectors),
        ]

    def act(self) -> None:
        """Do one thing by chance."""
        weights, ways = zip(*self._ways, strict=True)
        way = self._dice.choices(ways, weights)[0]
        way()
        self.ledger.count(way.__name__)

    # Visitors

    def press(self) -> None:
        """Put a film of one's own share on a shelf or take it away."""
        user, film = self._own_pair()
        kind = self._dice.choice((LIKED, LIKED, LIKED, SEEN, WATCHLIST, HIDDEN))
        on = self._dice.random() < 0.6
        started = now()
        if self._press(self._browsers[user.pk], film, kind, on=on):
            self._note(user, Put(film, kind, on, started, now()))

    def press_what_others_press(self) -> None:
        """The first steady film of each visitor belongs to everybody."""
        user = self._dice.choice(self.world.visitors)
        kind = self._dice.choice((LIKED, SEEN, WATCHLIST, HIDDEN))
        self._press(self._browsers[user.pk], self.world.steady[0], kind, on=self._dice.random() < 0.7)

    def press_on_a_leaving_account(self) -> None:
        """Like something as somebody whose account may go at any moment."""
        user = self._dice.choice(self.world.leaving)
        self._press(self._browsers[user.pk], self._dice.choice(self.world.films), LIKED, on=True)

    def bring_history(self) -> None:
        """Bring films of one's share from a file."""
        user, film = self._own_pair()
        movie = Movie.objects.filter(pk=film).first()
        if movie is None or film not in self.world.steady:
            return
        browser, started = self._browsers[user.pk], now()
        file = SimpleUploadedFile("liked.csv", f"title,year,rating\n{movie.title},{movie.year},5\n".encode())
        answer = self._answered(browser.post("/my-films/import/", {"file": file}))
        if answer is None:
            return
        pk = int(re.findall(r"\d+", answer["Location"])[0])
        rule = {"scale": "5", "like_from": "4.0", "hidden_to": "", "plain": LIKED, "apply": "1"}
        self._answered(browser.post(f"/my-films/import/{pk}/", rule))
        if HistoryImport.objects.get(pk=pk).state == HistoryImport.State.APPLIED:
            self._note(user, Put(film, LIKED, True, started, now(), brought=True))
        else:
            self.ledger.problem(f"the import {pk} was not brought in")

    def sign_up(self) -> None:
        """Like films without an account, from two windows at once, and take them along into one."""
        browser = self.world.browser()
        name = f"newcomer-{self._number}-{self._dice.randrange(10**9)}"
        films = self._dice.sample(self.world.steady, 3)
        kept = {film for film in films if self._press(browser, film, LIKED, on=True)}
        form = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
        if self._answered(browser.post("/accounts/sign-up/", form)):
            with self.ledger.noting():
                self.ledger.signed_up[name] = kept

    def delete_account(self) -> None:
        """Leave for good, perhaps from two browsers at once."""
        user = self._dice.choice(self.world.leaving)
        if self._dice.random() > 0.3:
            return
        answer = self._answered(self._browsers[user.pk].post("/accounts/delete/", {"password": PASSWORD}))
        if answer is not None and answer["Location"] == "/":
            with self.ledger.noting():
                self.ledger.gone.add(user.username)

    def look(self) -> None:
        """Look at pages, logged in or not."""
        browser = self._browsers[self._dice.choice(self.world.visitors).pk]
        film = self._dice.choice(self.world.films)
        self._answered(browser.get(self._dice.choice((*PAGES, f"/films/{film}/"))))

    # Curators and operators

    def edit(self) -> None:
        """Save a film's page in the admin."""
        movie = Movie.objects.filter(pk=self._dice.choice(self.world.films)).first()
        if movie is None:
            return
        form = existing(movie, description=f"{self._dice.choice(_TEXTS)} {self._dice.randrange(99)}")
        self._answered(self._curator.post(f"{ADMIN}/{movie.pk}/change/", form))

    def publish(self) -> None:
        """Hide doomed films from visitors or show them again."""
        chosen = self._dice.sample(self.world.doomed, 3)
        action = self._dice.choice(("publish", "unpublish"))
        self._answered(self._curator.post(f"{ADMIN}/", {"action": action, "_selected_action": chosen}))

    def compute_vectors(self) -> None:
        """The admin's action that encodes films anew."""
        chosen = self._dice.sample(self.world.films, 5)
        self._answered(self._curator.post(f"{ADMIN}/", {"action": "compute_vectors", "_selected_action": chosen}))

    def import_films(self) -> None:
        """Bring known and new films from a file, in any order; others bring the same ones at the same moment."""
        rows = [f"Newcomer {n},{1960 + n},Al Bo|New {n % 5},Noir|Drama" for n in self._dice.sample(range(NEWCOMERS), 6)]
        known = Movie.objects.filter(pk__in=self._dice.sample(self.world.steady, 6)).values_list("title", "year")
        rows += [f"{title},{year},Al Bo|Guest {self._dice.randrange(9)},Drama" for title, year in known]
        self._dice.shuffle(rows)
        file = self._folder / f"films-{self._number}.csv"
        file.write_text("title,year,cast,genres\n" + "\n".join(rows) + "\n", encoding="utf-8")
        said = _quiet("import_movies", str(file))
        if "0 rejected" not in said:
            self.ledger.problem(f"an import left rows out: {said}")
        with self.ledger.noting():
            self.ledger.imported |= {row.split(",")[0] for row in rows}

    def merge(self) -> None:
        """Make one film of a pair; sometimes another curator does so at the same moment."""
        if not self._merges:
            return
        stays, goes = pair = self._merges.pop()
        started = now()
        form = {"ids": pair, "stays": stays}
        answer = self._answered(self._curator.post(f"{ADMIN}/merge/", form))
        if answer is not None and answer.status_code == 302 and f"/{stays}/" in answer["Location"]:
            with self.ledger.noting():
                self.ledger.merges[self.world.family(stays)] = Merge(stays, goes, started, now())

    def delete_film(self) -> None:
        """Delete a film in the admin; two may choose the same one."""
        if self._dice.random() > 0.4:
            return
        film = self._dice.choice(self.world.doomed)
        if self._dice.random() < 0.5:
            address, form = f"{ADMIN}/{film}/delete/", {"post": "yes"}
        else:
            address, form = f"{ADMIN}/", {"action": "delete_selected", "_selected_action": [film], "post": "yes"}
        if self._answered(self._curator.post(address, form)) and not Movie.objects.filter(pk=film).exists():
            with self.ledger.noting():
                self.ledger.deleted.add(film)

    # Their means

    def _own_pair(self) -> tuple[User, int]:
        """A visitor and a film of which nobody else of the crowd presses anything for this visitor."""
        while True:
            user, film = self._dice.choice(self.world.visitors), self._dice.choice(self.world.films[1:])
            if (user.pk + self.world.family(film)) % self._of == self._number:
                return user, film

    def _note(self, user: User, put: Put) -> None:
        with self.ledger.noting():
            self.ledger.puts[user.pk, self.world.family(put.film)].append(put)

    def _press(self, browser: Client, film: int, kind: str, *, on: bool) -> bool:
        address = f"/films/{film}/like/" if kind == LIKED else f"/films/{film}/mark/{kind}/"
        said = {"liked" if kind == LIKED else "on": "1" if on else "0"}
        return self._answered(browser.post(address, said)) is not None

    def _answered(self, answer: Any) -> Any:
        """The answer if it says that something was done or shown; faults go to the ledger."""
        asked = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']}: {answer.status_code}"
        if answer.status_code >= 500 or answer.status_code not in (200, 301, 302, 404):
            self.ledger.problem(asked)
        return answer if answer.status_code < 400 else None


_TEXTS = ("a harbour at night", "a judge in doubt", "the reef and the storm", "an alibi too good")


def _quiet(*words: str) -> str:
    from io import StringIO

    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def refreshing(ledger: Ledger, dice: random.Random) -> None:
    """What a worker does: bring vectors, map and snapshots up to date; count what was shown; look at the films."""
    version = ModelVersion.objects.active()
    if version is not None:
        bring_up_to_date(version, every=dice.random() < 0.3)
    showing.write()
    index.current()
    ledger.count("refreshing")


def activating(world: World, ledger: Ledger, dice: random.Random) -> None:
    """Let one of the versions serve; two operators do so at once."""
    pipeline.activate(ModelVersion.objects.get(name=dice.choice(world.versions)), force=True)
    ledger.count("activating")
