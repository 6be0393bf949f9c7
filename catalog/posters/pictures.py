"""Turns bytes that somebody handed in into a poster, or says why they cannot be one. Nothing of the file is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from catalog.posters.names import WIDTHS

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_BYTES = 10 << 20
MOST_PIXELS = 30_000_000  # 120 MB while it is decoded
SHORTEST_SIDE = 100
LONGEST_TO_SHORTEST = 4
KINDS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82


class NoPoster(ValueError):
    """The bytes cannot become a poster; the message names the cure."""


@dataclass(frozen=True)
class Poster:
    """A picture in every width that pages use, and a key that its content gives."""

    key: str
    files: dict[int, bytes]

    @property
    def width(self) -> int:
        """The largest width."""
        return max(self.files)


def read_poster(content: bytes) -> Poster:
    """Check a picture by its content, decode it, and encode it anew in each width; metadata does not come along."""
    if len(content) > LARGEST_BYTES:
        raise NoPoster(_("The picture is too large; %(size)s is the most.") % {"size": filesizeformat(LARGEST_BYTES)})
    picture = _decoded(content)
    files = {}
    for width in _widths(picture):
        files[width] = _encoded(picture, width)
    return Poster(hashlib.sha256(files[max(files)]).hexdigest()[:24], files)


def _decoded(content: bytes) -> Image:
    """The pixels, upright and in plain RGB. Its size is read from the header and checked before a pixel is decoded."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(content), formats=KINDS) as picture:
            _check_size(picture.width, picture.height)
            picture.draft("RGB", (2 * WIDTHS[-1], 3 * WIDTHS[-1]))  # a large JPEG is decoded at a fraction of its size
            return _plain(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as problem:
        raise NoPoster(_("This is no picture that we can read. Use a JPEG, PNG or WebP file.")) from problem
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise NoPoster(_too_many_pixels()) from problem
    except NoPoster:
        raise
    except Exception as problem:  # decoders raise all sorts of errors over damaged files
        raise NoPoster(_("The picture is damaged. Open it in a picture editor and save it anew.")) from problem


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise NoPoster(_too_many_pixels())
    if min(width, height) < SHORTEST_SIDE:
        words = _("The picture has %(width)d × %(height)d pixels; each side needs %(least)d at least.")
        raise NoPoster(words % {"width": width, "height": height, "least": SHORTEST_SIDE})
    if max(width, height) > LONGEST_TO_SHORTEST * min(width, height):
        words = _("The picture is too long and narrow for a poster: %(width)d × %(height)d pixels.")
        raise NoPoster(words % {"width": width, "height": height})


def _too_many_pixels() -> str:
    return _("The picture has too many pixels; %(most)d million is the most.") % {"most": MOST_PIXELS // 1_000_000}


def _plain(picture: Image) -> Image:
    """In RGB; what is transparent becomes white, as on paper."""
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA", "La", "RGBa") and "transparency" not in picture.info:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    clear = picture.convert("RGBA")
    paper.paste(clear, mask=clear)
    return paper


def _widths(picture: Image) -> list[int]:
    """The widths to make: none is larger than what the picture gives in the shape of a poster, two to three."""
    given = min(picture.width, picture.height * 2 // 3, WIDTHS[-1])
    return [*(width for width in WIDTHS if width < given), given]


def _encoded(picture: Image, width: int) -> bytes:
    from PIL import Image, ImageOps

    out = BytesIO()
    fitted = ImageOps.fit(picture, (width, width * 3 // 2), Image.Resampling.LANCZOS)
    fitted.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
