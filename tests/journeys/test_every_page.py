"""Every page is found by links, and holds on a phone and a desk, in the dark, in large text, in both Chinese.

A page of a kind that was opened, with another question in its address, is opened when it is made of something new.

That is the long form, in `make soak`. In `make test` every page is fetched and its source read; it is drawn on a
phone in the light, and asked of axe, if it is made of something that no page of the run was, and opened if scripts
act on it as on no other.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import select

from portal.charters.models import Charter
from portal.commendations.models import Suggestion
from portal.core.database import db
from portal.notices.models import Notice, NoticeVersion
from portal.objections.models import Objection
from tests.access.furnished import furnish
from tests.access.money_steps import addresses
from tests.applications.filling import applied
from tests.charters import inhabited as consulting
from tests.commendations import inhabited as commending
from tests.harness.findings import none_of, tell
from tests.harness.validator import invalid
from tests.honours import inhabited as honouring
from tests.imports.files import as_xlsx, checked, lines, taken_in, upload
from tests.journeys.after_forms import public_answers
from tests.journeys.crawl import Crawl
from tests.journeys.inhabited import settle
from tests.journeys.sources import in_traditional
from tests.letters import settled as letters
from tests.reviews import inhabited as reviewing
from tests.volunteers.filling import registered

pytestmark = pytest.mark.engines("sqlite")

# A household and a firm among the memberships; the second step of a merge and of an import.
CHOSEN = re.compile(r"/memberships/\w+$|/check|/columns$")
DAILY = ("activities", "exchange", "notices", "letters", "plan", "sessions")
QUEUES = ("applications", "imports", "duplicates", "transfers", "requests")
ROSTER = ("volunteers", "lending", "skills", "training")


def public(path):
    return not path.startswith(("/office", "/me")) and not consulted(path)


def own(path):
    return path.startswith("/me") or path == "/office"


def daily(path):
    return path.startswith("/office/") and section(path) in DAILY


def roll(path):
    return path.startswith("/office/") and section(path) in ("people", "members", "memberships", "cards")


def queues(path):
    return path.startswith("/office/") and section(path) in QUEUES


def roster(path):
    return path.startswith("/office/") and section(path) in ROSTER


def dues(path):
    return path.startswith("/office/") and section(path) == "dues"


def consulted(path):
    """Of an office; a comment is a member's."""
    return section(path) in ("notice-periods", "charters") or path.endswith("/comment")


def commended(path):
    return path.startswith("/office/") and section(path) in ("commendations", "reviews", "honours")


def settings(path):
    others = (daily, roll, queues, roster, dues, consulted, commended)
    return path.startswith("/office/") and not any(area(path) for area in others)


def section(path):
    return "".join(path.split("/")[3:4])


@pytest.fixture
def inhabited(cast):
    settle(cast)
    return cast


def test_public_pages(visit, live_app, inhabited, client):
    applying, helping = (made(inhabited, notice_version=1).reference for made in (applied, registered))
    writing = letters.settle(inhabited)["answered"].reference
    objecting, speaking = (db.session.scalars(select(one.reference)).first() for one in (Objection, Suggestion))
    twice = select(Notice.public_id).join(Notice.versions).where(NoticeVersion.number == 2)
    changed = db.session.scalars(twice).first()
    asked = f"/join/{applying}", f"/volunteer/{helping}", f"/letters/{writing}", f"/objections/{objecting}"
    asked += (f"/notices/{changed}", f"/commendations/suggestions/{speaking}")
    crawl = Crawl(live_app, visit(), client, public).run("/", "/associations/wangjiang", *asked)
    assert crawl.missed() == []
    sources = crawl.sources | public_answers(inhabited, client)
    none_of([*crawl.faults, *in_traditional(client, crawl.shown), *invalid(sources)])
    tell(f"public pages: {len(crawl.pages)}")


def test_own_pages(visit, live_app, inhabited, sign_in):
    pages = [*reviewing.addresses(inhabited), *honouring.addresses(inhabited)]
    member, volunteer = sign_in(inhabited.member), sign_in(inhabited.volunteer)
    theirs = {role: [address for name, address in pages if name == role] for role in ("member", "volunteer")}
    crawl = Crawl(live_app, visit(inhabited.member), member, own).run("/me", *theirs["member"])
    foreign = list(in_traditional(member, crawl.shown))
    asked = member.submit("/me/data/correction", {"name": "王秀瑛", "note": "姓名写错"})
    crawl.run(asked.location)
    honoured = Crawl(live_app, visit(inhabited.volunteer), volunteer, own, crawl.known).run(*theirs["volunteer"])
    assert honoured.missed() == []
    foreign += in_traditional(volunteer, honoured.shown)
    none_of([*crawl.faults, *honoured.faults, *foreign, *in_traditional(member, [asked.location])])
    tell(f"own pages: {len(crawl.pages)}")


def test_daily_pages_of_an_office(visit, live_app, inhabited, sign_in):
    starts = letters.office_pages(letters.settle(inhabited))
    client = sign_in(inhabited.secretary)
    crawl = Crawl(live_app, visit(inhabited.secretary), client, daily).run("/office/wangjiang", *starts)
    assert crawl.missed() == []
    none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
    tell(f"daily pages of an office: {len(crawl.pages)}")


def test_the_roster_of_an_office(visit, live_app, inhabited, sign_in):
    """A community's secretary, then the federation's administrator for the list of skills."""
    known = Counter()
    for account, *starts in (
        (inhabited.secretary, "/office/wangjiang/volunteers", "/office/wangjiang/lending?side=of"),
        (inhabited.administrator, "/office/qinghe/skills"),
    ):
        client = sign_in(account)
        crawl = Crawl(live_app, visit(account), client, roster, known).run(*starts)
        known = crawl.known
        none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
        tell(f"roster of an office: {len(crawl.pages)}")
    assert crawl.missed() == []


@pytest.fixture
def register(cast, sign_in):
    """Something in every room of the register; the addresses of pages that only a choice leads to."""
    more = furnish(cast)
    secretary = sign_in(cast.secretary)
    taken_in(secretary, as_xlsx(lines(2)))
    columns = f"/office/wangjiang/imports/{upload(secretary, as_xlsx(lines(4, 2)))}/columns"
    checked(secretary, as_xlsx(lines(6, 2)))
    return [*more, columns]


@pytest.mark.parametrize("area", [roll, queues])
def test_the_register(area, visit, live_app, cast, sign_in, register):
    starts = [start for start in register if area(start) and CHOSEN.search(start)]
    client = sign_in(cast.secretary)
    crawl = Crawl(live_app, visit(cast.secretary), client, area)
    crawl.run("/office/wangjiang", "/office/wangjiang/members", *starts)
    assert crawl.missed() == []
    none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
    tell(f"pages of the register, {area.__name__}: {len(crawl.pages)}")


def test_dues_of_an_office(visit, live_app, inhabited, sign_in):
    """A community's treasurer, the chair who signs, the administrator who opens a period."""
    known, pages = Counter(), list(addresses(inhabited))
    pages += [("treasurer", "/office/wangjiang/dues"), ("chair", "/office/wangjiang/dues")]
    for role in ("treasurer", "chair", "administrator"):
        account = getattr(inhabited, role)
        starts, client = [address for name, address in pages if name == role], sign_in(account)
        crawl = Crawl(live_app, visit(account), client, dues, known).run(*starts)
        known = crawl.known
        none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
        tell(f"dues of an office: {len(crawl.pages)}")
    assert crawl.missed() == []


def test_what_an_office_consults_on(visit, live_app, inhabited, sign_in):
    """A secretary's notice periods and charters, the chair who answers objections, a member who comments."""
    known, pages = Counter(), [("secretary", "/office/wangjiang/notice-periods"), *consulting.addresses(inhabited)]
    commented = db.session.scalars(select(Charter.public_id).where(Charter.state == "first_round")).first()
    pages += [("secretary", "/office/wangjiang/charters"), ("member", f"/charters/{commented}/comment")]
    for role in ("secretary", "chair", "member"):
        account = getattr(inhabited, role)
        starts, client = [address for name, address in pages if name == role], sign_in(account)
        crawl = Crawl(live_app, visit(account), client, consulted, known).run(*starts)
        known = crawl.known
        none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
    assert crawl.missed() == []


def test_commendations_of_an_office(visit, live_app, inhabited, sign_in):
    """The chair who calls, a secretary who nominates, the administrator for the kinds, a leader for a group."""
    known, pages = Counter(), [*commending.addresses(inhabited), ("secretary", "/office/wangjiang/commendations")]
    pages += [*honouring.addresses(inhabited), *reviewing.addresses(inhabited)]
    pages += [("leader", "/office/wangjiang/commendations/for-a-group")]
    for role in ("chair", "secretary", "administrator", "leader"):
        account = getattr(inhabited, role)
        starts, client = [address for name, address in pages if name == role], sign_in(account)
        crawl = Crawl(live_app, visit(account), client, commended, known).run(*starts)
        known = crawl.known
        none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
    assert crawl.missed() == []


def test_settings_of_an_office(visit, live_app, inhabited, sign_in):
    """A community's secretary, then the street's chair and the federation's administrator for what only they have."""
    known = Counter()
    for account, *starts in (
        (inhabited.secretary, "/office/wangjiang", "/office/wangjiang/appointments/grant?q=wxy"),
        (inhabited.chair, "/office/liuan/associations"),
        (inhabited.administrator, "/office/qinghe/settings"),
    ):
        client = sign_in(account)
        crawl = Crawl(live_app, visit(account), client, settings, known).run(*starts)
        known = crawl.known
        none_of([*crawl.faults, *in_traditional(client, crawl.shown)])
        tell(f"settings of an office: {len(crawl.pages)}")
    assert crawl.missed() == []
