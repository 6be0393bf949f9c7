"""What must be true of the database when the crowd is gone."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from django.apps import apps
from django.db import connection
from django.db.models import Count

from catalog.models import Like, Mark, MergedFilm, Movie, SearchEntry, User
from catalog.search_entries import refresh as refresh_entries
from catalog.shelf import HIDDEN, LIKED, WATCHLIST
from recommender import index
from recommender.index import FilmIndex
from recommender.models import Embedding, ModelVersion
from recommender.vectors import refresh
from tests.crowd.acts import NEWCOMERS
from tests.crowd.ledger import Ledger, possible
from tests.crowd.world import World, forget_snapshots

_TYPED = ("storm harbour", "judge", "alibi 7", "al bo", "newcomer")


def check(world: World, ledger: Ledger) -> None:
    """All of it; each complaint says which promise was broken."""
    assert not ledger.problems, "\n\n".join(ledger.problems)
    nothing_points_nowhere()
    shelves_are_explained(world, ledger)
    accounts_are_explained(ledger)
    films_are_explained(ledger)
    search_is_in_step()
    vectors_are_in_step()
    index_is_in_step()


def nothing_points_nowhere() -> None:
    """No row names a row that is gone, and no key stands twice."""
    connection.check_constraints()
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.is_relation and field.related_model and not field.null:
                there = field.related_model._base_manager.values(field.target_field.name)
                assert not model._base_manager.exclude(**{f"{field.name}__in": there}).exists(), (model, field)
    for model, key in ((Like, ("user", "movie")), (Mark, ("user", "movie", "kind")), (Embedding, ("movie", "version"))):
        assert not model.objects.values(*key).annotate(n=Count("pk")).filter(n__gt=1).order_by().exists(), model


def shelves_are_explained(world: World, ledger: Ledger) -> None:
    """Each visitor's films are what the answered presses made of them, and nobody both wants and hides a film."""
    kept: dict[tuple[int, int], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = [*Like.objects.values_list("user_id", "movie_id"), *Mark.objects.values_list("user_id", "movie_id", "kind")]
    known = {film for film in world.films if film not in ledger.deleted}
    for user, film, *kind in rows:
        kept[user, film][film].add(kind[0] if kind else LIKED)
    for (user, film), kinds in kept.items():
        assert not (HIDDEN in kinds[film] and kinds[film] & {LIKED, WATCHLIST}), (user, film, kinds[film])
    for user in world.visitors:
        for family in {world.family(film) for film in world.films[1:]}:
            films = [film for film in known if world.family(film) == family]
            now = tuple(sorted((film, frozenset(kept[user.pk, film][film])) for film in films if kept[user.pk, film]))
            puts = [put for put in ledger.puts[user.pk, family] if put.film in known]
            may_be = possible(puts, ledger.merges.get(family))
            assert now in may_be, (user.pk, now, may_be, puts, ledger.merges.get(family))


def accounts_are_explained(ledger: Ledger) -> None:
    """New accounts have what was liked before, and deleted ones are gone."""
    for name, films in ledger.signed_up.items():
        assert set(Like.objects.filter(user__username=name).values_list("movie_id", flat=True)) == films, name
    assert not User.objects.filter(username__in=ledger.gone).exists()


def films_are_explained(ledger: Ledger) -> None:
    """Merged and deleted films are gone; imported ones are there, each once."""
    went = {merge.goes: merge.stays for merge in ledger.merges.values()}
    assert not Movie.objects.filter(pk__in=[*went, *ledger.deleted]).exists()
    assert dict(MergedFilm.objects.values_list("former_id", "movie_id")) == went
    titles = [f"Newcomer {number}" for number in range(NEWCOMERS)]
    here = list(Movie.objects.filter(title__in=titles).values_list("title", flat=True))
    assert sorted(here) == sorted(ledger.imported & set(titles))


def search_is_in_step() -> None:
    """Every living film has a search entry that says what the film says now; no other film has one."""
    before, living = _entries(), set(Movie.objects.values_list("pk", flat=True))
    assert before.keys() == living
    refresh_entries(living)
    assert _entries() == before, "a film was saved, and the search does not know"


def _entries() -> dict[int, tuple[str, list[str]]]:
    """Folded titles and words by film, in whatever order names stand there."""
    rows = SearchEntry.objects.values_list("movie_id", "title_key", "words")
    return {pk: (title, sorted(words.split())) for pk, title, words in rows}


def vectors_are_in_step() -> None:
    """One version is active; it has a vector for every living film, made of the film's words as they are now."""
    active = ModelVersion.objects.get(is_active=True)
    for version in ModelVersion.objects.all():
        embedded = set(version.embeddings.values_list("movie_id", flat=True))
        living = set(Movie.objects.values_list("pk", flat=True))
        assert embedded <= living
        assert embedded == living or version != active, (version, embedded ^ living)
        newest = max(version.embeddings.values_list("revision", flat=True))
        assert newest <= version.revision
    assert refresh(active).computed == 0, "a film was saved, and its vector does not know"


def index_is_in_step() -> None:
    """What this worker has in memory is what a worker knows that reads everything anew."""
    followed = index.current()
    assert followed is not None
    forget_snapshots()
    index.forget()
    fresh = index.current()
    assert fresh is not None
    for one, other in zip(_facts(followed), _facts(fresh), strict=True):
        np.testing.assert_array_equal(one, other)
    for typed in _TYPED:
        ours, theirs = followed.words.scores(typed), fresh.words.scores(typed)
        # Films that were deleted count as films without words until the next snapshot: that moves rarity a little.
        np.testing.assert_allclose(ours[_there(followed)], theirs[_there(fresh)], atol=0.02)
        np.testing.assert_array_equal(ours[_there(followed)] > 0, theirs[_there(fresh)] > 0)


def _there(films: FilmIndex) -> np.ndarray:
    return np.setdiff1d(np.arange(len(films)), films.gone)


def _facts(films: FilmIndex) -> list[np.ndarray]:
    rows = _there(films)
    genres = [films.genres.mask([pk], len(films))[rows] for pk in sorted(films.genre_table)]
    facts = [films.ids, films.vectors, films.published, films.has_vector, films.year, films.runtime]
    return [*(column[rows] for column in facts), *genres]
