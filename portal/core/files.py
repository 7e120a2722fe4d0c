"""Files that people give: random names in the data folder, outside the static one, never executed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from portal.core.errors import RuleError
from portal.core.i18n import lazy

PHOTO_EDGE = 1600
THUMB_EDGE = 480
MAX_PIXELS = 60_000_000


class Store:
    """The folder `files` of the data folder. A file's key is a random name; two letters of it are its folder."""

    def __init__(self) -> None:
        self.root = Path("instance/files")

    def path(self, key: str) -> Path:
        if not key.replace(".", "").isalnum() or "/" in key:
            raise ValueError("not a key of this store")
        return self.root / key[:2] / key

    def keep(self, content: bytes, suffix: str) -> str:
        """Write the bytes durably under a new random key and return it."""
        key = secrets.token_hex(16) + suffix
        path = self.path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return key

    def read(self, key: str) -> bytes:
        return self.path(key).read_bytes()

    def remove(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)


store = Store()


def resize_photo(content: bytes) -> tuple[bytes, bytes, int, int]:
    """A photo and its thumbnail as JPEG without EXIF, turned upright, and the photo's width and height.

    Raises RuleError("photos", …) for what is no JPEG, PNG or WebP picture, or has more than 60 megapixels.
    """
    import io

    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise RuleError("photos", lazy("This photo is too large: at most 60 megapixels."))
            picture.draft("RGB", (PHOTO_EDGE, PHOTO_EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise RuleError("photos", lazy("This file is not a photo. Choose a JPEG, PNG or WebP picture.")) from error
    upright.thumbnail((PHOTO_EDGE, PHOTO_EDGE))
    thumb = upright.copy()
    thumb.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return _jpeg(upright, 82), _jpeg(thumb, 75), upright.width, upright.height


def _jpeg(picture: object, quality: int) -> bytes:
    import io

    from PIL.Image import Image

    assert isinstance(picture, Image)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
