"""What axe says of a page. It takes longer than all else that a browser does: what it has found sound in this run,
in any of its processes, it is not asked again.

Its rules but one judge by the markup. Contrast hangs on how a text is painted and on what, not on the page: the same
paint is asked once, whichever page it is on. Texts that axe passes over (disabled, hidden, half covered) say nothing
of their paint: those are known by their place.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path

from playwright.sync_api import Page

from tests.harness.folders import FOLDER

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
SEEN = f"""() => {{
  const texts = new Map(({TEXTS})().map(({{ paint, place }}) => [paint + place, [paint, place]]));
  return [({MARKUP})(), [...texts.values()]];
}}"""
# The lines are made in the page: what axe says of all that is right is ten times as much, on every page.
RUN_AXE = f"""async ([tags, asked]) => {{
  const lines = ({{ violations }}) => violations.flatMap(({{ id, help, nodes }}) =>
    nodes.map(({{ target }}) => `${{id}}: ${{target.join(" ")}} (${{help}})`));
  const found = [], passed = [], places = new Set(asked);
  if (tags.length) found.push(...lines(await axe.run(document,
    {{ runOnly: tags, rules: {{ "color-contrast": {{ enabled: false }} }}, resultTypes: ["violations"] }})));
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


def axe(page: Page, elsewhere: Callable[[], Page] | None = None, *, scripts: bool = True) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line each: the rule, the element, the reason.

    `elsewhere` shows the page's markup in a browser in which axe is loaded already. Texts that are painted otherwise
    there are asked of in the page itself, if it lets a script run.
    """
    page.wait_for_load_state("load")  # a click may have led to a page whose styles are still on their way
    markup, texts = page.evaluate(SEEN)
    known = found_sound(markup)
    if known.exists() and not _new(texts):
        return []
    rules = () if known.exists() else WCAG
    if elsewhere:
        shown = elsewhere()
        found = _ask(shown, rules, shown.evaluate(SEEN)[1]) or (scripts and _ask(page, (), texts)) or []
    else:
        found = _ask(page, rules, texts)
    if not found:
        known.touch()
    return found


def contrast(page: Page) -> list[str]:
    """The same of contrast alone."""
    return _ask(page, (), page.evaluate(SEEN)[1])


def _ask(page: Page, tags: tuple[str, ...], texts: list[list[str]]) -> list[str]:
    new = _new(texts)
    if not (tags or new):
        return []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe_itself())  # which the content security policy does not forbid
    found: list[str]
    found, passed = page.evaluate(RUN_AXE, [tags, [place for _paint, place in new]])
    if not found:
        for paint, place in new:
            found_sound(paint if paint in passed else place).touch()
    return found


def _new(texts: list[list[str]]) -> list[list[str]]:
    """Those of which neither the paint nor the place has been found sound."""
    return [text for text in texts if not any(found_sound(what).exists() for what in text)]


def found_sound(what: str) -> Path:
    """The file that says so, among those that the processes of this run share."""
    folder = Path(os.environ[FOLDER]) / "sound"
    folder.mkdir(exist_ok=True)
    return folder / hashlib.sha256(what.encode()).hexdigest()


@cache
def _axe_itself() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
