"""With a keyboard alone: signing in and the main job, by Tab, Space, Enter and the arrows among alternatives."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.activities.rows import who
from tests.harness.browsing import DESK
from tests.harness.factory import PASSWORD
from tests.journeys import main_job as job

FAR = 60  # presses of Tab from one end of a form to the other
# Can it be seen where the focus is: an outline, and nothing drawn over it? A choice drawn by its label is seen there;
# the button within the box of a date has a ring of the browser's own, and the box says that it has no focus itself.
SEEN = """() => {
  const at = document.activeElement, label = at.closest("label"), drawn = at.nextElementSibling;
  const outlined = !at.matches(":focus") || [at, label?.contains(at) && drawn].filter(Boolean)
    .some((node) => { const { outlineStyle, outlineWidth } = getComputedStyle(node);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2; });
  const { left, top, width, height } = at.getBoundingClientRect();
  const over = document.elementFromPoint(left + Math.min(width / 2, 20), top + height / 2);
  const covered = !over || !(at.contains(over) || over.contains(at) || label?.contains(over));
  const name = at.name || at.id || at.textContent.trim().slice(0, 20);
  return [!outlined && `no outline on ${name}`, covered && `${name} is covered`].filter(Boolean);
}"""

pytestmark = pytest.mark.engines("sqlite")


class Keyboard:
    """A visitor without a mouse."""

    def __init__(self, visitor):
        self.visitor, self.page, self.faults = visitor, visitor.page, []
        self.page.on("filechooser", lambda _chooser: None)  # told early: a key is faster than that

    def press(self, key):
        self.page.keyboard.press(key)

    def to(self, target, key="Tab"):
        """Press the key until the target has the focus."""
        for _ in range(FAR):
            self.press(key)
            self.faults += self.page.evaluate(SEEN)
            if target.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"{target} is not reached by {key}")

    def write(self, target, text):
        self.to(target)
        self.page.keyboard.insert_text(text)

    def choose(self, group, wanted):
        """Into the alternatives by Tab, on to the wanted one by the arrows."""
        self.to(group.first)
        self.press("Space")
        if not wanted.is_checked():
            self.to(wanted, "ArrowRight")
        expect(wanted).to_be_checked()

    def enter(self, target):
        """To a link or button by Tab, and through it by Enter."""
        self.to(target)
        self.visitor.leave(lambda: self.press("Enter"))


def test_the_main_job_by_keyboard(visit, cast, photos):
    visitor = visit(size=DESK)
    keyboard = Keyboard(visitor)
    signed_in(keyboard, cast)
    told(keyboard)
    people_ticked(keyboard)
    rest_written(keyboard, photos)
    visitor.sees(job.TITLE, visitor.say(", all complete."))
    assert sorted(set(keyboard.faults)) == []


def signed_in(keyboard, cast):
    visitor, page = keyboard.visitor, keyboard.page
    visitor.open("/")
    keyboard.enter(visitor.link("Sign in"))
    keyboard.write(page.locator("#login"), str(who(cast.secretary).phone))
    keyboard.write(page.locator("#password"), PASSWORD)
    keyboard.enter(visitor.main.get_by_role("button", name=visitor.say("Sign in"), exact=True))
    keyboard.to(visitor.link("Skip to main content"))
    keyboard.press("Enter")
    expect(visitor.main).to_be_focused()
    keyboard.enter(visitor.main.get_by_role("link", name=visitor.say("Log an activity")).first)


def told(keyboard):
    visitor, page = keyboard.visitor, keyboard.page
    kind, length = page.locator("[name=kind]"), page.locator("[name=length]")
    keyboard.choose(kind, page.get_by_role("radio", name=visitor.say("Safety and clean-up")))
    keyboard.to(page.locator("#held_on"))
    back_to(keyboard, job.SATURDAY)
    keyboard.write(page.locator("#title"), job.TITLE)
    keyboard.write(page.locator("#place"), job.PLACE)
    keyboard.choose(length, page.get_by_role("radio", name=visitor.say("%(minutes)d min", minutes=job.MINUTES)))
    keyboard.write(page.locator("#summary"), job.SUMMARY)


def back_to(keyboard, day):
    """From Monday back to Saturday: the box has three parts, in the order of the browser's own language."""
    box = keyboard.page.locator("#held_on")
    for _ in range(3):
        keyboard.press("ArrowDown")
        keyboard.press("ArrowDown")
        if box.input_value() == day:
            return
        keyboard.press("ArrowUp")
        keyboard.press("ArrowUp")
        keyboard.press("Tab")
    raise AssertionError(box.input_value())


def people_ticked(keyboard):
    visitor, page = keyboard.visitor, keyboard.page
    for name, initials in job.INITIALS.items():
        box = page.locator("#q")
        if not box.evaluate("node => node === document.activeElement"):
            keyboard.to(box)
        page.keyboard.press("Control+A")
        page.keyboard.type(initials)
        chip = page.locator("#found .chip", has_text=name).get_by_role("checkbox")
        expect(chip).to_be_attached()
        keyboard.to(chip)
        keyboard.press("Space")
        expect(job.ticked(visitor, name)).to_be_checked()
        expect(box).to_be_focused()
        expect(box).to_have_value("")
        expect(chip).to_be_disabled()


def rest_written(keyboard, photos):
    visitor, page = keyboard.visitor, keyboard.page
    keyboard.write(job.minutes_of(visitor, job.VOLUNTEER), job.SERVED)
    keyboard.write(page.locator("#others_count"), job.OTHERS)
    keyboard.to(visitor.button("Choose photos"))
    with page.expect_file_chooser() as chooser:
        keyboard.press("Enter")
    chooser.value.set_files(photos)
    expect(page.locator("#pending .tile")).to_have_count(2)
    for message in job.STATEMENTS:
        keyboard.to(page.get_by_label(visitor.say(message)))
        keyboard.press("Space")
    keyboard.enter(visitor.main.get_by_role("button", name=visitor.say("Save"), exact=True))
