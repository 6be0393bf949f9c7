"""An operator trains a model: it serves the site afterwards, and whatever goes wrong leaves the site as it was."""

from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from catalog.models import Movie
from catalog.services import announce_changes
from recommender.ml.artifacts import read_manifest
from recommender.models import ModelVersion
from recommender.pipeline import only_training
from recommender.services import Basis, nearest, recommend
from recommender.wishes import Wish
from tests.builders import like, make_movie, make_user

pytestmark = pytest.mark.django_db

SPACE = "rocket crew drifts beyond a silent planet among distant stars"
FARCE = "wedding guests quarrel merrily about a stolen hat and some cake"


@pytest.fixture
def catalogue() -> list[Movie]:
    """Twelve films of two kinds, their words drawn in turn from two vocabularies."""
    films = []
    for number in range(12):
        kind, genre = (SPACE, "Science Fiction") if number % 2 else (FARCE, "Comedy")
        spoken = kind.split()
        text = " ".join(spoken[(number + step) % len(spoken)] for step in range(7))
        films.append(make_movie(f"Film {number}", description=text, genres=[genre], year=1990 + number))
    return films


def train(*options: str, **more: object) -> str:
    out = StringIO()
    call_command("train_vae", "--epochs", "2", *options, stdout=out, stderr=out, **more)
    return out.getvalue()


def test_the_new_version_serves_the_site(catalogue: list[Movie]) -> None:
    like(make_user(), catalogue[0], catalogue[2])
    said = train()
    version = ModelVersion.objects.get()
    assert version.is_active
    assert (version.films, version.likes) == (12, 2)
    assert version.embeddings.count() == 12
    assert "Epoch 1 of 2" in said
    assert "12 films and 2 likes" in said
    assert read_manifest(version.folder)["name"] == version.name
    assert (version.folder / "loss.svg").read_text().startswith("<svg")
    answer = recommend(Wish(liked=(catalogue[1].pk,), text="stars"))
    assert answer.basis == Basis.BOTH
    assert answer.model == version.name
    for found in answer.suggestions:
        assert found.similarity == pytest.approx(sum(share.part for share in found.shares), abs=1e-5)


def test_its_quality_on_held_out_visitors_is_kept(catalogue: list[Movie]) -> None:
    for number in range(4):
        like(make_user(), *catalogue[number % 2 :: 2])
    train()
    version = ModelVersion.objects.get()
    for system in ("vae", "popularity"):
        figure = version.quality("warm", system)
        assert figure is not None
        assert 0 <= figure["mean"] <= 1


def test_it_can_be_left_inactive(catalogue: list[Movie]) -> None:
    said = train("--no-activate")
    assert not ModelVersion.objects.get().is_active
    assert "models --activate" in said


def test_the_same_seed_gives_the_same_vectors(catalogue: list[Movie]) -> None:
    first, second = (train("--seed", "7") and ModelVersion.objects.active() for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.pk != second.pk
    vectors = [
        list(version.embeddings.order_by("movie").values_list("vector", flat=True)) for version in (first, second)
    ]
    assert [bytes(blob) for blob in vectors[0]] == [bytes(blob) for blob in vectors[1]]


def test_a_film_saved_later_is_recommendable_at_once(
    catalogue: list[Movie], django_capture_on_commit_callbacks: object
) -> None:
    train()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        film = make_movie("New", description=SPACE, genres=["Science Fiction"])
        announce_changes([film.pk])
    assert film.pk in dict(nearest(catalogue[1].pk, top=12))
    assert recommend(Wish(text="New")).suggestions[0].movie == film


def test_an_unpublished_film_is_not_learned_from(catalogue: list[Movie]) -> None:
    Movie.objects.filter(pk=catalogue[0].pk).update(is_published=False)
    train()
    assert ModelVersion.objects.get().films == 11


def test_the_terminal_prints_the_ranking_of_the_site(catalogue: list[Movie]) -> None:
    train()
    out = StringIO()
    call_command("recommend", "--like", "Film 1", "--query", "planet", "--top", "3", stdout=out)
    wish = Wish(liked=(catalogue[1].pk,), text="planet")
    expected = [found.movie.title for found in recommend(wish, top=3).suggestions]
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert all(title in line for title, line in zip(expected, lines, strict=True))


def test_an_empty_catalogue_is_refused_with_the_cure() -> None:
    with pytest.raises(CommandError, match="import films"):
        train()
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize("epochs", ["0", "-3"])
def test_nonsense_numbers_are_refused(catalogue: list[Movie], epochs: str) -> None:
    with pytest.raises(CommandError, match="positive"):
        call_command("train_vae", "--epochs", epochs, stdout=StringIO())
    assert not ModelVersion.objects.exists()


def test_nothing_to_resume_is_said(catalogue: list[Movie]) -> None:
    with pytest.raises(CommandError, match="no checkpoint"):
        train("--resume")


@pytest.mark.parametrize("died_in", ["recommender.upkeep.refresh", "recommender.pipeline.activate"])
def test_one_that_was_killed_after_its_version_was_written_is_finished(
    catalogue: list[Movie], monkeypatch: pytest.MonkeyPatch, died_in: str
) -> None:
    def die(*_: object, **__: object) -> None:
        raise SystemExit

    for number in range(4):
        like(make_user(), *catalogue[number % 2 :: 2])
    with monkeypatch.context() as dying:
        dying.setattr(died_in, die)
        with pytest.raises(SystemExit):
            train()
    left = ModelVersion.objects.get()
    assert left.quality("warm", "vae")
    train("--resume")
    version = ModelVersion.objects.get()
    assert (version.pk, version.is_active, version.embeddings.count()) == (left.pk, True, 12)
    assert "It serves the site now" in train("--resume")
    assert ModelVersion.objects.count() == 1


def test_a_version_of_other_settings_is_not_what_is_resumed(catalogue: list[Movie]) -> None:
    train("--no-activate")
    with pytest.raises(CommandError, match="no checkpoint"):
        train("--resume", "--seed", "5")


def test_two_trainings_at_once_are_refused(catalogue: list[Movie]) -> None:
    with only_training(), pytest.raises(CommandError, match="Another training is running"):
        train()


def test_an_older_version_can_come_back(catalogue: list[Movie]) -> None:
    train()
    first = ModelVersion.objects.active()
    assert first is not None
    train("--seed", "2")
    late = make_movie("Late", description=SPACE)
    call_command("models", "--activate", first.name, stdout=StringIO())
    assert ModelVersion.objects.active() == first
    said = StringIO()
    call_command("models", "--active", stdout=said)
    assert said.getvalue().strip() == first.name
    assert first.embeddings.filter(movie=late).exists(), "a film that came later gets its vector before the switch"


def test_a_version_that_is_not_there_cannot_be_activated(catalogue: list[Movie]) -> None:
    with pytest.raises(CommandError, match=r"manage\.py models lists them"):
        call_command("models", "--activate", "nothing", stdout=StringIO())


def test_a_damaged_version_cannot_be_activated(catalogue: list[Movie]) -> None:
    train()
    good = ModelVersion.objects.active()
    train("--no-activate", "--seed", "2")
    bad = ModelVersion.objects.get(is_active=False)
    (bad.folder / "encoder.safetensors").write_bytes(b"broken")
    bad.pieces.all().delete()
    _forget_encoders()
    with pytest.raises(CommandError, match="missing or changed"):
        call_command("models", "--activate", bad.name, stdout=StringIO())
    assert ModelVersion.objects.active() == good


def test_the_site_answers_when_the_artifact_is_gone(catalogue: list[Movie]) -> None:
    train()
    version = ModelVersion.objects.get()
    (version.folder / "manifest.json").unlink()
    version.pieces.all().delete()
    _forget_encoders()
    answer = recommend(Wish(liked=(catalogue[1].pk,), text="wedding"))
    assert len(answer.suggestions) == 11
    film = make_movie("Still saved", description=SPACE)
    announce_changes([film.pk])
    assert Movie.objects.filter(pk=film.pk).exists()


def test_without_a_model_the_system_check_names_the_cure(catalogue: list[Movie]) -> None:
    assert [message.id for message in run_checks(databases=["default"]) if message.id == "recommender.W001"]
    train()
    assert not [
        message for message in run_checks(databases=["default"]) if (message.id or "").startswith("recommender.")
    ]


def _forget_encoders() -> None:
    from recommender import vectors

    vectors._encoder.cache_clear()
