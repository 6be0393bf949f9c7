"""A curator uploads a poster: it is checked, encoded anew in the sizes of the pages, and replaces the old one."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from catalog.models import Movie
from catalog.posters import pictures
from catalog.posters.names import sizes_of
from catalog.posters.pictures import NoPoster, read_poster
from tests.builders import make_movie, make_user
from tests.catalog.admin_site import existing
from tests.catalog.pictures import bomb, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(client: Client) -> Client:
    user = make_user("curator", is_staff=True)
    user.groups.add(Group.objects.get(name="Curators"))
    client.force_login(user)
    return client


def upload(client: Client, movie: Movie, content: bytes, name: str = "poster.jpg") -> str:
    form = existing(movie, poster=SimpleUploadedFile(name, content))
    return client.post(reverse("admin:catalog_movie_change", args=[movie.pk]), form).content.decode()


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "media").rglob("*") if path.is_file()}


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_the_picture_is_kept_in_the_sizes_of_the_pages(curator: Client, tmp_path: Path) -> None:
    movie = make_movie("Heat")
    assert upload(curator, movie, picture(1000, 1500)) == ""
    movie.refresh_from_db()
    sizes = sizes_of(movie.poster.name)
    assert list(sizes) == [160, 240, 480, 720]
    assert files(tmp_path) == {name.removeprefix("posters/") for name in sizes.values()}
    for width, name in sizes.items():
        kept = opened((tmp_path / "media" / name).read_bytes())
        assert (kept.format, kept.size) == ("WEBP", (width, width * 3 // 2))


def test_pages_offer_all_sizes_and_browsers_keep_them(client: Client, curator: Client) -> None:
    movie = make_movie("Heat")
    upload(curator, movie, picture(1000, 1500))
    movie.refresh_from_db()
    page = client.get(movie.get_absolute_url()).content.decode()
    assert f'src="{movie.poster.url}"' in page
    for width, address in movie.poster_sizes.items():
        assert f"{address} {width}w" in page
        answer = client.get(address)
        assert (answer["Content-Type"], answer["Cache-Control"]) == (
            "image/webp",
            "public, max-age=31536000, immutable",
        )
        assert b"".join(answer.streaming_content)[8:12] == b"WEBP"


def test_the_panel_shows_it(curator: Client) -> None:
    movie = make_movie("Heat")
    address = reverse("admin:catalog_movie_change", args=[movie.pk])
    assert "The film has no picture, so the site draws one." in curator.get(address).content.decode()
    upload(curator, movie, picture(300, 450))
    movie.refresh_from_db()
    page = curator.get(address).content.decode()
    assert "Kept in these widths: 160, 240, 300 pixels." in page
    assert f'src="{movie.poster.url}"' in page


def test_another_picture_replaces_the_files(
    curator: Client, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    movie = make_movie("Heat")
    with django_capture_on_commit_callbacks(execute=True):
        upload(curator, movie, picture())
    before = files(tmp_path)
    with django_capture_on_commit_callbacks(execute=True):
        upload(curator, movie, picture(colour="red"))
    after = files(tmp_path)
    assert len(before) == len(after) == 4
    assert not before & after


def test_clearing_and_deleting_remove_the_files(
    curator: Client, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    one, two = make_movie("Heat"), make_movie("Alien")
    for movie in (one, two):
        upload(curator, movie, picture())
    one.refresh_from_db()
    address = reverse("admin:catalog_movie_change", args=[one.pk])
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(address, existing(one, **{"poster-clear": "on"}))
    one.refresh_from_db()
    assert not one.poster
    assert len(files(tmp_path)) == 4  # the other film shows the same picture
    with django_capture_on_commit_callbacks(execute=True):
        Movie.objects.get(pk=two.pk).delete()
    assert files(tmp_path) == set()


def test_saving_without_a_new_picture_keeps_it(
    curator: Client, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    movie = make_movie("Heat")
    upload(curator, movie, picture())
    movie.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(reverse("admin:catalog_movie_change", args=[movie.pk]), existing(movie, runtime="170"))
    kept = Movie.objects.get()
    assert (kept.poster.name, kept.runtime, len(files(tmp_path))) == (movie.poster.name, 170, 4)


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (b"not a picture", "This is no picture that we can read. Use a JPEG, PNG or WebP file."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "This is no picture"),
        (picture(kind="GIF"), "This is no picture"),
        (picture(kind="BMP"), "This is no picture"),
        (picture()[:2000], "The picture is damaged."),
        (bomb(), "The picture has too many pixels; 30 million is the most."),
        (bomb(6000, 6000), "The picture has too many pixels"),
        (picture(99, 150), "99 × 150 pixels; each side needs 100 at least."),
        (picture(150, 700), "too long and narrow for a poster"),
    ],
)
def test_what_is_no_poster_is_refused_with_the_cure(curator: Client, tmp_path: Path, content: bytes, cure: str) -> None:
    movie = make_movie("Heat")
    assert cure in upload(curator, movie, content)
    assert not Movie.objects.get().poster
    assert files(tmp_path) == set()


def test_a_hundred_megabytes_are_refused_before_they_are_decoded(curator: Client, tmp_path: Path) -> None:
    movie = make_movie("Heat")
    heavy = picture() + b"\0" * (100 << 20)
    assert "The picture is too large; 10.0" in upload(curator, movie, heavy).replace("\xa0", " ")
    assert files(tmp_path) == set()


def test_the_name_of_the_file_says_nothing(curator: Client, tmp_path: Path) -> None:
    movie = make_movie("Heat")
    upload(curator, movie, picture(kind="PNG"), "../../evil.php")
    movie.refresh_from_db()
    assert movie.poster.name.startswith("posters/")
    assert movie.poster.name.endswith("x600.webp")


def test_metadata_does_not_come_along_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "taken at home"
    content = picture(900, 600, exif=exif.tobytes(), comment=b"secret")
    poster = read_poster(content)
    assert poster.width == 600
    for file in poster.files.values():
        kept = opened(file)
        assert not kept.getexif()
        assert set(kept.info) <= {"loop", "background", "timestamp", "duration"}
        assert b"taken at home" not in file


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "LA", "1", "CMYK"])
def test_every_kind_of_colour_can_be_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    poster = read_poster(picture(kind=kind, mode=mode, colour=0 if mode in ("L", "P", "1") else None))
    assert opened(poster.files[160]).mode == "RGB"


def test_what_is_transparent_becomes_paper() -> None:
    poster = read_poster(picture(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(poster.files[160]).getpixel((5, 5)) == (255, 255, 255)


def test_the_same_picture_gives_the_same_name_and_small_ones_are_not_blown_up() -> None:
    assert read_poster(picture()).key == read_poster(picture()).key
    assert read_poster(picture()).key != read_poster(picture(colour="red")).key
    assert list(read_poster(picture(200, 200)).files) == [133]
    assert list(read_poster(picture(3000, 1000)).files) == [160, 240, 480, 666]


def test_a_header_that_lies_in_bytes_or_pixels_is_found_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Image.Image, *args: Any) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    for content in (bomb(), bomb(6000, 6000), b"\xff" * (pictures.LARGEST_BYTES + 1)):
        with pytest.raises(NoPoster):
            read_poster(content)


def test_others_cannot_upload(client: Client, tmp_path: Path) -> None:
    movie = make_movie("Heat")
    for user in (make_user(), make_user(is_staff=True)):
        client.force_login(user)
        upload(client, movie, picture())
    assert files(tmp_path) == set()
    assert not Movie.objects.get().poster


def test_another_storage_keeps_them_and_the_site_still_serves_them(
    curator: Client, client: Client, settings: Any, tmp_path: Path
) -> None:
    memory = {
        "BACKEND": "django.core.files.storage.InMemoryStorage",
        "OPTIONS": {"base_url": "https://elsewhere.test/"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": memory}
    movie = make_movie("Heat")
    assert upload(curator, movie, picture(1000, 1500)) == ""
    assert files(tmp_path) == set()
    movie.refresh_from_db()
    page = client.get(movie.get_absolute_url()).content.decode()
    assert movie.poster_sizes[480] in page
    assert "elsewhere.test" not in page, "the content security policy lets no other site's pictures in"
    answer = client.get(movie.poster_sizes[480])
    assert opened(b"".join(answer.streaming_content)).size == (480, 720)  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    for missing in (movie.poster_sizes[480].replace("480", "481"), "/media/private.txt", "/media/../posters"):
        assert client.get(missing).status_code == 404
