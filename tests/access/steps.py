"""Forms that stand behind another page's answer: what comes before is done by factory and services.

What posts to a route without a form of its own is named here, with the reason.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import openpyxl
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts import services as accounts
from portal.accounts import sessions
from portal.activities import services as activities
from portal.applications import drafts
from portal.applications import services as applications
from portal.associations.models import Association
from portal.attendance import tokens
from portal.charters.models import Charter
from portal.core.calendar import now, today
from portal.core.database import db
from portal.hours import services as hours
from portal.hours.models import HoursEntry
from portal.lending import services as lending
from portal.lending.models import LentVolunteer
from portal.members import covers, kinds
from portal.members.models import Membership, MembershipKind
from portal.offices.models import Term
from portal.own.models import PersonalRequest
from portal.people.models import Person
from portal.people.queries import version_in_force
from portal.signups import feeds
from tests.access import money_steps
from tests.access.forms import FoundForm, forms_on
from tests.activities.rows import make_log
from tests.applications.filling import applied
from tests.attendance.rows import put, running
from tests.cards.rows import make_card
from tests.charters import inhabited as consulting
from tests.commendations import inhabited as commending
from tests.harness.cast import Cast
from tests.harness.client import PortalClient, client_of
from tests.harness.factory import PASSWORD, kind_of, make_membership, make_person
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill, make_volunteer
from tests.honours import inhabited as honouring
from tests.imports.files import HEADINGS, as_csv, as_xlsx, checked, lines, taken_in, upload
from tests.letters import settled as letters
from tests.notices import on_their_way
from tests.notices.rows import draft
from tests.reviews import inhabited as reviewing
from tests.surveys.rows import ANSWERS, make_codes, make_survey
from tests.volunteers import rows as volunteers

OFFICE = "/office/wangjiang"
NO_FORM = {
    "arrears.mails": "stands only where a mail server is set; it sends nothing but the wish",
    "accounts.send_recovery": "stands only where a mail server is named; its one box is looked for, not kept",
    "activities.keep_photos": "portal.js sends the photos of the form of an entry ahead; it takes files alone",
    "dues.start_preview": "stands only above ten thousand members; it keeps nothing but the wish to look",
    "notices.preview": "portal.js sends the text of the form of a notice; it keeps nothing",
}
Page = tuple[PortalClient, "str | TestResponse"]


@dataclass
class Steps:
    """Who walks, and the pages that are reached."""

    app: Any
    cast: Cast
    visitors: dict[str, PortalClient]

    def pages(self) -> Iterator[Page]:
        for way in (self.register, self.memberships, self.imports, self.office, self.federation, self.own, self.join,
                    self.volunteer, self.served, self.attendance, self.signing_up, self.lent,
                    self.money, self.noticed, self.consulted, self.commended, self.letters,
                    self.appraised):  # fmt: skip
            yield from way()

    def by(self, role: str, *addresses: str) -> Iterator[Page]:
        if role not in self.visitors:
            self.visitors[role] = client_of(self.app)
            self.visitors[role].sign_in(getattr(self.cast, role))
        for address in addresses:
            yield self.visitors[role], address

    @property
    def place(self) -> Association:
        return db.session.get_one(Association, self.cast.community.id)

    def member(self, name: str, kind: int = 0, **values: Any) -> Membership:
        return make_membership(make_person(name), self.place, kind=kind_of(self.place, kind), **values)

    def register(self) -> Iterator[Page]:
        """Acts on many, and cards in every state."""
        many = [self.member(name).public_id for name in ("白露", "谷雨")]
        chosen = "&".join(f"chosen={one}" for one in many)
        given = make_card(self.member("秋分"), handed_over_on=today())
        acts = ("end?", "cards?", "letter?", f"move?to={self.cast.group.public_id}&")
        yield from self.by("secretary", *(f"{OFFICE}/members/{act}{chosen}" for act in acts))
        yield from self.by(
            "secretary", f"{OFFICE}/cards/hand-over?state=waiting", f"{OFFICE}/cards/{given.public_id}"
        )

    def memberships(self) -> Iterator[Page]:
        """Somebody is looked for, then chosen."""
        home, firm = self.member("立夏", 1), self.member("小满", 2, organisation_name="望江茶厂")
        other = make_person("芒种")
        covers.cover(self.cast.secretary, home, kind_of(self.place, 1), self.place, None, other, today())
        at = f"{OFFICE}/memberships"
        looking = [f"{at}/{home.public_id}/{what}?q=谷雨" for what in ("cover", "payer")]
        to = self.cast.sibling_community.code
        yield from self.by("secretary", *looking, f"{at}/{firm.public_id}/contact?q=谷雨", f"{at}/{home.public_id}")
        yield from self.by("secretary", f"{at}/{home.public_id}/transfer?to={to}")

    def imports(self) -> Iterator[Page]:
        """A workbook of two sheets, a list with somebody who is perhaps known, a sound one, one taken in."""
        client, at = self.visitors["secretary"], f"{OFFICE}/imports"
        two = upload(client, _two_sheets())
        perhaps = checked(client, as_csv([["谷雨", "", "", "", "2021-03-05"]]), "花名册.csv")
        sound = checked(client, as_csv(lines(1, 20)), "花名册.csv")
        done = taken_in(client, as_csv(lines(1, 30)), "花名册.csv")
        yield from self.by("secretary", f"{at}/{two}/columns", f"{at}/{two}/discard", f"{at}/{perhaps}/rows")
        yield from self.by("secretary", f"{at}/{sound}/confirm", f"{at}/{done}/undo")

    def office(self) -> Iterator[Page]:
        """An entry that was struck out, a draft to publish, an appointment, a term to hand over, a slip."""
        log = make_log(self.place, title="误记的一次")
        activities.strike_out(self.cast.secretary, log, "重复登记")
        term = db.session.scalars(select(Term.public_id).order_by(Term.start_on)).first()
        notice = draft(self.cast.secretary, self.place)
        yield from self.by("secretary", f"{OFFICE}/activities/{log.public_id}", f"{OFFICE}/terms/{term}/hand-over")
        yield from self.by("secretary", f"{OFFICE}/appointments/grant/{self.cast.volunteer.person.public_id}")
        address = f"{OFFICE}/people/{self.cast.member.person.public_id}/access-code"
        yield self.visitors["secretary"], self.visitors["secretary"].force(address)
        yield from self.by("publisher", f"{OFFICE}/notices/{notice.public_id}/check")

    def served(self) -> Iterator[Page]:
        """An entry of the log book to review, and time in it that was struck out."""
        log = make_log(self.place, (self.cast.volunteer.person,), title="待复核的一次")
        entry = db.session.scalars(select(HoursEntry).where(HoursEntry.log_id == log.id)).one()
        hours.void(self.cast.secretary, entry, "未到场")
        yield from self.by("secretary", f"{OFFICE}/activities/{log.public_id}", f"{OFFICE}/hours/{entry.public_id}")

    def attendance(self) -> Iterator[Page]:
        """A session that is over and whose list is open, and one that runs, whose code the member has scanned."""
        over, runs = (running(self.place, began) for began in (150, 30))
        put(over, self.cast.leader.person)
        put(runs, self.cast.member.person)
        beyond = ("", "/paper", "/scanner")
        yield from self.by("secretary", *(f"{OFFICE}/attendance/{over.public_id}{what}" for what in beyond))
        yield from self.by("member", f"/in/{tokens.draw(runs).text}")

    def signing_up(self) -> Iterator[Page]:
        """A session for whoever is on the roster, found by name or by themselves; a calendar's address to revoke."""
        helper = self.cast.volunteer
        open_, waits = (
            make_session(make_activity(self.place, "大扫除"), now() + timedelta(days=day)) for day in (30, 40)
        )
        sign_up = make_sign_up(waits, helper.person, "waitlisted")
        feeds.make(helper, db.session.get_one(Person, helper.person_id))
        db.session.commit()
        at = f"{OFFICE}/sessions"
        yield from self.by("secretary", f"{at}/{open_.public_id}/sign-ups/add?q={helper.person.name}")
        beyond = ("", "/edit", "/cancel", "/sign-ups/call", f"/sign-ups/{sign_up.public_id}/out")
        yield from self.by("secretary", *(f"{at}/{waits.public_id}{what}" for what in beyond))
        yield from self.by("volunteer", f"/activities/sessions/{open_.public_id}", "/me/sign-ups/calendar")

    def lent(self) -> Iterator[Page]:
        """What the sister has agreed to, with somebody who comes; what it asks, with somebody who can be named."""
        place, sister = self.place, db.session.get_one(Association, self.cast.sibling_community.id)
        skill, day = make_skill(place, "理发"), today() + timedelta(days=30)
        ask = {"wanted": 1, "occasion": "春节义剪", "place": "", "start_on": day, "end_on": day}
        ours = lending.ask(self.cast.secretary, place, sister, skill, **ask)
        theirs = lending.ask(self.cast.sibling, sister, place, skill, **ask)
        make_volunteer(make_person("寒露"), place, [skill])
        comes = make_volunteer(make_person("立冬"), sister, [skill])
        ours.state = "agreed"
        db.session.add(LentVolunteer(request_id=ours.id, volunteer_id=comes.id, state="agreed"))
        db.session.commit()
        yield from self.by("secretary", *(f"{OFFICE}/lending/{one.public_id}" for one in (ours, theirs)))

    def federation(self) -> Iterator[Page]:
        """A branch to move or to archive, an archived one to restore, a kind that has ended."""
        kind = kind_of(self.place, 3)
        kinds.KINDS.end(self.cast.administrator, kind)
        at = "/office/qinghe/associations"
        move = f"{at}/{self.cast.village.code}/move?parent={self.cast.street.code}"
        archive = f"{at}/{self.cast.village.code}/archive"
        yield from self.by("administrator", move, archive, f"{at}/jiujie/restore", "/office/qinghe/kinds")

    def noticed(self) -> Iterator[Page]:
        """Notices on their way to publication, and the list of subjects."""
        for role, address in on_their_way.addresses(self.cast):
            yield from self.by(role, address)

    def own(self) -> Iterator[Page]:
        """Another device, a second factor half set up, the second step of signing in, a request that waits."""
        sessions.open_session(self.cast.treasurer, "另一台电脑", "127.0.0.1")
        accounts.begin_second_factor(self.cast.treasurer)
        asked = PersonalRequest(
            kind="correction", person_id=self.cast.member.person_id, association_id=self.place.id, note="姓名写错"
        )
        db.session.add(asked)
        db.session.flush()
        yield from self.by("treasurer", "/me/security", "/me/security/second-factor", "/confirm")
        yield from self.by("member", f"/me/requests/{asked.public_id}")
        visitor = client_of(self.app)
        visitor.submit("/sign-in", {"login": self.cast.member.person.phone, "password": PASSWORD})
        yield visitor, "/sign-in/code"

    def join(self) -> Iterator[Page]:
        """Answers that are all given, and an application that was asked something."""
        asked = applied(self.cast, notice_version=version_in_force(), name="夏至")
        applications.ask(self.cast.secretary, asked, "您住在哪条街？")
        visitor, token = client_of(self.app), drafts.new_token()
        drafts.keep(token, _answers(self.cast))
        visitor.set_cookie("join", token)
        yield visitor, "/join/check"
        yield from ((visitor, f"/join/{asked.reference}{what}") for what in ("", "/withdraw"))

    def money(self) -> Iterator[Page]:
        """What is owed and collected, by whoever keeps the dues and whoever signs."""
        for role, address in money_steps.addresses(self.cast):
            yield from self.by(role, address)

    def consulted(self) -> Iterator[Page]:
        """What is on notice and who objects, charters at every step, and what is checked before it is sent."""
        for role, address in consulting.addresses(self.cast):
            yield from self.by(role, address)
        member = db.session.scalars(select(Charter.public_id).where(Charter.state == "first_round")).first()
        yield from self.by("member", f"/charters/{member}/comment")
        yield from consulting.checks(self.cast, self.visitors["secretary"], client_of(self.app))

    def commended(self) -> Iterator[Page]:
        """Calls at every step; whoever can be put forward, who is, and what was said."""
        for role, address in commending.addresses(self.cast):
            yield from self.by(role, address)
        yield from commending.checks(self.cast, client_of(self.app))
        for role, address in (*honouring.addresses(self.cast), *reviewing.addresses(self.cast)):
            yield from self.by(role, address)

    def letters(self) -> Iterator[Page]:
        """A letter that is checked before it is sent; letters in every state, in the office and as followed."""
        made = letters.settle(self.cast)
        visitor, token = client_of(self.app), drafts.new_token()
        drafts.keep(token, letters.ANSWERS)
        db.session.commit()
        visitor.set_cookie("letter", token)
        yield from ((visitor, f"/letters/{what}") for what in ("check", "follow", "write/text", "write/writer"))
        yield from ((visitor, f"/letters/{made[name].reference}") for name in ("in_hand", "answered"))
        yield from self.by("secretary", *letters.office_pages(made))

    def appraised(self) -> Iterator[Page]:
        """One being written, one that is open; the questions behind a code, and the check behind them."""
        begun = make_survey(self.cast.secretary, self.place, title="拟定中的评议", is_open=False)
        survey = make_survey(self.cast.secretary, self.place, title="凭码评议", audience="members")
        code, visitor, url = make_codes(survey)[0], client_of(self.app), f"/appraisals/{survey.public_id}"
        written = ("", "/edit", "/questions/new", "/questions/1", "/open")
        yield from self.by("secretary", *(f"{OFFICE}/appraisals/{begun.public_id}{path}" for path in written))
        running = ("", "/give-out", "/paper", "/put-off")
        yield from self.by("secretary", *(f"{OFFICE}{url}{path}" for path in running))
        yield visitor, url
        yield visitor, visitor.force(url, {"code": code})
        yield visitor, visitor.force(f"{url}/check", {"code": code, **ANSWERS})

    def volunteer(self) -> Iterator[Page]:
        """A registration being typed, one to decide, letters and terms, the list of skills, one's own place."""
        for role, address in volunteers.addresses(self.cast):
            yield from self.by(role, address)
        visitor, token = client_of(self.app), drafts.new_token()
        drafts.keep(token, volunteers.answers(self.cast))
        visitor.set_cookie("volunteer", token)
        yield from ((visitor, f"/volunteer/{what}") for what in ("check", "register/name"))


def _two_sheets() -> bytes:
    book, target = openpyxl.load_workbook(io.BytesIO(as_xlsx(lines(1)))), io.BytesIO()
    sheet = book.create_sheet("另一页")
    for row in (HEADINGS, *lines(2, 5)):
        sheet.append(row)
    book.save(target)
    return target.getvalue()


def _answers(cast: Cast) -> dict[str, dict[str, Any]]:
    """What an applicant has said on every page of the way."""
    kind: MembershipKind = kind_of(cast.community)
    root = db.session.get_one(Association, cast.federation.id).id
    code = cast.community.code
    return {
        "association": {"association": code, "code": code, "name": "望江社区协会", "root": root, "has_groups": False},
        "kind": {"kind": kind.public_id, "name": kind.name, "holder": kind.holder},
        "name": {"name": "冬至"},
        "identity": {"identity_number": ""},
        "birth": {"sex": "female", "birth_on": "1970-05-01"},
        "contact": {"phone": "13900004321", "email": ""},
        "residence": {"residence": "湖滨新村"},
        "reason": {"reason": "想参加志愿服务"},
        "consents": {"register": True, "version": version_in_force()},
    }


def forms_behind(
    app: Any,
    cast: Cast,
    visitors: dict[str, PortalClient],
    look: Callable[[str, TestResponse], Any] | None = None,
) -> dict[str, tuple[PortalClient, FoundForm]]:
    """The forms by what they post to, each with whoever may send it; `look` is shown every page on the way."""
    known: dict[str, tuple[PortalClient, FoundForm]] = {}
    for client, page in Steps(app, cast, dict(visitors)).pages():
        answer = client.get(page) if isinstance(page, str) else page
        address = page if isinstance(page, str) else page.request.path
        assert answer.status_code == 200, f"{address} answers {answer.status_code} {answer.location}"
        if look is not None:
            look(address, answer)
        for form in forms_on(app, address, answer.text):
            known.setdefault(form.endpoint, (client, form))
    return known
