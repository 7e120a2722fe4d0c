"""A register in somebody's spreadsheet, with all that is wrong with it, becomes members; without scripts too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.core.database import db
from portal.people import services as people
from tests.harness.browsing import DESK, PHONE
from tests.harness.soaking import ONLY_SOAK
from tests.imports.files import messy

pytestmark = pytest.mark.engines("sqlite")


@pytest.mark.parametrize(("javascript", "size"), [
    pytest.param(False, PHONE, id="plain"), pytest.param(True, DESK, id="scripts", marks=ONLY_SOAK)
])  # fmt: skip
def test_a_messy_list_comes_in(visit, cast, tmp_path, javascript, size):
    people.correct_person(cast.secretary, cast.member.person, phone="13955550001")
    db.session.commit()
    file = tmp_path / "会员花名册.csv"
    file.write_bytes(messy())
    secretary = visit(cast.secretary, javascript=javascript, size=size)
    uploaded(secretary, file)
    columns_named(secretary)
    looked_through(secretary)
    taken_in(secretary)
    undone(secretary)


def shot(visitor, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        visitor.page.screenshot(path=f"{folder}/{name}-{visitor.page.viewport_size['width']}.png", full_page=True)


def uploaded(visitor, file: Path) -> None:
    visitor.open("/office/wangjiang/imports")
    shot(visitor, "0-empty")
    visitor.follow(visitor.link("Import a list").first)
    shot(visitor, "1-new")
    visitor.send("Upload and look")
    visitor.sees(visitor.say("Choose a file."))
    visitor.page.locator("#file").set_input_files(file)
    visitor.send("Upload and look")


def columns_named(visitor) -> None:
    shot(visitor, "2-columns")
    visitor.sees("GB18030", "望江社区协会会员花名册", "李 明", "婚姻状况、子女数")
    visitor.sees_not("已婚", "离异", "19600305")
    visitor.page.locator("#column_7").select_option("")
    visitor.page.locator("#column_1").select_option("")
    visitor.send("Check every row")
    visitor.sees(visitor.say("Say which column holds the names."))
    visitor.page.locator("#column_1").select_option("name")
    visitor.page.locator("#column_7").select_option("joined_on")
    visitor.leave(lambda: visitor.main.get_by_role("button", name=visitor.say("Check every row")).click())


def looked_through(visitor) -> None:
    shot(visitor, "3-rows")
    visitor.sees("D7", "D8", "欧阳 淑云", "王秀英")
    visitor.sees(visitor.say("The same person or number stands in row %(row)s already.", row=4))
    visitor.follow(visitor.link("Continue"))
    shot(visitor, "4-undecided")
    visitor.follow(visitor.link("Choose"))
    visitor.follow(visitor.main.locator("#row-10").locator('[value="same"]'))
    visitor.follow(visitor.link("Continue"))


def taken_in(visitor) -> None:
    visitor.send("Take in")
    visitor.sees(visitor.say("Without the people’s consent nothing may be recorded."))
    visitor.tap(visitor.page.locator("label.tick"))
    shot(visitor, "5-confirm")
    visitor.send("Take in")
    shot(visitor, "6-result")
    visitor.sees(visitor.say("The list is in the register"))
    with visitor.page.expect_download() as faults:
        visitor.tap(visitor.page.locator(".downloads a"))
    text = Path(faults.value.path()).read_bytes().decode("gb18030")
    assert text.count("\n") == 5
    assert "婚姻" not in text


def undone(visitor) -> None:
    visitor.follow(visitor.link("Undo this import"))
    shot(visitor, "7-undo")
    visitor.send("Undo")
    visitor.sees(visitor.say("The import was undone"))
    visitor.open("/office/wangjiang/imports")
    shot(visitor, "8-list")
    visitor.sees("会员花名册.csv", visitor.say("Undone", "import"))
