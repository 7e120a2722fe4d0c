"""Files that people give: random names in the data folder, outside the static one, never executed."""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from portal.core.errors import RuleError
from portal.core.i18n import _, lazy

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageFile import ImageFile

KEY = re.compile(r"[0-9a-f]{32}(\.[a-z0-9]{1,8}){0,2}", re.ASCII)
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Documents that may be attached: how each begins, and what it is called. What a browser would run is none of them.
DOCUMENTS: dict[str, tuple[bytes, str]] = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".docx": (ZIP, f"{_OFFICE}.wordprocessingml.document"),
    ".xlsx": (ZIP, f"{_OFFICE}.spreadsheetml.sheet"),
    ".pptx": (ZIP, f"{_OFFICE}.presentationml.presentation"),
    ".zip": (ZIP, "application/zip"),
    ".doc": (OLE, "application/msword"),
    ".xls": (OLE, "application/vnd.ms-excel"),
    ".ppt": (OLE, "application/vnd.ms-powerpoint"),
    ".wps": (OLE, "application/vnd.ms-works"),
    ".et": (OLE, "application/vnd.ms-excel"),
}
PHOTO_EDGE = 1600
THUMB_EDGE = 480
MAX_PIXELS = 60_000_000  # of a JPEG, which is unpacked no larger than needed
MAX_PIXELS_WHOLE = 16_000_000  # of what can only be unpacked whole: 64 MB


class Store:
    """The folder `files` of the data folder. A file's key is a random name; two letters of it are its folder."""

    def __init__(self) -> None:
        self.root = Path("instance/files")

    def path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
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

    def has(self, key: str) -> bool:
        return bool(KEY.fullmatch(key)) and self.path(key).is_file()

    def read(self, key: str) -> bytes:
        return self.path(key).read_bytes()

    def remove(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def discard(self, keys: Iterable[str]) -> None:
        """Remove what nothing keeps any more, once that is committed."""
        for key in keys:
            self.remove(key)


store = Store()


def is_picture(content: bytes) -> bool:
    """Whether it begins as a JPEG, PNG or WebP picture; `resize_photo` says whether it is one."""
    return content.startswith(PICTURES[:2]) or (content[:4] == PICTURES[2] and content[8:12] == b"WEBP")


def document_type(name: str, content: bytes) -> str:
    """The media type of a document, by its ending and by how it begins. Raises RuleError("file") for any other."""
    begins, media_type = DOCUMENTS.get(Path(name).suffix.lower(), (b"", ""))
    if not media_type or not content.startswith(begins):
        kinds = "PDF, Word, Excel, PowerPoint, WPS, ZIP, JPEG, PNG, WebP"
        raise RuleError("file", _("This kind of file cannot be attached. These can: %(kinds)s.", kinds=kinds))
    return media_type


def resize_photo(content: bytes) -> tuple[bytes, bytes, int, int]:
    """A photo and its thumbnail as JPEG without EXIF, turned upright, and the photo's width and height.

    Raises RuleError("photos", …) for what is no JPEG, PNG or WebP picture, or has too many pixels: a file of a few
    kilobytes can unpack to gigabytes, so the size is known before anything is unpacked.
    """
    from PIL import Image, ImageOps

    with _open(content) as opened:
        try:
            # Shrinking mixes colours, which a palette cannot.
            picture: Picture = opened.convert("RGBA") if opened.mode == "P" else opened
            picture.thumbnail((PHOTO_EDGE, PHOTO_EDGE))
            upright = _on_white(_in_srgb(ImageOps.exif_transpose(picture)))
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
            raise _no_photo() from error
    upright.info.clear()  # Pillow would write comments and XMP, which can hold the place, into the new file
    thumb = upright.copy()
    thumb.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return _jpeg(upright, 82), _jpeg(thumb, 75), upright.width, upright.height


def _open(content: bytes) -> ImageFile:
    """The picture, of which only the head has been read."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _no_photo() from error
    is_read_in_part = picture.format in ("JPEG", "MPO") and not picture.info.get("progressive")
    if picture.width * picture.height > (MAX_PIXELS if is_read_in_part else MAX_PIXELS_WHOLE):
        raise RuleError("photos", lazy("This photo is too large: at most 60 megapixels, or 16 as PNG or WebP."))
    return picture


def _no_photo() -> RuleError:
    return RuleError("photos", lazy("This file is not a photo. Choose a JPEG, PNG or WebP picture."))


def _in_srgb(picture: Picture) -> Picture:
    """The colours that are meant when nothing is said of them: the profile that says otherwise is not kept.

    A profile that cannot be read is passed over, as a browser does.
    """
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        meant = ImageCms.profileToProfile(
            picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except ImageCms.PyCMSError:
        return picture
    return meant or picture


def _on_white(picture: Picture) -> Picture:
    """What is transparent becomes paper, not ink."""
    from PIL import Image

    if picture.mode not in ("RGBA", "LA"):
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def _jpeg(picture: Picture, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
