"""An operator saves the site and brings it back: the same films, likes, pictures and recommendations."""

import io
import json
import os
import shutil
import stat
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.models import FilePiece, Like, Movie, User
from recommender import index
from recommender.models import ModelVersion
from recommender.operations.backup import CannotSave, save
from recommender.operations.restore import CannotRestore, examine, restore
from recommender.services import recommend
from recommender.wishes import Wish
from tests.builders import make_movie, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def ranking() -> list[tuple[int, float | None]]:
    index.forget()
    liked = tuple(Like.objects.filter(user__username="anna").values_list("movie_id", flat=True))
    found = recommend(Wish(liked=liked, text="snow")).suggestions
    return [(suggestion.movie.pk, suggestion.similarity) for suggestion in found]


def upload(name: str, content: bytes) -> Path:
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def everything() -> tuple[object, ...]:
    """What must not change when a restore is refused."""
    folders = (Path(settings.MEDIA_ROOT), settings.MODELS_DIR)
    files = sorted((path, path.read_bytes()) for folder in folders for path in folder.rglob("*") if path.is_file())
    return list(Movie.objects.values_list("pk", "title")), list(Like.objects.values_list()), files


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """A copy of a backup in which some members are other ones."""
    copy = path.with_name("changed.tar.gz")
    with tarfile.open(path) as old, tarfile.open(copy, "w:gz") as new:
        for member in old:
            source = old.extractfile(member)
            assert source is not None
            kept = change(member.name, source.read())
            if kept is not None:
                entry = tarfile.TarInfo(kept[0])
                entry.size = len(kept[1])
                new.addfile(entry, io.BytesIO(kept[1]))
    return copy


@pytest.mark.both_databases
def test_everything_comes_back(trained: ModelVersion) -> None:
    poster = upload("posters/film.png", b"a picture")
    FilePiece.objects.create(name="imports/films.csv", number=0, content=b"title\nHeat\n")
    before, ranked = everything(), ranking()
    saved = save()
    Movie.objects.filter(title="Film 1").delete()
    make_movie("Too late")
    make_user("late")
    poster.write_bytes(b"another picture")
    upload("posters/late.png", b"later")
    FilePiece.objects.all().delete()
    weights = trained.folder / "encoder.safetensors"
    weights.unlink()  # it may be mapped: writing into it would pull it from under its reader
    weights.write_bytes(b"damaged")
    assert "8 films, 2 likes" in run("restore", str(saved.path), "--force")
    assert everything() == before
    assert ranking() == ranked
    assert bytes(FilePiece.objects.get().content) == b"title\nHeat\n"
    assert not User.objects.filter(username="late").exists()


def test_an_empty_site_needs_no_force(trained: ModelVersion) -> None:
    ranked, path = ranking(), save().path
    call_command("flush", interactive=False, verbosity=0)
    for file in sorted(trained.folder.iterdir()):
        file.unlink()
    trained.folder.rmdir()
    restore(path)
    assert ranking() == ranked
    assert ModelVersion.objects.get().pieces.exists(), "other hosts get the model from the database"


def test_nothing_is_left_beside_what_was_restored(trained: ModelVersion, tmp_path: Path) -> None:
    path = save().path
    restore(path, force=True)
    assert {file.name for file in tmp_path.iterdir()} == {"models", "media", "backups", "index"}
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert {file.name for file in settings.MODELS_DIR.iterdir()} == {trained.name, ".training.lock"}


def test_what_killed_ones_left_goes_with_the_next(trained: ModelVersion, tmp_path: Path) -> None:
    left = [tmp_path / name for name in ("backups/.draft-killed", ".restoring-killed", "models/.restored-v1.9")]
    for folder in left:
        folder.mkdir(parents=True)
        (folder / "secret").touch()
        os.utime(folder, (time.time() - 3600,) * 2)
    run("backup", str(tmp_path / "backups" / "saved.tar.gz"))
    assert [path.exists() for path in left] == [False, True, True]
    run("restore", str(tmp_path / "backups" / "saved.tar.gz"), "--force")
    assert not any(path.exists() for path in left)


def test_a_backup_is_private(trained: ModelVersion) -> None:
    assert stat.S_IMODE(save().path.stat().st_mode) == 0o600


@pytest.mark.both_databases
def test_the_model_is_in_it_once(trained: ModelVersion) -> None:
    weights = (trained.folder / "encoder.safetensors").read_bytes()
    with tarfile.open(save().path) as archive:
        contents = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    assert contents.pop(f"models/{trained.name}/encoder.safetensors") == weights
    assert not [name for name, content in contents.items() if weights[-4096:] in content]


def test_a_model_that_is_on_another_host_is_in_it(trained: ModelVersion) -> None:
    shutil.rmtree(trained.folder)
    assert save().models == [trained.name]


def test_only_the_active_model_is_in_it_unless_asked(trained: ModelVersion) -> None:
    call_command("train_vae", "--epochs", "1", verbosity=0)
    active = str(ModelVersion.objects.active())
    assert save().models == [active]
    assert save(all_models=True).models == sorted([trained.name, active])


def test_other_versions_of_the_site_stay(trained: ModelVersion) -> None:
    path = save().path
    call_command("train_vae", "--epochs", "1", verbosity=0)
    later = ModelVersion.objects.active()
    assert later is not None
    restore(path, force=True)
    assert str(ModelVersion.objects.active()) == trained.name
    assert later.folder.is_dir()


def test_without_force_nothing_is_overwritten(trained: ModelVersion) -> None:
    path, before = save().path, everything()
    with pytest.raises(CommandError, match="--force"):
        run("restore", str(path))
    assert everything() == before


@pytest.mark.parametrize("part", ["database/", "media/posters/film.png", "models/"])
def test_a_changed_file_is_refused(trained: ModelVersion, part: str) -> None:
    upload("posters/film.png", b"a picture")
    path, before = save().path, everything()

    def damage(name: str, content: bytes) -> tuple[str, bytes]:
        return (name, content[:-1] + b"?") if name.startswith(part) else (name, content)

    with pytest.raises(CannotRestore, match=r"is damaged: .* is not what was saved"):
        restore(rewritten(path, damage), force=True)
    assert everything() == before


def test_a_torn_file_is_refused(trained: ModelVersion) -> None:
    path, before = save().path, everything()
    content = path.read_bytes()
    for kept in (0, 100, len(content) // 2, len(content) - 20):
        path.write_bytes(content[:kept])
        with pytest.raises(CannotRestore, match="Use another backup"):
            restore(path, force=True)
    assert everything() == before


def test_a_file_without_its_list_is_refused(trained: ModelVersion) -> None:
    path = rewritten(save().path, lambda name, content: None if name == "manifest.json" else (name, content))
    with pytest.raises(CannotRestore, match="is not whole"):
        restore(path, force=True)


@pytest.mark.parametrize("name", ["media/../../escaped", "/media/escaped", "other/file", "media"])
def test_a_file_may_not_leave_its_place(trained: ModelVersion, tmp_path: Path, name: str) -> None:
    path = rewritten(save().path, lambda old, content: (name if old.startswith("database/") else old, content))
    with pytest.raises(CannotRestore, match="does not belong there"):
        restore(path, force=True)
    assert not (tmp_path.parent / "escaped").exists()


def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.txt").write_text("no backup")
    with pytest.raises(CannotRestore, match="is no backup of this site"):
        restore(tmp_path / "film.txt")
    with pytest.raises(CannotRestore, match="There is no file"):
        restore(tmp_path / "nothing")


def test_a_backup_of_newer_code_is_refused(trained: ModelVersion) -> None:
    def newer(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "manifest.json":
            manifest = json.loads(content)
            content = json.dumps({**manifest, "migrations": [*manifest["migrations"], "catalog.9999_later"]}).encode()
        return name, content

    with pytest.raises(CannotRestore, match=r"catalog\.9999_later.*Update the code first"):
        restore(rewritten(save().path, newer), force=True)


def test_a_database_of_another_kind_is_refused(trained: ModelVersion) -> None:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "manifest.json":
            content = json.dumps({**json.loads(content), "database": other}).encode()
        return name, content

    with pytest.raises(CannotRestore, match=f"holds a {other} database .* Point DATABASE_URL"):
        restore(rewritten(save().path, change), force=True)


@pytest.mark.both_databases
def test_what_fails_in_the_middle_is_put_back(trained: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    upload("posters/film.png", b"a picture")
    path = save().path
    upload("posters/film.png", b"another picture")
    make_movie("Newer than the backup")
    before, ranked = everything(), ranking()

    def fail() -> list[str]:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("recommender.operations.databases.waiting_migrations", fail)
    with pytest.raises(CannotRestore, match=r"the disk is full.*Everything is as it was before"):
        restore(path, force=True)
    assert everything() == before
    assert ranking() == ranked


def test_checking_changes_nothing(trained: ModelVersion) -> None:
    path = save().path
    make_movie("Newer than the backup")
    before = everything()
    assert "The backup is sound" in run("restore", str(path), "--check")
    assert examine(path)["films"] == 8
    assert everything() == before


def test_an_existing_file_is_not_overwritten(trained: ModelVersion, tmp_path: Path) -> None:
    file = tmp_path / "mine.tar.gz"
    run("backup", str(file))
    with pytest.raises(CommandError, match="exists"):
        run("backup", str(file))
    run("backup", str(file), "--force")
    with pytest.raises(CannotSave, match="There is no folder"):
        save(tmp_path / "nowhere" / "mine.tar.gz")


def test_programs_learn_what_was_saved_and_old_ones_go(trained: ModelVersion) -> None:
    for _number in range(3):
        report = json.loads(run("backup", "--json", "--keep", "2", "-v", "0"))
    assert (report["films"], report["likes"], report["models"]) == (8, 2, [trained.name])
    assert len(report["removed"]) == 1
    assert len(list(settings.BACKUP_DIR.iterdir())) == 2


def test_a_backup_that_fails_leaves_no_file(trained: ModelVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recommender.operations.databases.dump", fail)
    with pytest.raises(CommandError, match="No space left on device"):
        run("backup")
    assert list(settings.BACKUP_DIR.iterdir()) == []
