"""Pictures for the log books, painted when the demonstration is loaded: layers of cut paper."""

from __future__ import annotations

import io
import math
import random
from typing import TYPE_CHECKING, Any

from portal.demo.chance import seeded

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 960, 640
Colour = tuple[int, int, int]
THUMB = (480, 320)
INK: Colour = (33, 28, 23)
LIGHT: Colour = (246, 206, 130)
FINE = 2  # masks are cut at twice the size, so that edges come out smooth
Points = list[tuple[float, float]]

# Sky above, sky below, sun, then the layers from the back to the front.
MOODS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("faf7f1", "f0dcc4", "c43e32", ("d6c8b2", "a4b298", "688e74", "2c6048")),
    ("e2eaf0", "f8f0e2", "e2aa60", ("baccd6", "84a4b8", "527a9a", "244a70")),
    ("fcf0e0", "f4cea8", "b3261e", ("e6be96", "ce8e68", "a05442", "5c322c")),
)
SCENES = ("lake", "lane", "fields", "lanterns")
PICTURES = len(MOODS) * len(SCENES)


def paint(number: int) -> tuple[bytes, bytes]:
    """The picture of this number and its thumbnail, as JPEG; the same number is the same picture."""
    from PIL import Image

    chance = seeded("photo", number)
    sky, horizon, sun, colours = MOODS[number // len(SCENES) % len(MOODS)]
    picture, layers = _sky(_colour(sky), _colour(horizon)), tuple(_colour(text) for text in colours)
    if SCENES[number % len(SCENES)] != "lanterns":
        _lay(picture, [_circle(chance.uniform(0.6, 0.82), chance.uniform(0.18, 0.28), 0.075)], _colour(sun), 0.35)
    SCENE[SCENES[number % len(SCENES)]](picture, layers, chance)
    return _jpeg(picture, 84), _jpeg(picture.resize(THUMB, Image.Resampling.LANCZOS), 82)


def _sky(above: Colour, below: Colour) -> Image:
    """A soft gradient from the zenith to the horizon."""
    from PIL import Image

    mask = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    return Image.composite(Image.new("RGB", mask.size, below), Image.new("RGB", mask.size, above), mask)


def _lay(picture: Image, shapes: list[Points], colour: Colour, shade: float = 0.5) -> None:
    """Lay a sheet of paper on the picture, cut to these shapes, with its shadow on what lies beneath."""
    from PIL import Image, ImageFilter

    mask = _cut(shapes)
    if shade:
        small = mask.reduce(8).filter(ImageFilter.GaussianBlur(1.8)).point([int(n * shade) for n in range(256)])
        shadow = small.resize((WIDTH + 16, HEIGHT + 16), Image.Resampling.BILINEAR).crop(
            (11, 13, WIDTH + 11, HEIGHT + 13)
        )
        _paste(picture, _mixed(colour, INK, 0.6), shadow)
    _paste(picture, colour, mask)


def _cut(shapes: list[Points]) -> Image:
    """The mask of these shapes; drawn no larger than they are, for most sheets are small."""
    from PIL import Image, ImageDraw

    xs, ys = ([point[axis] for shape in shapes for point in shape] for axis in (0, 1))
    left, top = (min(max(0, int(min(all_) * size) - 1), size - 1) for all_, size in ((xs, WIDTH), (ys, HEIGHT)))
    right, bottom = (min(max(1, int(max(all_) * size) + 2), size) for all_, size in ((xs, WIDTH), (ys, HEIGHT)))
    sheet = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
    draw = ImageDraw.Draw(sheet)
    for shape in shapes:
        draw.polygon([(x * WIDTH * FINE - left * FINE, y * HEIGHT * FINE - top * FINE) for x, y in shape], fill=255)
    mask = Image.new("L", (WIDTH, HEIGHT))
    mask.paste(sheet.reduce(FINE), (left, top))
    return mask


def _paste(picture: Image, colour: Colour, mask: Image) -> None:
    """Only where the mask lets something through: most sheets are small."""
    box = mask.getbbox()
    if box:
        picture.paste(colour, box, mask.crop(box))


def _circle(x: float, y: float, radius: float) -> Points:
    steps = [math.tau * step / 64 for step in range(64)]
    return [(x + radius * math.cos(a) * HEIGHT / WIDTH, y + radius * math.sin(a)) for a in steps]


def _hills(chance: random.Random, level: float, height: float) -> Points:
    """A rolling ridge from edge to edge, filled to the bottom."""
    waves = [(chance.uniform(0.6, 1.5) * n, chance.uniform(0, math.tau), height / n) for n in (1, 2, 4)]
    xs = [step / 80 for step in range(81)]
    ridge = [(x, level - sum(size * math.sin(math.tau * f * x + phase) for f, phase, size in waves)) for x in xs]
    return [(-0.01, 1.01), *ridge, (1.01, 1.01)]


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _tree(x: float, foot: float, size: float) -> list[Points]:
    """A round crown on a thin trunk."""
    crown = [(0.0, 0.72, 0.3), (-0.15, 0.6, 0.22), (0.16, 0.58, 0.24), (0.02, 0.5, 0.24)]
    trunk = _box(x - size * 0.018, foot - size * 0.5, x + size * 0.018, foot)
    return [trunk, *(_circle(x + size * dx * 0.66, foot - size * dy, size * r) for dx, dy, r in crown)]


def _house(x: float, foot: float, width: float, height: float) -> tuple[Points, Points, list[Points]]:
    """Walls, a roof whose eaves turn up, and windows."""
    eaves, ridge = foot - height * 0.58, foot - height
    roof = [
        (x - width * 0.2, eaves - height * 0.1), (x - width * 0.02, eaves - height * 0.03),
        (x + width * 0.18, ridge), (x + width * 0.82, ridge),
        (x + width * 1.02, eaves - height * 0.03), (x + width * 1.2, eaves - height * 0.1),
        (x + width * 1.06, eaves + height * 0.06), (x - width * 0.06, eaves + height * 0.06),
    ]  # fmt: skip
    sill, side = eaves + height * 0.34, width * 0.13
    windows = [_box(x + width * at, eaves + height * 0.17, x + width * at + side, sill) for at in (0.16, 0.43, 0.7)]
    return _box(x, eaves, x + width, foot), roof, windows


def _build(
    picture: Image, houses: list[tuple[Points, Points, list[Points]]], colour: Colour, lit: bool = True
) -> None:
    """Houses as three sheets: walls, darker roofs over them, windows with a light behind."""
    _lay(picture, [walls for walls, _, _ in houses], colour)
    _lay(picture, [roof for _, roof, _ in houses], _mixed(colour, INK, 0.28), 0.4)
    panes = [pane for _, _, windows in houses for pane in windows]
    _lay(picture, panes, _mixed(colour, LIGHT, 0.85) if lit else _mixed(colour, INK, 0.2), 0)


def _people(chance: random.Random, foot: float, count: int, size: float) -> list[Points]:
    """Neighbours standing together, seen from far."""
    found: list[Points] = []
    x = chance.uniform(0.12, 0.3)
    for _ in range(count):
        tall = size * chance.uniform(0.82, 1.05)
        found.append(_circle(x, foot - tall * 0.9, tall * 0.1))
        shoulder, hem = tall * 0.11, tall * 0.085
        found.append(_circle(x, foot - tall * 0.68, tall * 0.105))
        found.append(
            [
                (x - shoulder * 0.62, foot - tall * 0.7),
                (x + shoulder * 0.62, foot - tall * 0.7),
                (x + hem, foot + 0.02),
                (x - hem, foot + 0.02),
            ]
        )
        x += size * chance.uniform(0.3, 0.85)
    return found


def _lake(picture: Image, layers: tuple[Colour, ...], chance: random.Random) -> None:
    """Hills beyond a lake, a pavilion on the shore, neighbours in front."""
    back, middle, near, front = layers
    _lay(picture, [_hills(chance, 0.5, 0.07)], back)
    _lay(picture, [_hills(chance, 0.58, 0.05)], middle)
    _lay(picture, [_box(-0.01, 0.66, 1.01, 1.01)], _mixed(back, (255, 255, 255), 0.4), 0.2)
    for y in (0.7, 0.745, 0.79):
        x = chance.uniform(0.05, 0.5)
        _lay(picture, [_box(x, y, x + chance.uniform(0.2, 0.42), y + 0.006)], (255, 253, 250), 0)
    _build(picture, [_house(0.66, 0.82, 0.13, 0.24)], near)
    _lay(picture, _tree(0.9, 0.86, 0.36), near)
    _lay(picture, [_hills(chance, 0.9, 0.03), *_people(chance, 0.9, 5, 0.17)], front)


def _lane(picture: Image, layers: tuple[Colour, ...], chance: random.Random) -> None:
    """Roofs of a quarter behind one another, with trees between them."""
    for number, colour in enumerate(layers):
        foot, houses, x = 0.64 + number * 0.13, [], chance.uniform(-0.12, 0.02)
        while x < 1.02:
            width = chance.uniform(0.13, 0.2)
            houses.append(_house(x, foot + 0.08, width, chance.uniform(0.24, 0.32)))
            x += width + chance.uniform(0.07, 0.16)
        _lay(picture, _tree(chance.uniform(0.1, 0.9), foot + 0.04, 0.34), _mixed(colour, layers[3], 0.25))
        _build(picture, houses, colour, lit=number > 0)
    _lay(picture, [_box(-0.01, 0.95, 1.01, 1.01), *_people(chance, 0.96, 4, 0.2)], _mixed(layers[3], INK, 0.5))


def _fields(picture: Image, layers: tuple[Colour, ...], chance: random.Random) -> None:
    """Terraces under a mountain, a farmhouse, people at work."""
    _lay(picture, [_hills(chance, 0.44, 0.11)], layers[0])
    steps = 7
    for number in range(steps):
        share = number / (steps - 1)
        colour = _mixed(layers[1], layers[3], share)
        _lay(picture, [_hills(chance, 0.54 + share * 0.36, 0.022)], colour, 0.35)
        if number == 2:
            _build(picture, [_house(0.2, 0.68, 0.12, 0.17)], _mixed(layers[3], layers[1], 0.2))
            _lay(picture, _tree(0.42, 0.68, 0.28), layers[3], 0.3)
    _lay(picture, _people(chance, 0.93, 6, 0.12), _mixed(layers[3], INK, 0.6), 0.2)


def _lanterns(picture: Image, layers: tuple[Colour, ...], chance: random.Random) -> None:
    """A courtyard on a festival evening, lanterns on a line."""
    _lay(picture, [_hills(chance, 0.6, 0.05)], layers[0])
    _build(picture, [_house(0.08, 0.86, 0.27, 0.4), _house(0.66, 0.86, 0.28, 0.36)], layers[1])
    _lay(picture, [*_tree(0.5, 0.86, 0.5), _box(-0.01, 0.84, 1.01, 1.01)], layers[2])
    xs = [0.06 + 0.11 * number for number in range(9)]
    hung = [(x, 0.2 - 0.3 * (x - 0.5) ** 2) for x in xs]
    _lay(picture, [_box(x - 0.001, -0.01, x + 0.001, y) for x, y in hung], layers[3], 0)
    _lay(picture, [_circle(x, y + 0.03, 0.038) for x, y in hung], (179, 38, 30), 0.3)
    _lay(
        picture,
        [_box(x - 0.013, y + side, x + 0.013, y + side + 0.008) for x, y in hung for side in (-0.01, 0.062)],
        LIGHT,
        0,
    )
    _lay(picture, [*_people(chance, 0.97, 6, 0.22), _box(-0.01, 0.96, 1.01, 1.01)], layers[3])


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text)
    return red, green, blue


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _jpeg(picture: Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


SCENE: dict[str, Any] = {"lake": _lake, "lane": _lane, "fields": _fields, "lanterns": _lanterns}
