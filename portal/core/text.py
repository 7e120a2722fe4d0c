"""Markdown as officers write it, as HTML that is safe to show: rendered once, when a text is published."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"}}
CLASSES = {"p": {"signature", "salutation"}, "th": {"r"}, "td": {"r"}}
SCHEMES = {"http", "https", "mailto", "tel"}
OWN_PICTURE = re.compile(r"/(?!/)[\w./-]+")
MARKS = 4000
SIGNATURE_LINES, SIGNATURE_WIDTH = 4, 40
_DATE = re.compile(
    r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
)
# Characters between which a line break is no space: Chinese letters, their marks, full-width forms.
_WIDE = re.compile(
    "[\u2e80-\u2fdf\u3000-\u30ff\u31c0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’…—\U00020000-\U0003ffff]"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_PARAGRAPH = re.compile(r"<(?:p|li)(?: [^>]*)?>([^<]*(?:<(?!/?(?:p|li|ul|ol)\b)[^<]*)*)")
_TAG = re.compile(r"<[^>]*>?")
_BLOCK = re.compile(r"</?(?:p|br|hr|h[2-6]|pre|blockquote|ul|ol|li|div|table|thead|tbody|tr|t[hd])(?: [^>]*)?>")
_MARKS = re.compile(r"[*_~]")
# No text: controls, what is no character, marks that are not seen and turn a line round or stand in the way of a
# search. Joiners (U+200C, U+200D) stay: they change how letters beside them are drawn.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


def render(markdown: str) -> str:
    """HTML of a text in Markdown. Tags typed by hand stay visible as text; headings begin at h2 and skip none."""
    return clean(_parser().render(printable(markdown)))


def clean(html: str) -> str:
    """The second wall: whatever stands outside the allow-list is gone (scripts, styles, forms, hx-*, data-*,
    class, id, pictures from outside, addresses of other schemes). A wide table scrolls within itself.
    """
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        attribute_filter=_filter_attribute,
        link_rel="noopener nofollow",
    )
    return safe.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")


def excerpt(markdown: str, length: int) -> str:
    """The beginning of a text as plain words on one line of at most `length` characters, no headings, no tables."""
    words = ""
    for paragraph in _paragraphs(_parser().parse(printable(markdown))):
        words = _join(words, " ".join(paragraph.split()))
        if len(words) > length:
            return words[: length - 1].rstrip() + "…"
    return words


def beginning(html: str, length: int) -> str:
    """`excerpt` of a text that is rendered already, or of the first part of it: many times faster."""
    words = ""
    for inner in _PARAGRAPH.findall(html):
        words = _join(words, " ".join(unescape(_TAG.sub("", inner)).split()))
        if len(words) > length:
            return words[: length - 1].rstrip() + "…"
    return words


def plain(html: str) -> str:
    """The words of a text that is rendered already, a line for each paragraph, heading and cell."""
    return unescape(_TAG.sub("", _BLOCK.sub("\n", html)))


def printable(text: str) -> str:
    """The text with LF line ends, and without what is no text: no database, feed or font can hold it."""
    return legible(_LINE_ENDS.sub("\n", text))


def legible(text: str) -> str:
    """The text as it was typed, without what is no text."""
    return _NO_TEXT.sub("", text)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).use(cjk_friendly)
    parser.disable("reference")  # "[1]: …" is a line like any other; its rule takes minutes for a hostile text
    parser.core.ruler.before("inline", "portal_marks", _spare_marks)
    parser.core.ruler.push("portal", _adapt)
    return parser


def _spare_marks(state: StateCore) -> None:
    """A paragraph of thousands of * and _ is no emphasis, and pairing them would take minutes."""
    for token in state.tokens:
        if token.type == "inline" and sum(map(token.content.count, "*_~")) > MARKS:
            token.content = _MARKS.sub(r"\\\g<0>", token.content)


def _adapt(state: StateCore) -> None:
    """What differs from plain Markdown, done on the parsed text."""
    _level_headings(state.tokens)
    _align_cells(state.tokens)
    _mark_salutation(state.tokens)
    _mark_signature(state.tokens)
    for token in state.tokens:
        if token.type == "inline":
            token.children = _inline(token.children or [])


def _level_headings(tokens: list[Token]) -> None:
    """The first heading is h2, one below another is one level deeper, whatever numbers of # were typed."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            typed = int(token.tag[1])
            above = [level for level in above if level < typed] + [typed]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(above) + 1, 6)}"


def _align_cells(tokens: list[Token]) -> None:
    """Figures stand at the right by a class; a style attribute would be refused by the browser."""
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            if style.endswith("right"):
                token.attrSet("class", "r")


def _mark_salutation(tokens: list[Token]) -> None:
    """A short first line that ends in a colon addresses the readers (各位会员：) and is not indented."""
    if len(tokens) >= 3 and tokens[0].type == "paragraph_open":
        words = tokens[1].content.strip()
        if words.endswith(("：", ":")) and "\n" not in words and len(words) <= SIGNATURE_WIDTH:
            tokens[0].attrSet("class", "salutation")


def _mark_signature(tokens: list[Token]) -> None:
    """A closing paragraph of short lines that ends in a date is the signature (落款): it keeps its lines."""
    if len(tokens) < 3 or tokens[-3].type != "paragraph_open":
        return
    lines = tokens[-2].content.split("\n")
    short = 2 <= len(lines) <= SIGNATURE_LINES and all(len(line) <= SIGNATURE_WIDTH for line in lines)
    if short and _DATE.fullmatch(lines[-1].strip()):
        tokens[-3].attrSet("class", "signature")
        for token in tokens[-2].children or []:
            if token.type == "softbreak":
                token.type, token.tag = "hardbreak", "br"


def _inline(tokens: list[Token]) -> list[Token]:
    """No space where a line of Chinese goes on in the next; of a picture from outside only its words."""
    kept: list[Token] = []
    before, line_end, place = "", None, 0
    for token in map(_without_outside_picture, tokens):
        if line_end and token.content:
            if not (_WIDE.match(before) and _WIDE.match(token.content)):
                kept.insert(place, line_end)
            line_end = None
        if token.type == "softbreak":
            line_end, place = token, len(kept)
        else:
            kept.append(token)
            before = token.content[-1:] or before
    return kept


def _without_outside_picture(token: Token) -> Token:
    if token.type == "image" and not OWN_PICTURE.fullmatch(str(token.attrs.get("src", ""))):
        return Token("text", "", 0, content=token.content)
    return token


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not OWN_PICTURE.fullmatch(value):
        return None
    return value


def _paragraphs(tokens: list[Token]) -> Iterator[str]:
    """The words of each paragraph and list item."""
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type == "paragraph_open":
            yield "".join(" " if t.type in ("softbreak", "hardbreak") else t.content for t in token.children or [])


def _join(before: str, after: str) -> str:
    if not before or not after:
        return before or after
    wide = _WIDE.match(before[-1]) and _WIDE.match(after[0])
    return f"{before}{'' if wide else ' '}{after}"


def is_chinese(text: str) -> bool:
    """Whether it is to be read out as Chinese."""
    return bool(_HAN.search(text))


def is_blank(text: str) -> bool:
    """Nothing that could be read: spaces, marks of direction, and the like."""
    return all(unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cf", "Cc") for character in text)
