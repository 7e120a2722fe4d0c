"""The store of files, and photos: what is kept of them, what is taken off, what is refused before it can hurt."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
import zlib
from contextlib import suppress

import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from portal.core.errors import RuleError
from portal.core.files import Store, resize_photo

BAD_KEYS = (
    "../secret.key", "..", "", ".", "/etc/passwd", "a/b", "a\\b", "a" * 32 + "/../../secret.key", "a" * 32 + ".jpg/",
    "a" * 31, "A" * 32, "g" * 32, "a" * 32 + ".tar.gz.sh", "a" * 32 + "\n", "a" * 32 + "\0.jpg", "１" * 32,
    "a" * 32 + "..jpg",
)  # fmt: skip
KINDS = [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {})]
BEIJING = {1: "N", 2: (39.0, 54.0, 15.0), 3: "E", 4: (116.0, 24.0, 27.0)}


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store()
    store.root = tmp_path / "files"
    return store


def picture(kind: str, size: tuple[int, int] = (640, 480), mode: str = "RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, kind, **options)
    return out.getvalue()


def blank(kind: str, size: tuple[int, int], mode: str = "RGB", **options) -> bytes:
    """A picture of one colour: very small, however large it unpacks."""
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_what_is_kept_is_read_again(store):
    key = store.keep(b"content", ".jpg")
    assert store.has(key)
    assert store.read(key) == b"content"
    assert store.path(key).parent.name == key[:2]
    store.remove(key)
    store.remove(key)
    assert not store.has(key)


def test_names_cannot_be_guessed_and_never_come_twice(store):
    keys = {store.keep(b"x", "") for _ in range(200)}
    assert len(keys) == 200
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_leads_nowhere_else(store, key):
    (store.root.parent / "secret.key").write_text("secret")
    for reach in (store.path, store.read, store.remove):
        with pytest.raises(ValueError, match="not a key"):
            reach(key)
    assert not store.has(key)
    with pytest.raises(ValueError, match="not a key"):
        store.keep(b"x", "/../../x.sh")


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_a_photo_becomes_two_jpegs(kind, options):
    photo, thumb, width, height = resize_photo(picture(kind, (2000, 1000), **options))
    assert (width, height) == opened(photo).size == (1600, 800)
    assert opened(thumb).size == (480, 240)
    assert {opened(one).format for one in (photo, thumb)} == {"JPEG"}


def test_a_small_photo_is_not_blown_up():
    assert resize_photo(picture("JPEG", (200, 100)))[2:] == (200, 100)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "I;16", "1"])
def test_photos_of_every_kind_of_colour(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.effect_noise((64, 64), 60).convert("RGB" if mode == "I;16" else mode)
    out = io.BytesIO()
    (source.convert("I;16") if mode == "I;16" else source).save(out, kind)
    assert opened(resize_photo(out.getvalue())[0]).mode == "RGB"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_those_that_the_profile_means(kind):
    """By this profile the first number is green: without it a picture written so would come out red."""
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = usual.replace(b"rXYZ", b"....").replace(b"gXYZ", b"rXYZ").replace(b"....", b"gXYZ")
    profiles = {"none": None, "usual": usual, "swapped": swapped, "torn": b"no profile at all"}
    shown = {name: colour(red(kind, profile)) for name, profile in profiles.items()}
    assert shown == {"none": "red", "usual": "red", "swapped": "green", "torn": "red"}


def red(kind: str, profile: bytes | None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, kind, icc_profile=profile)
    return out.getvalue()


def colour(content: bytes) -> str:
    """What the photo and its thumbnail are for the most part."""
    numbers = [opened(one).getpixel((9, 9)) for one in resize_photo(content)[:2]]
    (name,) = {("red", "green", "blue")[found.index(max(found))] for found in numbers}
    return name


def test_what_is_transparent_is_white():
    photo = opened(resize_photo(blank("PNG", (32, 32), "RGBA"))[0])
    assert photo.getpixel((5, 5)) == (255, 255, 255)


def loaded(kind: str) -> bytes:
    """A photo as a phone writes it: place, device, comment, profile, preview; lying on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET phone"
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.DateTime] = "2026:11:07 09:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(BEIJING)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    text = PngInfo()
    text.add_text("Comment", "SECRET place")
    options = {"JPEG": {"comment": b"SECRET place"}, "PNG": {"pnginfo": text}, "WEBP": {"xmp": b"<x>SECRET</x>"}}
    return picture(kind, (600, 400), exif=exif.tobytes(), icc_profile=profile, **options[kind])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(kind):
    content = loaded(kind)
    assert b"SECRET" in content or b"SECRET" in b"".join(map(_unpacked, content.split(b"IDAT"))), "the control"
    photo, thumb, width, height = resize_photo(content)
    assert (width, height) == (400, 600), "turned upright"
    for one in (photo, thumb):
        assert b"SECRET" not in one
        assert not opened(one).getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(opened(one).info)


def _unpacked(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return part


def test_a_file_that_is_two_things_at_once_comes_out_as_one():
    """A picture with a page, a script or an archive behind it: only the picture is left."""
    for tail in (b"<script>alert(1)</script>", b"PK\x03\x04 zip", b"<?php system($_GET[0]);"):
        photo, thumb, *_ = resize_photo(picture("JPEG") + tail)
        assert tail not in photo
        assert tail not in thumb


REFUSED = {
    "nothing": b"",
    "text": b"a letter to the secretary",
    "page": b"<!doctype html><script>alert(1)</script>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "animation": picture("GIF", (32, 32), "P"),
    "bitmap": picture("BMP", (32, 32)),
    "scan": picture("TIFF", (32, 32)),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "half a photo": picture("JPEG")[:900],
    "head of a photo": picture("PNG")[:20],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused(name):
    with pytest.raises(RuleError) as refused:
        resize_photo(REFUSED[name])
    assert refused.value.field == "photos"


def test_damaged_photos_are_refused_and_nothing_worse():
    """Bytes changed at random: a photo or a refusal, never another error."""
    chance = random.Random(3)
    seeds = [picture(kind, (48, 48), **options) for kind, options in KINDS]
    for _ in range(300):
        torn = bytearray(chance.choice(seeds))
        for _hit in range(chance.randrange(1, 9)):
            torn[chance.randrange(min(len(torn), 300))] = chance.randrange(256)
        with suppress(RuleError):
            resize_photo(bytes(torn))


BOMBS = {
    "png": lambda: blank("PNG", (5000, 5000), compress_level=9),
    "webp": lambda: blank("WEBP", (4200, 4200), method=0),
    "progressive-jpeg": lambda: blank("JPEG", (5000, 4000), progressive=True),
    "black-and-white": lambda: blank("PNG", (15000, 10000), "1"),
}


def test_bombs_are_refused_before_they_unpack(tmp_path):
    """Small files of 17 to 150 megapixels, in a process that tells the time and the memory each took."""
    for name, make in BOMBS.items():
        (tmp_path / name).write_bytes(make())
        assert (tmp_path / name).stat().st_size < 300_000, name
    command = [sys.executable, "-c", MEASURE, *(str(tmp_path / name) for name in BOMBS)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[0] for line in lines] == ["True"] * len(BOMBS)
    assert max(float(line[1]) for line in lines) < 0.2
    assert float(lines[-1][2]) < 50


MEASURE = """
import sys, time, pathlib
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from portal.core.errors import RuleError
from portal.core.files import resize_photo

def peak():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

before = peak()
for name in sys.argv[1:]:
    content, begun, refused = pathlib.Path(name).read_bytes(), time.process_time(), False
    try:
        resize_photo(content)
    except RuleError:
        refused = True
    print(refused, time.process_time() - begun, peak() - before)
"""


def test_control_unpacked_it_would_hurt(tmp_path):
    """The same PNG, simply opened and loaded."""
    bomb = tmp_path / "bomb"
    bomb.write_bytes(BOMBS["png"]())
    begun = time.process_time()
    with Image.open(bomb) as picture:
        picture.load()
        unpacked = picture.width * picture.height * 4 / 2**20
    assert time.process_time() - begun > 0.02
    assert unpacked > 90
