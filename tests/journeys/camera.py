"""Photographs as a phone makes them: large, turned on their side, with the place in their EXIF data."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import ExifTags, Image

LAKE = {1: "N", 2: (30.0, 15.0, 12.0), 3: "E", 4: (120.0, 9.0, 30.0)}


def photograph(path: Path, number: int) -> Path:
    """A JPEG of 2,400 × 1,800 pixels that says where and with what it was taken."""
    image = Image.radial_gradient("L").resize((2400, 1800)).convert("RGB")
    image.paste((60 * number, 120, 90), (200, 200, 1200, 1000))
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "Phone", 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(LAKE)
    image.save(path, "JPEG", quality=80, exif=exif)
    assert has_exif(path.read_bytes())
    return path


def has_exif(content: bytes) -> bool:
    """Whether a JPEG carries anything beside its pixels: where, when, with what."""
    return bool(Image.open(io.BytesIO(content)).getexif())


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size
