"""Somebody at a browser: finds things by their words, taps and types, and has every page looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Locator, Page, Response, expect

from portal.accounts.models import Account
from tests.activities.rows import who
from tests.harness.accessibility import are_new, axe, note
from tests.harness.factory import PASSWORD
from tests.harness.markup import acts_of, faults_of, language_of, parts_of, text_of
from tests.harness.soaking import SOAKING
from tests.journeys.words import Words

# What the looks ask of a page, in one answer. Its words are those in the reader's language: not what is marked as
# another one, not addresses and codes.
LOOK = """() => {
  const apart = "script, noscript, style, template, textarea, code, .reference, [lang]:not(html)";
  const found = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(apart)) found.push(walk.currentNode.data);
  for (const name of ["aria-label", "alt", "placeholder", "title"])
    for (const node of document.querySelectorAll(`[${name}]`))
      if (!node.closest(apart)) found.push(node.getAttribute(name));
  const page = document.scrollingElement;
  return {
    title: document.title, h1: document.querySelectorAll("h1").length, lang: document.documentElement.lang,
    over: page.scrollWidth - page.clientWidth, text: found.join("\\n"),
  };
}"""
AWAY = re.compile(r'<script\b.*?</script>|(?<=\s)(?:src|srcset)="[^"]*"', re.DOTALL)
EMPTY = "/static/portal.css"
_shows: WeakKeyDictionary[Page, str] = WeakKeyDictionary()  # what stands in the page of each checker
LARGE = """() => {
  document.documentElement.setAttribute("data-large", "");
  return document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth;
}"""
OVERFLOW = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


class Visitor:
    """A browser's page and who sits before it. `checker` gives another page, in which axe stays loaded; `whole` asks
    axe of every page, not only of what is new.
    """

    def __init__(
        self, page: Page, words: Words, checker: Callable[[], Page], *, scripts: bool = True, whole: bool = SOAKING
    ) -> None:
        self.page, self.say = page, words
        self.findings: list[str] = []
        self.taps = self.keys = 0
        self._checker, self._scripts, self._whole = checker, scripts, whole
        self._arrived: list[str] = []
        page.on("response", self._note)

    # What is on the page.

    def link(self, message: str, context: str | None = None, **values: object) -> Locator:
        return self.page.get_by_role("link", name=self.say(message, context, **values), exact=True)

    def button(self, message: str, context: str | None = None, **values: object) -> Locator:
        return self.page.get_by_role("button", name=self.say(message, context, **values), exact=True)

    def field(self, message: str, context: str | None = None) -> Locator:
        return self.page.get_by_label(self.say.beginning(message, context))

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def sees_not(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    # What the visitor does.

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        """Put text in place of what is there: a tap into the box and a key for each character."""
        self.taps += 1
        self.keys += len(text)
        target.fill(text)

    def fill(self, **values: str) -> None:
        """Type into boxes by their ids."""
        for name, value in values.items():
            self.type(self.page.locator(f"#{name}"), value)

    def choose(self, name: str, value: str = "") -> None:
        """Tick the box, or of several the one of this value."""
        self.taps += 1
        self.page.locator(f"input[name='{name}']" + (f"[value='{value}']" if value else "")).check(force=True)

    def follow(self, target: Locator) -> None:
        """Tap what leads to another page, by a link or by sending a form, and look at that page."""
        self.leave(lambda: self.tap(target))

    def leave(self, act: Callable[[], Any]) -> None:
        with self.page.expect_navigation(wait_until="load"):
            act()
        self.look()

    def sign_in(self, account: Account) -> None:
        """From the front page by its link; afterwards the work list or one's own page is there."""
        self.open("/")
        self.follow(self.link("Sign in"))
        self.type(self.page.locator("#login"), str(who(account).phone))
        self.give_password("Sign in")

    def give_password(self, button: str) -> None:
        self.type(self.page.locator("#password"), PASSWORD)
        self.send(button)

    def send(self, button: str, context: str | None = None) -> None:
        """Send the form of the page by the button with these words."""
        name = self.say(button, context)
        self.follow(self.main.get_by_role("button", name=name, exact=True))

    # What must hold on every page.

    def look(self) -> None:
        """One title, one h1, the right language and no other, nothing wider than the screen, nothing for axe."""
        if len(self._arrived) > 1:
            self.findings.append(f"passed by without a look: {self._arrived[:-1]}")
        self._arrived.clear()
        faults = [*self._faults(self.page.evaluate(LOOK)), *self._asked_of_axe()]
        self.findings += [f"{self.path} at {self._width()}: {fault}" for fault in faults]

    def glance(self, address: str, html: str) -> bool:
        """A page as a client has fetched it: read, drawn if it is made of something new, and opened if scripts act on
        it as on no page before. Whether it was drawn.
        """
        acts, parts = acts_of(html), parts_of(html)
        faults = faults_of(html)
        faults += [] if language_of(html) == self.say.language else [f"lang is {language_of(html)}"]
        foreign = self.say.foreign(text_of(html))
        faults += [f"not in Chinese: {sorted(foreign)}"] if foreign else []
        is_drawn = are_new(parts)
        if is_drawn:
            faults += self._faults_when_drawn(address, html)
            note(parts)
        self.findings += [f"{address}: {fault}" for fault in faults]
        if are_new(acts):
            self.open(address)
            note(acts)
        return is_drawn

    def tries_large(self, address: str, html: str) -> None:
        """A page in large text on a phone, as a client has fetched it."""
        drawn = self._checker()
        show(drawn, address, html)
        over = drawn.evaluate(LARGE)
        self.findings += [f"{address} in large text: wider than the screen by {over} px"] if over > 0 else []

    def _faults_when_drawn(self, address: str, html: str) -> list[str]:
        drawn = self._checker()
        show(drawn, address, html)
        over = drawn.evaluate(OVERFLOW)
        return [*([f"wider than the screen by {over} px"] if over > 0 else []), *axe(drawn)]

    def _asked_of_axe(self) -> list[str]:
        return axe(self.page, self.drawn, scripts=self._scripts, whole=self._whole)

    def leaves(self) -> list[str]:
        """What was found, when the visitor goes."""
        unseen = [f"left without a look: {path}" for path in self._arrived]
        return [f"{self.say.language}: {finding}" for finding in (*self.findings, *unseen)]

    def _faults(self, seen: dict[str, Any]) -> list[str]:
        faults = [] if seen["title"].strip(" ·") else ["no title"]
        faults += [f"{seen['h1']} h1"] if seen["h1"] != 1 else []
        faults += [f"lang is {seen['lang']}"] if seen["lang"] != self.say.language else []
        faults += [f"wider than the screen by {seen['over']} px"] if seen["over"] > 0 else []
        foreign = self.say.foreign(seen["text"])
        return faults + ([f"not in Chinese: {sorted(foreign)}"] if foreign else [])

    def drawn(self) -> Page:
        """The page as the checker shows it: there, axe stays loaded."""
        checking = self._checker()
        if checking.viewport_size != self.page.viewport_size:
            checking.set_viewport_size(self.page.viewport_size or {"width": 390, "height": 844})
        html = self.page.evaluate("() => document.documentElement.outerHTML")
        if html != _shows.get(checking):
            show(checking, self.page.url, html)
            _shows[checking] = html
        return checking

    def _width(self) -> str:
        return f"{(self.page.viewport_size or {}).get('width')} px"

    def _note(self, response: Response) -> None:
        """Every page that comes is counted, and nothing that a page needs may be missing: a refused form is not."""
        request, kind = response.request, response.headers.get("content-type", "")
        if request.is_navigation_request():
            if kind.startswith("text/html") and not 300 <= response.status < 400:
                self._arrived.append(urlsplit(response.url).path)
        elif response.status >= 400 and response.status != 422:
            self.findings.append(f"{self.path}: {response.status} for {urlsplit(response.url).path}")


def show(page: Page, url: str, html: str) -> None:
    """Draw a page as it came to somebody else: its HTML and its styles; scripts and pictures stay away.

    It is written into an empty page of the same site, where axe stays loaded from the page before.
    """
    if page.url == "about:blank":
        page.goto(urljoin(url, EMPTY))
    page.set_content("<!doctype html>" + AWAY.sub(" ", html))
