"""A hostile text in every column, read by a real browser: nothing runs, nothing is asked of it from outside.

The browser's own log says it: a script that was only stopped at the last wall, the policy of the page, is found too.
`make test` opens what visitors read in the rooms that publish; `make soak` every kind of page of every role.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from portal.core.database import db
from tests.access import test_hostile_rows
from tests.access.forms import crawl
from tests.access.furnished import STARTS, clients, furnish
from tests.access.test_hostile_rows import poison
from tests.harness.browsing import Browsing
from tests.harness.soaking import SOAKING
from tests.notices.rows import published

pytestmark = pytest.mark.engines("sqlite")  # what a browser does with a text does not depend on the engine
MOST = 25  # pages, in the short form
ROOMS = "notices policies letters/answers notice-periods charters appraisals activities policies/guides transparency"
READ = ("/", *(f"/{room}" for room in ROOMS.split()))


def addresses(app: Any, cast: Any) -> list[str]:
    """A page of each kind that a visitor can reach from where the rooms begin."""
    client = clients(app, cast)["visitor"]
    starts = [*READ, *(STARTS["visitor"] if SOAKING else ())]
    read = crawl(app, client, starts, Counter(), files=False, each=1)
    found = [url for url, answer in read if answer.mimetype == "text/html"]
    return found if SOAKING else found[:MOST]


@pytest.mark.soak
def test_the_browser_finds_nothing_to_run(live_app, cast, open_page):
    furnish(cast)
    notice = published(cast.secretary, cast.community)
    db.session.commit()
    poison()
    page, asked = open_page(), []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    opened = [f"/notices/{notice.public_id}", *addresses(live_app, cast)]
    for address in dict.fromkeys(opened):
        page.goto(address)
        assert page.locator("main").count() == 1, address
    assert asked == []
    assert len(opened) > 10


def test_control_a_script_in_a_text_is_heard(live_app, cast, browser, server, monkeypatch):
    """Not cleaned, it reaches the page; that it does not run there is the policy's doing, and the browser says so."""
    notice = published(cast.secretary, cast.community)
    db.session.commit()
    monkeypatch.setattr(test_hostile_rows, "render", lambda body: body)
    poison()
    watched = Browsing(browser, server)
    watched.open().goto(f"/notices/{notice.public_id}")
    watched.close()
    assert any("console" in problem or "reaches outside" in problem for problem in watched.problems)
