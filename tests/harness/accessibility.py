"""What axe says of a page. It takes longer than all else that a browser does: what it has found sound in this run,
in any of its processes, it is not asked again.

Most of its rules judge by the markup. Contrast hangs on how a text is painted and on what, not on the page: the same
paint is asked once, whichever page it is on. Texts that axe passes over (disabled, hidden, half covered) say nothing
of their paint: those are known by their place. Whether all content is in a landmark is said by what stands outside of
them, and whether a page may be turned by its styles: each is asked once. Of the size of what is tapped axe is asked
where it is not plain: what is large or stands alone has room by WCAG's own measure.

In `make test` axe is asked of pages that are made of a kind of element which none had before; in `make soak` of all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from pathlib import Path

from playwright.sync_api import Page

from tests.harness.folders import FOLDER
from tests.harness.markup import kinds_of
from tests.harness.soaking import SOAKING

Seen = tuple[str, list[list[str]], list[str], list[str]]  # markup, texts, what two rules hang on, what is close
_noted: set[str] = set()  # by this process; the others see it in the folder that they share
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# All of a page that the rules judge by: of texts and addresses only whether there are some.
MARKUP = """() => {
  const free = /^(href|src|srcset|action|value|content|alt|placeholder|title|datetime|d|hx-.*)$/;
  const kept = ({ name, value }) => `${name}=${free.test(name) ? !!value.trim() : value}`;
  const texts = (node) => [...node.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
  const all = [...document.querySelectorAll("*")].map((node) =>
    [node.localName, texts(node), node.childElementCount, ...[...node.attributes].map(kept)].join(" "));
  return [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, !!document.title, ...all].join("\\n");
}"""
# Each text with its paint (colour, size, weight, all that is painted below it or may lie over it) and its place.
TEXTS = """() => {
  const grounds = new Map([[null, ["", ""]]]), found = [], over = new Set();
  const stands = (node) => {
    if (!grounds.has(node)) {
      const [ground, place] = stands(node.parentElement), css = getComputedStyle(node);
      const own = [css.backgroundColor, css.backgroundImage, css.opacity, css.filter].join(" ");
      const bare = own === "rgba(0, 0, 0, 0) none 1 none";
      if (!bare && css.position !== "static") over.add(own);
      const names = `${node.localName} ${node.getAttribute("class") || ""} ${node.id}`;
      grounds.set(node, [bare ? ground : `${ground} > ${own}`, `${place} > ${names}`]);
    }
    return grounds.get(node);
  };
  for (const node of document.body.querySelectorAll("*")) {
    const [ground, place] = stands(node);
    if (!/^(input|select|textarea)$/.test(node.localName)
        && ![...node.childNodes].some((part) => part.nodeType === 3 && part.data.trim())) continue;
    const css = getComputedStyle(node);
    found.push([node, [css.color, css.fontSize, css.fontWeight, css.textShadow, ground].join(" "), place]);
  }
  return found.map(([node, paint, place]) =>
    ({ node, paint: `${[...over].sort()} ${paint}`, place: `${innerWidth} ${paint} ${place}` }));
}"""
# What stands outside of the landmarks, and where these stand; the styles.
FRAME = """() => {
  const within = "article, section, aside, nav, main";
  const marks = /^(banner|main|navigation|contentinfo|complementary)$/;
  const is = (node) => marks.test(node.getAttribute("role") || "") || !node.hasAttribute("role")
    && (/^(main|nav|aside)$/.test(node.localName)
      || /^(header|footer)$/.test(node.localName) && !node.closest(within));
  const drawn = (node) => is(node) ? node.localName
    : `<${node.localName} ${[...node.attributes].filter(({ name }) => !/^(href|data-.*)$/.test(name))
        .map(({ name, value }) => name + value)} ${[...node.childNodes].some((part) =>
        part.nodeType === 3 && part.data.trim())}${[...node.children].map(drawn).join("")}>`;
  const sheets = [...document.styleSheets].map(({ href }) => href && new URL(href).pathname + new URL(href).search);
  return [`region ${innerWidth} ${drawn(document.body)}`, `css-orientation-lock ${sheets.sort()}`];
}"""
# What is tapped and is neither large (24 px each way, nothing over it) nor alone (nothing within a circle of 24 px),
# with what stands close to it: axe's rule hangs on nothing else.
CLOSE = """() => {
  const boxes = [...document.querySelectorAll(
      "a[href], button, input, select, textarea, summary, [role], [tabindex], [contenteditable]")]
    .filter((node) => node.tabIndex >= 0 && node.getClientRects().length).map((node) => {
      const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
      return { node, left, right, top, bottom, x: (left + right) / 2, y: (top + bottom) / 2,
               small: Math.min(width, height) < 24 };
    });
  const off = (low, at, high) => Math.max(low - at, 0, at - high);
  const close = (a, b) => a.small
    ? Math.hypot(off(b.left, a.x, b.right), off(b.top, a.y, b.bottom)) < 12
      || b.small && Math.hypot(a.x - b.x, a.y - b.y) < 24
    : a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom && !a.node.contains(b.node);
  const name = ({ localName, className }) => `${localName} ${className}`;
  const placed = (a, b) => [b.left - a.left, b.top - a.top, b.right - a.left, b.bottom - a.top].map(Math.round);
  return boxes.map((a) => [a, boxes.filter((b) => a !== b && !b.node.contains(a.node) && close(a, b))])
    .filter(([, others]) => others.length).map(([a, others]) => ({ node: a.node, company:
      [innerWidth, name(a.node), name(a.node.parentElement), ...[a, ...others].map((b) =>
        `${name(b.node)} ${placed(a, b)}`)].join(" ") }));
}"""
SEEN = f"""() => {{
  const texts = new Map(({TEXTS})().map(({{ paint, place }}) => [paint + place, [paint, place]]));
  return [({MARKUP})(), [...texts.values()], ({FRAME})(), ({CLOSE})().map(({{ company }}) => company)];
}}"""
# The lines are made in the page: what axe says of all that is right is ten times as much, on every page.
RUN_AXE = f"""async ([tags, asked, known, companies]) => {{
  const lines = ({{ violations }}) => violations.flatMap(({{ id, help, nodes }}) =>
    nodes.map(({{ target }}) => `${{id}}: ${{target.join(" ")}} (${{help}})`));
  const found = [], passed = [], places = new Set(asked);
  if (tags.length) {{
    const off = ["color-contrast", "target-size", ...known].map((rule) => [rule, {{ enabled: false }}]);
    const options = {{ runOnly: tags, rules: Object.fromEntries(off), resultTypes: ["violations"] }};
    if (known.includes("css-orientation-lock")) options.preload = {{ assets: ["media"] }};
    found.push(...lines(await axe.run(document, options)));
  }}
  const close = companies.length ? ({CLOSE})().filter(({{ company }}) => companies.includes(company)) : [];
  if (close.length) found.push(...lines(await axe.run({{ include: close.map(({{ node }}) => node) }},
    {{ runOnly: ["target-size"], resultTypes: ["violations"] }})));
  const texts = ({TEXTS})().filter(({{ place }}) => places.has(place));
  if (texts.length) {{
    const seen = await axe.run({{ include: texts.map(({{ node }}) => node) }},
      {{ runOnly: ["color-contrast"], resultTypes: ["violations", "passes"], elementRef: true }});
    const sound = new Set(seen.passes.flatMap(({{ nodes }}) => nodes.map(({{ element }}) => element)));
    found.push(...lines(seen));
    passed.push(...texts.filter(({{ node }}) => sound.has(node)).map(({{ paint }}) => paint));
  }}
  return [found, passed];
}}"""


def axe(
    page: Page, elsewhere: Callable[[], Page] | None = None, *, scripts: bool = True, whole: bool = SOAKING
) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line each: the rule, the element, the reason.

    Unless it is asked as a whole, a page of known kinds of elements is taken for sound.
    `elsewhere` shows the page's markup in a browser in which axe is loaded already. Texts that are painted otherwise
    there are asked of in the page itself, if it lets a script run.
    """
    page.wait_for_load_state("load")  # a click may have led to a page whose styles are still on their way
    kinds = kinds_of(page.content())
    if not (whole or are_new(kinds)):
        return []
    found = _ask_whole(page, elsewhere, scripts=scripts) if whole else _ask_shown((elsewhere or (lambda: page))())
    if not found:
        note(kinds)
    return found


def _ask_shown(page: Page) -> list[str]:
    return _ask(page, WCAG, page.evaluate(SEEN))


def _ask_whole(page: Page, elsewhere: Callable[[], Page] | None, *, scripts: bool) -> list[str]:
    seen: Seen = page.evaluate(SEEN)
    markup, texts = seen[:2]
    known = found_sound(markup)
    if known.exists() and not _new(texts):
        return []
    rules = () if known.exists() else WCAG
    if elsewhere:
        shown = elsewhere()
        found = _ask(shown, rules, shown.evaluate(SEEN)) or (scripts and _ask(page, (), seen)) or []
    else:
        found = _ask(page, rules, seen)
    if not found:
        known.touch()
    return found


def contrast(page: Page) -> list[str]:
    """The same of contrast alone."""
    return _ask(page, (), page.evaluate(SEEN))


def _ask(page: Page, tags: tuple[str, ...], seen: Seen) -> list[str]:
    _markup, texts, apart, close = seen
    new, companies = _new(texts), [one for one in close if tags and not found_sound(one).exists()]
    if not (tags or new):
        return []
    known = [rule.split(" ")[0] for rule in apart if found_sound(rule).exists()]
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe_itself())  # which the content security policy does not forbid
    found: list[str]
    found, passed = page.evaluate(RUN_AXE, [tags, [place for _paint, place in new], known, companies])
    if not found:
        for sound in (*apart, *companies) if tags else ():
            found_sound(sound).touch()
        for paint, place in new:
            found_sound(paint if paint in passed else place).touch()
    return found


def _new(texts: list[list[str]]) -> list[list[str]]:
    """Those of which neither the paint nor the place has been found sound."""
    return [text for text in texts if not any(found_sound(what).exists() for what in text)]


def are_new(parts: Iterable[str]) -> bool:
    """Whether one of them was not noted in this run yet."""
    return any(not (part in _noted or found_sound(part).exists()) for part in parts)


def note(parts: Iterable[str]) -> None:
    for part in set(parts) - _noted:
        found_sound(part).touch()
        _noted.add(part)


def found_sound(what: str) -> Path:
    """The file that says so, among those that the processes of this run share."""
    folder = Path(os.environ[FOLDER]) / "sound"
    folder.mkdir(exist_ok=True)
    return folder / hashlib.sha256(what.encode()).hexdigest()


@cache
def _axe_itself() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
