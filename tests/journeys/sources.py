"""Pages by their source alone: what they are made of, what they name, which words they use."""

from __future__ import annotations

import re
from html import unescape

from bs4 import BeautifulSoup

from tests.access.forms import LINK
from tests.harness.accessibility import found_sound
from tests.harness.soaking import SOAKING
from tests.journeys.words import Words

ELEMENT, CLASSES = re.compile(r"<([a-z][\w-]*)"), re.compile(r'<[a-z][^>]* class="([^"]+)"')
# Of a page's source, what is no text in the reader's language for certain.
APART = re.compile(r"<(script|style|template|textarea|code)\b.*?</\1>|<[^>]*>", re.DOTALL)


def are_new(parts, *, keep=True):
    """Whether no crawl of the run has tried on one of them yet."""
    new = [path for part in parts if not (path := found_sound(f"tried on: {part}")).exists()]
    for path in new if keep else ():
        path.touch()
    return bool(new)


def made_of(html):
    """The kinds of its elements and their classes, as the crawl reads them in the browser."""
    body = html.partition("<body")[2]
    return {*ELEMENT.findall(body), *" ".join(CLASSES.findall(body)).split()}


def links_of(html):
    return [unescape(link) for link in LINK.findall(html)]


def in_traditional(client, pages):
    """In `make soak`, the same pages in Traditional Chinese: the language is said, and no English is left."""
    if not SOAKING:
        return
    words = Words("zh-Hant")
    for address in pages:
        answer = client.get(address, headers={"Accept-Language": "zh-TW"})
        assert answer.status_code == 200, address
        assert '<html lang="zh-Hant"' in answer.text
        assert answer.text.count("<h1") == 1
        if words.foreign(unescape(APART.sub("\n", answer.text))):
            foreign = words.foreign(text_of(BeautifulSoup(answer.text, "lxml")))
            yield from [f"{address} in zh-Hant: {sorted(foreign)}"] if foreign else []


def text_of(page: BeautifulSoup) -> str:
    for apart in page.select("script, style, template, textarea, code, .reference, body [lang]"):
        apart.decompose()
    return page.get_text("\n")
