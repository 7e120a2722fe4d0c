"""The looks that every story takes can fail: each on a page with a planted fault."""

from __future__ import annotations

from functools import cache

import pytest

from tests.journeys.visitor import Visitor
from tests.journeys.words import Words

pytestmark = pytest.mark.engines("sqlite")

FAULTS = {
    "2 h1": "document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>望江</h1>')",
    "lang is en": "document.documentElement.lang = 'en'",
    "no title": "document.title = ' · '",
    "wider than the screen": "document.querySelector('h1').textContent = 'ー'.repeat(200);"
    " document.querySelector('h1').className = 'nowrap'",
    "not in Chinese: ['Save', 'now']": "document.querySelector('main').append('Save now')",
    "image-alt": "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.svg\">')",
    "color-contrast": "document.querySelector('h1').style.color = '#bbb'",
}


@pytest.fixture
def visitor(open_page):
    return Visitor(open_page(), Words("zh-Hans"), cache(open_page), whole=True)


def test_control_planted_faults_are_found(visitor, cast):
    visitor.open("/accessibility")
    assert visitor.leaves() == []
    for fault, script in FAULTS.items():
        visitor.page.reload()
        visitor.page.evaluate(script)
        visitor.look()
        assert any(fault in finding for finding in visitor.findings), fault
        visitor.findings.clear()


def test_control_without_scripts_too(open_page, cast):
    """Where no script runs, axe reads the page in another one."""
    visitor = Visitor(open_page(javascript=False), Words("zh-Hans"), cache(open_page), scripts=False, whole=True)
    visitor.open("/accessibility")
    assert visitor.leaves() == []
    visitor.page.evaluate(FAULTS["image-alt"])
    visitor.look()
    assert any("image-alt" in finding for finding in visitor.findings)


def test_control_what_axe_passes_over_makes_no_colour_sound(visitor, cast):
    """Nor does one ground make another sound."""
    visitor.open("/accessibility")
    planted = "<button type=button disabled>停用</button><p>灰字</p><p><b>底色</b></p>"
    visitor.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", planted)
    for style, place in (("color: #bbb", "button"), ("color: #767676; background: #fff", "p:last-child")):
        visitor.page.locator("main").locator(place).last.evaluate("(node, css) => (node.style.cssText = css)", style)
        visitor.look()
        assert visitor.findings == []
    for style, place in (("color: #bbb", "p:nth-last-child(2)"), ("color: #767676; background: #888", "b")):
        visitor.page.locator("main").locator(place).last.evaluate("(node, css) => (node.style.cssText = css)", style)
        visitor.look()
        assert "color-contrast" in visitor.findings.pop()
        visitor.page.locator("main").locator(place).last.evaluate("node => node.removeAttribute('style')")


def test_control_a_page_passed_by_and_a_file_missing_are_found(visitor, cast):
    visitor.page.goto("/privacy")
    visitor.open("/accessibility")
    with visitor.page.expect_response("**/nowhere.png"):
        visitor.page.evaluate("new Image().src = '/nowhere.png'")
    visitor.page.goto("/sign-in")
    found = "\n".join(visitor.leaves())
    assert "passed by without a look: ['/privacy']" in found
    assert "404 for /nowhere.png" in found
    assert "left without a look: /sign-in" in found


def test_control_the_planted_words_are_found_in_traditional_chinese():
    assert Words("zh-Hant").foreign("儲存 Save as Excel，編號 8YK1-JKLM-HQP0，https://localhost/x") == {"Save", "as"}
    assert Words("zh-Hant")("Sign in") != Words("zh-Hans")("Sign in") != "Sign in"
