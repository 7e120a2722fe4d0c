"""Printed documents: PDF by typst from the templates in portal/documents, and QR codes.

Values reach a template as JSON through `sys.inputs` and never as source text, so nothing a person typed can be
read as markup. Only the Noto fonts that come with the portal are used, and a character that they lack is refused
before anything is issued: typst would print nothing in its place and warn of nothing.
"""

from __future__ import annotations

import json
import re
import struct
import threading
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from portal.core import calendar
from portal.core.text import legible

if TYPE_CHECKING:
    import typst

Standard = Literal["a-2a", "ua-1"]
TEMPLATES = Path(__file__).parent.parent / "documents"
_TEMPLATE_NAME = re.compile(r"[a-z][a-z0-9-]*")
ONE_LINE = {
    *("name", "association", "federation", "kind", "unit", "in_charge", "handler", "issued_by", "title", "sender"),
    *("signed", "subject"),
}
UNBROKEN = {"url", "site", "code"}  # what is copied from the paper; the templates see to their length
ZERO_WIDTH = "\u200b"
_LONG_WORD = re.compile(r"[!-~\u00a1-\u024f]{25,}")  # Chinese breaks after each character by itself
_UNICODE_TABLES = ((3, 10), (0, 4), (0, 6))
_each_thread = threading.local()


class DocumentError(RuntimeError):
    """A document that cannot be printed as it should be."""


class MissingGlyphs(DocumentError):
    """Characters that no font of the portal can print; nothing has been issued."""

    def __init__(self, characters: list[str]) -> None:
        super().__init__(" ".join(f"{character} (U+{ord(character):04X})" for character in characters))
        self.characters = characters


def render_pdf(
    template: str, data: Mapping[str, Any], *, at: datetime | None = None, standards: Sequence[Standard] = ()
) -> bytes:
    """A PDF of portal/documents/<template>.typ, which reads `data` by `json(bytes(sys.inputs.data))`.

    With `at`, the moment that the document is of, the same data give the same bytes at any time. `standards` are
    kept by the file ("ua-1", "a-2a"), or typst objects.

    Raises MissingGlyphs before typst is asked, and DocumentError for whatever typst objects to, warnings too.
    """
    missing = missing_glyphs("".join(_texts(data)))
    if missing:
        raise MissingGlyphs(missing)
    import typst

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", typst.TypstWarning)
        try:
            pdf, complaints = _compiler().compile_with_warnings(
                input=_source(template),
                format="pdf",
                sys_inputs={"data": json.dumps(_laid_out(data), ensure_ascii=False)},
                timestamp=int((at or calendar.now()).timestamp()),
                pdf_standards=list(standards),
            )
        except typst.TypstError as error:
            raise DocumentError(f"{template}: {error.message}") from error
    if complaints or not isinstance(pdf, bytes):
        raise DocumentError(f"{template}: {complaints[0].message if complaints else 'no page'}")
    return pdf


def let_go() -> None:
    """Free what typst keeps of the last documents: it forgets what ten others did not use. After a long document."""
    for _ in range(10):
        _compiler().compile(input=b"", format="pdf")


def missing_glyphs(text: str) -> list[str]:
    """The characters of a text, each once and in order, that neither Noto Serif SC nor Noto Sans SC can print.

    What is no text is left out of the paper.
    """
    return [
        character
        for character in dict.fromkeys(legible(text))
        if ord(character) not in _printable() and not _is_invisible(character)
    ]


def printable_part(text: str) -> str:
    """A text for a paper that issues nothing, without the characters that cannot be printed."""
    return legible(text).translate(dict.fromkeys(map(ord, missing_glyphs(text))))


def qr_svg(text: str, title: str = "") -> str:
    """A QR code to stand in a page: no style of its own, so it passes the CSP; it scales with its box.

    Dark on light in every theme, with a border of four modules as readers need it (ISO/IEC 18004).
    """
    import segno

    code = segno.make(text, error="m", micro=False)
    return str(
        code.svg_inline(
            omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff", border=4, title=title or None
        )
    )


def _compiler() -> typst.Compiler:
    """This thread's compiler: one shared by threads raises, and building one takes milliseconds."""
    if not hasattr(_each_thread, "compiler"):
        import typst

        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[_font_paths()[0].parent]
        )
        _each_thread.compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
    compiler: typst.Compiler = _each_thread.compiler
    return compiler


def _source(template: str) -> Path:
    """A template of ours by its name, which is never a path."""
    path = TEMPLATES / f"{template}.typ"
    if not _TEMPLATE_NAME.fullmatch(template) or not path.is_file():
        raise DocumentError(f"there is no document called {template!r}")
    return path


def _texts(value: object) -> Iterator[str]:
    """Every text in the data of a document, however deep; drawings (svg) hold no text to print."""
    if isinstance(value, str):
        yield "" if value.startswith("<svg") else value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for inner in value:
            yield from _texts(inner)


def _laid_out(value: Any, name: str = "") -> Any:
    """The same data as they are set: a name is one line whatever was sent for it, and a word that is too long for a
    line may break anywhere.
    """
    if isinstance(value, str):
        value = legible(value)
        if name in UNBROKEN or value.startswith("<svg"):
            return value
        text = " ".join(value.split("\n")) if name in ONE_LINE else value
        return _LONG_WORD.sub(lambda word: ZERO_WIDTH.join(word[0]), text)
    if isinstance(value, Mapping):
        return {key: _laid_out(inner, key) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_laid_out(inner) for inner in value]
    return value


def _is_invisible(character: str) -> bool:
    """Line breaks and spaces, which typst sets itself. Joiners and selectors are not: they change a glyph."""
    return character in "\n\r\t\u2028\u2029" or unicodedata.category(character) == "Zs"


@cache
def _font_paths() -> tuple[Path, Path]:
    """Noto Serif SC and Noto Sans SC (SIL Open Font Licence), which lie in one folder."""
    from pylopdf_fonts_zh_cn import sans_path, serif_path

    return serif_path(), sans_path()


@cache
def _printable() -> frozenset[int]:
    """Code points that one of the fonts has a glyph for."""
    return frozenset().union(*(_code_points(path.read_bytes()) for path in _font_paths()))


def _code_points(font: bytes) -> set[int]:
    """The characters of an OpenType font, from its table `cmap` (ISO/IEC 14496-22), in its full format 12."""
    tables = {font[at : at + 4]: struct.unpack_from(">II", font, at + 8) for at in range(12, 12 + 16 * font[5], 16)}
    start = tables[b"cmap"][0]
    found: dict[tuple[int, int], int] = {}
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * index)
        found[platform, encoding] = start + offset
    best = next(found[key] for key in _UNICODE_TABLES if key in found)
    if struct.unpack_from(">H", font, best)[0] != 12:
        raise DocumentError("the font has no full table of characters")
    points: set[int] = set()
    for group in range(struct.unpack_from(">I", font, best + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", font, best + 16 + 12 * group)
        points.update(range(first + (glyph == 0), last + 1))
    return points
