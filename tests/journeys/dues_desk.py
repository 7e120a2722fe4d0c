"""The fast entry with a keyboard alone: fifty people who pay cash (twenty of them in the short form), and the keys
that it takes to enter them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from playwright.sync_api import Locator, expect

from portal.associations.models import Association
from portal.core.search import initials
from tests.harness.factory import make_membership, make_person
from tests.harness.soaking import SOAKING
from tests.journeys.visitor import Visitor

# 赵, 周 and 郑 begin alike, 吴 and 王 too: half of these people are not alone with their initials.
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", ("建国", "秀兰", "文", "桂芝", "立新")
NAMES = [surname + given for given in (GIVEN if SOAKING else GIVEN[::3]) for surname in SURNAMES]
FAR = 6  # presses of Tab


def join(association: Association, names: Iterable[str], **values: object) -> None:
    """They are members there since long ago."""
    for name in names:
        make_membership(make_person(name), association, **values)


class Keys:
    """Hands on the keyboard at /dues/collect; every press is counted."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page, self.pressed = visitor, visitor.page, 0
        self._waiting = Counter(initials(name).lower() for name in NAMES)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.pressed += len(keys)

    def take(self, name: str, amount: str = "", *, advance: bool = False, then: str = "") -> None:
        """From the empty search to the next: initials, Enter, an amount that is another than what is owed, Enter.

        `then`: of whom the initials are typed while this payment is still on its way.
        """
        letters = initials(name).lower()
        self.press(*letters.removeprefix(self.page.locator("#q").input_value()))
        self._choose(name, letters)
        expect(self.page.locator("#amount")).to_be_focused()
        expect(self.page.locator("#take h2")).to_have_text(name)
        self.press(*amount, "Enter", *initials(then).lower())
        if advance:
            self._agree()
        expect(self.page.locator("#desk > .notice")).to_contain_text(name)
        expect(self.page.locator("#q")).to_be_focused()
        expect(self.page.locator("#q")).to_have_value(initials(then).lower())
        self._waiting[letters] -= 1

    def _choose(self, name: str, letters: str) -> None:
        """Enter at once where one owes by these initials; else down the list that they found, or up from its end."""
        if self._waiting[letters] > 1:
            picks = self.page.locator(f'#found [data-q="{letters}"] .pick')
            expect(picks.first).to_be_visible()
            names = picks.all_inner_texts()
            down, up = names.index(name) + 1, len(names) - names.index(name)
            self.press(*(["ArrowDown"] * down if down <= up else ["ArrowUp"] * up))
        self.press("Enter")

    def _agree(self) -> None:
        """More than is owed is asked about: yes, it is paid in advance."""
        expect(self.page.locator("#advance")).to_be_focused()
        self.press("Space", "Enter")

    def undo(self, name: str) -> None:
        """What was entered last is taken back: the first link behind the search, and Enter on the reason."""
        self._tab_to(self.page.locator(".entered li a").first)
        self.visitor.leave(lambda: self.press("Enter"))
        expect(self.page.locator("#reason")).to_be_focused()
        self.visitor.leave(lambda: self.press("Enter"))
        self.visitor.sees(self.visitor.say("Taken back: %(name)s, %(fen)s yuan.", name=name, fen="24.00"))
        expect(self.page.locator("#q")).to_be_focused()
        self._waiting[initials(name).lower()] += 1

    def _tab_to(self, target: Locator) -> None:
        for _ in range(FAR):
            self.press("Tab")
            if target.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"{target} is not reached")
