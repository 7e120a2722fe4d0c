"""In a browser: from the queue to one record, and back to two."""

from __future__ import annotations

import pytest

from portal.core.database import db
from tests.duplicates.rows import URL, make_pair

pytestmark = pytest.mark.engines("sqlite")


def test_queue_pair_merge_undo(open_page, cast, server, axe):
    make_pair(cast.community)
    db.session.commit()
    page = open_page(cast.secretary, language="en")
    page.goto(server + URL)
    assert axe(page) == []
    page.get_by_role("link", name="Compare").click()
    assert axe(page) == []
    page.get_by_role("button", name="Check what moves").click()
    assert axe(page) == []
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_text("The two records are one now.").wait_for()
    assert axe(page) == []
    page.goto(server + URL)
    page.get_by_text("Nobody stands here twice").wait_for()
    page.goto(server + f"{URL}/merges")
    page.get_by_role("link", name="钟若兰").click()
    page.get_by_role("button", name="Undo the merge").click()
    page.get_by_text("there are two records again").wait_for()
    page.get_by_role("link", name="Compare").wait_for()
