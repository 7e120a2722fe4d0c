"""What a page is made of, read from its source: the short form looks in a browser only at what is new."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from lxml import html as source
from lxml.etree import _Element as Element

# Of an attribute only that it is there: its value differs from page to page, and no rule hangs on it.
NAMED = ("role", "type")
ACTS = re.compile(r'<script[^>]* src="([^"?]+)|\s(data-[a-z-]+|hx-[a-z-]+)(?==|[ >])')
APART = " or ".join(
    f"ancestor-or-self::{name}" for name in ("script", "noscript", "style", "template", "textarea", "code",
                                     "*[@lang][parent::*]", "*[contains(@class, 'reference')]")
)  # fmt: skip
READ = " or ".join(f"name()='{name}'" for name in ("aria-label", "alt", "placeholder", "title"))
TEXTS = f"//title/text() | //body//text()[not({APART})] | //body//*[not({APART})]/@*[{READ}]"
UNTITLED = "not(@type='hidden' or @type='submit' or @aria-label or @aria-labelledby or @title or ancestor::label)"
BOXES = f".//*[self::input or self::select or self::textarea][{UNTITLED}]"
CALLED = ".//*[self::a[@href] or self::button or self::summary][not(@aria-label or @aria-labelledby or @title)]"


def kinds_of(html: str) -> set[str]:
    """The kinds of its elements, told apart by name, classes and attributes: what axe judges by."""
    return {_kind(node) for node in _elements(source.document_fromstring(html))}


def parts_of(html: str) -> set[str]:
    """Each kind within what it stands in: what the layout hangs on."""
    return {f"{_kind(node.getparent())} > {_kind(node)}" for node in _elements(source.document_fromstring(html))}


def acts_of(html: str) -> set[str]:
    """What the scripts hang on: their files, and the attributes that they read."""
    return {f"acts: {script or attribute}" for script, attribute in ACTS.findall(html)}


def text_of(html: str) -> str:
    """What stands there in the reader's language: not what is marked as another one, not addresses and codes."""
    return "\n".join(source.document_fromstring(html).xpath(TEXTS))


def language_of(html: str) -> str:
    return str(source.document_fromstring(html).get("lang"))


def faults_of(html: str) -> list[str]:
    """What needs no browser to be seen of a page: its title and headings, names, labels, ids that occur twice."""
    page = source.document_fromstring(html)
    ids = Counter(page.xpath("//*[not(@type='hidden')]/@id"))
    faults = [f"{number} times the id {name}" for name, number in ids.items() if number > 1]
    faults += [f"no label: {_kind(box)}" for box in page.xpath(BOXES) if not _is_labelled(page, box)]
    faults += [f"no name: {_kind(node)}" for node in page.xpath(CALLED) if not _is_called(node)]
    faults += [f"no alt: {_kind(image)}" for image in page.xpath("//img[not(@alt)]")]
    faults += [] if (page.findtext(".//title") or "").strip(" ·\n") else ["no title"]
    return [*faults, *_faults_of_headings([int(name[1]) for name in _headings(page)])]


def _headings(page: Element) -> Iterator[str]:
    return (node.tag for node in _elements(page) if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6"))


def _faults_of_headings(levels: list[int]) -> list[str]:
    leaps = [f"h{low} is followed by h{high}" for low, high in pairwise(levels) if high > low + 1]
    return leaps if levels.count(1) == 1 else [f"{levels.count(1)} h1", *leaps]


def _is_labelled(page: Element, box: Element) -> bool:
    return box.get("id") is not None and bool(page.xpath("//label[@for=$id]", id=box.get("id")))


def _is_called(node: Element) -> bool:
    """By a text, or by a picture that is named."""
    return bool("".join(node.itertext()).strip() or node.xpath(".//@alt[normalize-space()] | .//@aria-label"))


def _elements(page: Element) -> Iterable[Element]:
    return (node for node in page.find("body").iterdescendants() if isinstance(node.tag, str))


def _kind(node: Element) -> str:
    attributes = [f"{name}={node.get(name)}" if name in NAMED else name for name in node.attrib if _tells(name)]
    return f"{node.tag}.{'.'.join(sorted((node.get('class') or '').split()))}[{' '.join(sorted(attributes))}]"


def _tells(name: str) -> bool:
    return not re.match(r"(data|hx)-", name)
