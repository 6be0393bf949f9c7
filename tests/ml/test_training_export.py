"""The folder that a training elsewhere learns from: the same model, and refusals that name the cure."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recommender.ml import exported
from recommender.ml.records import FilmRecord
from recommender.ml.training import learn, train

from .films import QUICK, SMALL, likes_by_group, two_groups

FILMS, GROUP = two_groups(30)
LIKES = likes_by_group(GROUP, 10)
PAIRS = np.stack([LIKES.visitors * 7 + 3, LIKES.films + 101], axis=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    exported.write(tmp_path / "export", enumerate(FILMS, 101), [PAIRS[:50], PAIRS[50:]])
    return tmp_path / "export"


def test_it_holds_all_that_training_needs(folder: Path) -> None:
    data = exported.read(folder)
    assert data.film_ids.tolist() == list(range(101, 131))
    assert (len(data.rows), len(data.likes)) == (30, 80)
    np.testing.assert_array_equal(data.likes.visitors, LIKES.visitors)
    np.testing.assert_array_equal(data.likes.films, LIKES.films)


def test_a_training_from_it_gives_the_same_bits(folder: Path) -> None:
    one = learn(exported.read(folder), model_config=SMALL, train_config=QUICK)
    other = train(FILMS, LIKES, model_config=SMALL, train_config=QUICK)
    for name, weights in one.weights.items():
        np.testing.assert_array_equal(weights, other.weights[name])
    np.testing.assert_array_equal(one.expert.parts, other.expert.parts)
    np.testing.assert_array_equal(one.expected, other.expected)


def test_texts_and_visitors_ids_stay_at_home(folder: Path) -> None:
    assert not any(b"lighthouse" in path.read_bytes() for path in folder.iterdir())
    assert exported.read(folder).likes.visitors.max() == 9


def test_translations_and_lists_come_through(tmp_path: Path) -> None:
    film = FilmRecord("A", genres=("Drama", "War"), year=1999, texts=(("ru", "Буря", "Шторм и маяк"),))
    exported.write(tmp_path / "export", enumerate([film] * 3), [])
    expected = exported.TrainingData.of([film] * 3, LIKES.where(np.zeros(len(LIKES), bool)))
    found = exported.read(tmp_path / "export")
    assert found.fingerprint == expected.fingerprint
    np.testing.assert_array_equal(found.rows.to_dense(), expected.rows.to_dense())


def test_likes_of_other_films_are_left_out_and_twice_is_once(tmp_path: Path) -> None:
    pairs = np.array([[5, 1], [5, 1], [5, 99], [2, 0]])
    assert exported.write(tmp_path / "export", enumerate(FILMS), [pairs]) == {"films": 30, "likes": 2}
    likes = exported.read(tmp_path / "export").likes
    assert list(zip(likes.visitors.tolist(), likes.films.tolist(), strict=True)) == [(0, 0), (1, 1)]


def test_the_same_data_have_the_same_fingerprint_and_others_another(folder: Path, tmp_path: Path) -> None:
    before = exported.read(folder).fingerprint
    exported.write(folder, enumerate(FILMS, 101), [PAIRS])
    assert exported.read(folder).fingerprint == before
    exported.write(folder, enumerate(FILMS, 101), [PAIRS[1:]])
    assert exported.read(folder).fingerprint != before
    assert [path.name for path in tmp_path.iterdir()] == ["export"], "no draft is left"


def test_a_catalogue_without_films_is_an_export_without_films(tmp_path: Path) -> None:
    assert exported.write(tmp_path / "export", [], []) == {"films": 0, "likes": 0}
    assert len(exported.read(tmp_path / "export").rows) == 0


@pytest.mark.parametrize("name", ["indices.npy", "values.npy", "visitors.npy", "liked.npy", "film_ids.npy"])
def test_a_damaged_or_missing_file_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(exported.ExportError, match="export_training"):
        exported.read(folder)
    (folder / name).unlink()
    with pytest.raises(exported.ExportError, match="export_training"):
        exported.read(folder)


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"kind": "index"}, {"vocabulary": {}}, {"vocabulary": None}],
    ids=["newer", "other kind", "empty vocabulary", "no vocabulary"],
)
def test_another_format_is_refused(folder: Path, change: dict[str, object]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["facts"] |= change
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(exported.ExportError, match="same version of MovieRec"):
        exported.read(folder)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"format": 99, "facts": {}, "files": {}}'])
def test_a_broken_manifest_is_refused(folder: Path, manifest: str) -> None:
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(exported.ExportError, match="export_training"):
        exported.read(folder)


def test_a_folder_with_other_things_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(exported.ExportError, match="another folder"):
        exported.write(tmp_path / "home", enumerate(FILMS), [])
    (tmp_path / "file").write_text("dear")
    with pytest.raises(exported.ExportError, match="another folder"):
        exported.write(tmp_path / "file", enumerate(FILMS), [])
    assert (tmp_path / "home" / "letter.txt").read_text() == "dear" == (tmp_path / "file").read_text()
