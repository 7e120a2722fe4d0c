"""The main job as people do it: log Saturday's clean-up with who came and two photos."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor

TITLE, PLACE, SUMMARY = "江边步道清洁", "江边步道", "清扫了江边步道，收了二十袋垃圾。"
SATURDAY, MINUTES, OTHERS, LEAFLETS = "2026-06-13", 120, "5", "200"
INITIALS = {"王秀英": "wxy", "陈晓明": "cxm"}
STATEMENTS = (
    "Everybody who can be recognised agreed to publication",
    "Those without consent are in none of these photos",
)
VOLUNTEER, SERVED = "陈晓明", "90"


def fill_in(visitor: Visitor, photos: list[Path], *, javascript: bool, **what: Any) -> None:
    """The whole entry, up to the button that saves it."""
    tell_what(visitor, **what)
    search = search_as_one_types if javascript else search_by_button
    for name, initials in INITIALS.items():
        search(visitor, initials)
        visitor.tap(visitor.page.locator("#found .chip", has_text=name))
    visitor.type(visitor.field("Others who took part"), OTHERS)
    visitor.tap(visitor.page.locator("#handed-out > summary"))
    visitor.type(visitor.page.get_by_label(visitor.say("What, row %(number)s", number=1)), visitor.say("Leaflets"))
    visitor.type(visitor.page.get_by_label(visitor.say("How many, row %(number)s", number=1)), LEAFLETS)
    visitor.type(visitor.field("What was done"), SUMMARY)
    add_photos(visitor, photos) if javascript else add_photos_by_button(visitor, photos)
    for name in INITIALS:
        expect(ticked(visitor, name)).to_be_checked()
    expect(minutes_of(visitor, VOLUNTEER)).to_have_attribute("placeholder", str(MINUTES))
    visitor.type(minutes_of(visitor, VOLUNTEER), SERVED)
    agree(visitor)


def tell_what(
    visitor: Visitor, kind: str | None = "Safety and clean-up", day: str = SATURDAY, title: str = TITLE
) -> None:
    if kind:
        visitor.tap(chip(visitor, visitor.say(kind)))
    visitor.type(visitor.page.locator("#held_on"), day)
    if title:
        visitor.type(visitor.page.locator("#title"), title)
    visitor.type(visitor.page.locator("#place"), PLACE)
    visitor.tap(chip(visitor, visitor.say("%(minutes)d min", minutes=MINUTES)))


def chip(visitor: Visitor, words: str) -> Locator:
    return visitor.page.locator("label.chip", has_text=re.compile(rf"^\s*{re.escape(words)}"))


def search_as_one_types(visitor: Visitor, initials: str) -> None:
    visitor.type(visitor.page.locator("#q"), initials)


def search_by_button(visitor: Visitor, initials: str) -> None:
    visitor.type(visitor.page.locator("#q"), initials)
    visitor.follow(visitor.button("Search"))


def ticked(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator("#chosen .tick", has_text=name).get_by_role("checkbox")


def minutes_of(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_label(visitor.say("%(name)s: minutes served", name=name))


def add_photos(visitor: Visitor, photos: list[Path]) -> None:
    """They are sent while one goes on writing."""
    with visitor.page.expect_file_chooser() as chooser:
        visitor.tap(visitor.button("Choose photos"))
    chooser.value.set_files(photos)
    expect(visitor.page.locator("#pending .tile")).to_have_count(len(photos))
    expect(visitor.page.locator("#photo-state")).to_be_empty()


def add_photos_by_button(visitor: Visitor, photos: list[Path]) -> None:
    visitor.page.get_by_label(visitor.say("Choose photos")).set_input_files(photos)
    visitor.follow(visitor.button("Add these photos and go on"))
    expect(visitor.page.locator("#pending .tile")).to_have_count(len(photos))


def agree(visitor: Visitor) -> None:
    """Both statements; the second is asked for because somebody ticked has not agreed to photos in public."""
    agreed, absent = (visitor.page.locator("label.tick", has_text=visitor.say(message)) for message in STATEMENTS)
    visitor.tap(agreed)
    expect(visitor.page.locator("#absent-names")).to_contain_text(VOLUNTEER)
    visitor.tap(absent)


def said_of(visitor: Visitor, message: str, context: str | None = None) -> Locator:
    """The answer beside a name in a summary list."""
    name = visitor.page.locator("dt").get_by_text(visitor.say(message, context), exact=True)
    return name.locator("xpath=following-sibling::dd[1]")
