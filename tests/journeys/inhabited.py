"""A federation in which every page has something to show: entries, notices in all states, terms, an old branch."""

from __future__ import annotations

from datetime import date, timedelta

import pyotp
from flask import current_app

from portal.associations.models import Level
from portal.certificates.services import issue_certificate
from portal.core.calendar import now, today
from portal.core.database import db
from portal.disclosure import services as disclosing_duty
from portal.hours import services as hours
from portal.ledger import closing
from portal.lending import services as lending
from portal.lending.models import LentVolunteer
from portal.notices import services as notices
from portal.offices.models import Term
from portal.offices.rights import Position
from portal.people.models import ConsentPurpose, Person
from portal.people.services import give_consent, publish_notice, reveal
from portal.plans.models import FestivalDay
from portal.statements import disclosing
from portal.surveys import answering
from portal.surveys import giving as surveys
from portal.surveys import services as appraisals
from tests.activities.rows import agree, days_ago, make_log, make_photo, who
from tests.cards.rows import make_card, membership_of
from tests.certificates.rows import make_request
from tests.charters import inhabited as charters
from tests.commendations import inhabited as commendations
from tests.disclosure.rows import make_duty, make_guide
from tests.harness.cast import Cast
from tests.harness.factory import affiliate, appoint, make_association, make_person
from tests.harness.money import make_charge, make_payment
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill, make_volunteer
from tests.honours import inhabited as honours
from tests.hours.rows import served
from tests.notices.rows import acting, corrected, draft, published
from tests.statements.rows import last_year
from tests.surveys.rows import ANSWERS, make_codes, make_survey
from tests.volunteers.filling import registered

LAST_TERM, THIS_TERM = (date(2020, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2030, 12, 31))


def settle(cast: Cast) -> None:
    """Write all of it, and commit."""
    _describe(cast)
    _log_activities(cast)
    _write_notices(cast)
    _elect(cast)
    _look_people_up(cast)
    make_card(membership_of(cast.member))
    _plan(cast)
    _praise(cast)
    _lend(cast)
    registered(cast, notice_version=1)
    _pay_dues(cast)
    _disclose(cast)
    _appraise(cast)
    charters.settle(cast)
    commendations.settle(cast)
    honours.settle(cast)
    db.session.commit()


def _describe(cast: Cast) -> None:
    place = db.session.merge(cast.community)
    place.introduction, place.phone = "望江社区协会成立于一九九八年，为居民服务。", "0571-5550 0100"
    place.address, place.office_hours = "清河区望江路 1 号二楼", "周一至周五 9:00—17:00"
    make_association("旧街社区协会", cast.street, code="jiujie", archived_on=days_ago(30))
    make_association("清风小区协会", cast.street, code="qingfeng", level=Level.GRASSROOTS)


def _log_activities(cast: Cast) -> None:
    member, volunteer = who(cast.member), who(cast.volunteer)
    agree(member)
    shown = make_log(cast.community, (member,), title="江边步道清洁", group_id=cast.group.id)
    make_photo(shown, caption="清扫之后")
    make_log(cast.community, (member, volunteer), title="居家安全知识培训", kind="training", held_on=days_ago(40))
    make_photo(make_log(cast.community, title="走访老人", kind="visit", summary="", is_complete=False))
    make_log(cast.sibling_community, title="旧书换花", kind="culture", held_on=days_ago(9))
    for number in range(25):
        make_log(cast.community, title=f"楼道巡查 {number}", held_on=days_ago(number + 45))
    _record_hours(cast)


def _record_hours(cast: Cast) -> None:
    """Time that waits: one with a correction, one that looks odd, one that the secretary has recorded."""
    one, odd, own = (make_log(cast.community, title=f"敬老服务 {number}", held_on=days_ago(2)) for number in range(3))
    entry = hours.record(cast.leader, served(who(cast.volunteer), one, held_on=one.held_on), origin="entered")
    hours.approve(cast.secretary, entry.revisions[0])
    hours.correct(cast.leader, entry, 90, "提前半小时离开")
    hours.record(cast.leader, served(who(cast.member), odd, held_on=odd.held_on, minutes=500), origin="entered")
    hours.record(cast.secretary, served(who(cast.leader), own, held_on=own.held_on), origin="entered")


def _plan(cast: Cast) -> None:
    """Something open for sign-up, something that can be opened, something of last year to copy, an own festival."""
    stated = {"content": "清理步道", "conditions": "能走三公里", "risks": "路滑", "safeguards": "已购保险"}
    stated |= {"contact_name": "黄淑兰", "contact_phone": "0571-55500100"}
    for title, opened_at in (("春季步道清洁", now()), ("手机课堂", None)):
        make_session(make_activity(cast.community, title, opened_at=opened_at), **stated)
    make_activity(cast.community, "去年的茶会", planned_on=days_ago(365), opened_at=None, logged_at=now())
    db.session.add(FestivalDay(association_id=cast.community.id, name="庙会", month=4, day=18))
    _sign_up(cast, stated)


def _sign_up(cast: Cast, stated: dict[str, str]) -> None:
    """The member comes tomorrow and has not heard, is offered a place, waits, and came before; others come too."""
    member, volunteer, before = who(cast.member), who(cast.volunteer), now() - timedelta(days=4)
    tomorrow = make_session(make_activity(cast.community, "明日清洁"), now() + timedelta(hours=20), **stated)
    make_sign_up(tomorrow, member, signed_up_at=before)
    make_sign_up(tomorrow, volunteer, "waitlisted", signed_up_at=before)
    make_sign_up(tomorrow, None, guest_name="王阿姨")
    later = make_session(make_activity(cast.community, "理发服务"), now() + timedelta(days=3), **stated)
    make_sign_up(later, member, "offered", offered_until=now() + timedelta(days=1))
    make_sign_up(later, volunteer, "withdrawn", left_at=now(), is_late=True)
    waiting = make_session(make_activity(cast.community, "义诊引导"), now() + timedelta(days=5), **stated)
    make_sign_up(waiting, member, "waitlisted")
    past = make_session(make_activity(cast.community, "重阳敬老"), now() - timedelta(days=20), **stated)
    make_sign_up(past, member, "completed", in_at=past.starts_at, out_at=past.ends_at)
    today_ = make_session(make_activity(cast.community, "今日巡河"), now() - timedelta(minutes=30), **stated)
    make_sign_up(today_, member)
    make_sign_up(today_, volunteer, "arrived", in_at=now() - timedelta(minutes=25), in_origin="scanned")
    make_sign_up(past, volunteer, "arrived", in_at=past.starts_at, in_origin="scanned")


def _praise(cast: Cast) -> None:
    """The member has a star and a certificate, another star is asked for, one was refused."""
    member = who(cast.member)
    make_request(cast.member, cast.community, 1, "granted")
    make_request(cast.member, cast.community, 2, "refused", reason="时长还不够")
    make_request(cast.volunteer, cast.community)
    issue_certificate(acting(cast.member), member, db.session.merge(cast.community))


def _lend(cast: Cast) -> None:
    """The sister lends one who has agreed, asks for the member, who has not answered, and for somebody else."""
    place, sister = (db.session.merge(one) for one in (cast.community, cast.sibling_community))
    ours, theirs = acting(cast.secretary), acting(cast.sibling)
    hair, aid = (make_skill(place, name, kind="skill") for name in ("理发", "急救"))
    helper = make_volunteer(make_person("沈一刀"), sister, [hair, aid])
    member = make_volunteer(who(cast.member), place, [aid])
    wanted = {"wanted": 1, "place": "", "start_on": today(), "end_on": today() + timedelta(days=9)}
    coming = lending.ask(ours, place, sister, hair, occasion="重阳义剪", **wanted)
    asked = lending.ask(theirs, sister, place, aid, occasion="步行救护站", **wanted)
    lending.ask(theirs, sister, place, hair, occasion="敬老院理发", **wanted)
    for request, volunteer, state in ((coming, helper, "agreed"), (asked, member, "asked")):
        request.state, request.decided_at = "agreed", now()
        db.session.add(LentVolunteer(request_id=request.id, volunteer_id=volunteer.id, state=state))


def _write_notices(cast: Cast) -> None:
    secretary, place = cast.secretary, db.session.merge(cast.community)
    draft(secretary, place, title="尚未写完的通知", body="")
    first = published(secretary, place, document_number="望江协〔2026〕1 号", is_pinned=True)
    corrected(acting(secretary), first, title="会费标准及减免办法（更正）")
    published(secretary, place, title="会费标准及减免办法（修订）", supersedes=first.public_id)
    withdrawn = published(secretary, place, title="活动室临时关闭", kind="notice")
    notices.withdraw(acting(secretary), withdrawn, "时间有误")
    open_again = published(secretary, place, title="读书会章程征求意见", kind="consultation")
    notices.begin_correction(acting(secretary), open_again)


def _pay_dues(cast: Cast) -> None:
    """The member paid this year's and has a receipt; last year's book is closed, and its statement public."""
    place, membership = db.session.merge(cast.community), membership_of(cast.member)
    make_charge(membership)
    make_payment(who(cast.member), place, actor=acting(cast.treasurer))
    period = last_year(cast).period
    with current_app.test_request_context():  # what is found beforehand names addresses
        closing.close(acting(cast.treasurer), place, period, seen=True)
    disclosing.disclose(acting(cast.chair), place, period)


def _elect(cast: Cast) -> None:
    terms = [
        Term(association_id=cast.community.id, name=name, start_on=start, end_on=end)
        for name, (start, end) in {"第五届": LAST_TERM, "第六届": THIS_TERM}.items()
    ]
    db.session.add_all(terms)
    db.session.flush()
    former, coming = make_person("冯立群"), make_person("蒋文华")
    appoint(former, cast.community, Position.VICE_CHAIR, end_on=LAST_TERM[1], term_id=terms[0].id)
    appoint(who(cast.volunteer), cast.community, Position.CHAIR, start_on=today(), term_id=terms[1].id)
    appoint(coming, cast.community, Position.SUPERVISOR, start_on=today() + timedelta(days=30))


def _look_people_up(cast: Cast) -> None:
    cast.member.totp_secret, cast.member.totp_confirmed_at = pyotp.random_base32(), now()
    languages = {
        "zh-Hans": "# 隐私声明\n\n只登记办事所需的信息。",
        "zh-Hant": "# 隱私聲明\n\n只登記。",
        "en": "# Privacy",
    }
    version = publish_notice(acting(cast.administrator), languages, days_ago(100))
    member = who(cast.member)
    give_consent(acting(cast.member), member, ConsentPurpose.PUBLIC_NAME, version)
    reveal(acting(cast.secretary), member, "phone", "通知换发会员证", db.session.merge(cast.community))
    for number in range(30):
        person: Person = make_person(f"居民{number}")
        affiliate(person, cast.community, group_id=cast.group.id if number % 2 else None)


def _disclose(cast: Cast) -> None:
    """A calendar of which something is late and something done; guides of the federation and of the community."""
    place = db.session.merge(cast.community)
    place.created_at = now() - timedelta(days=900)
    duty = make_duty(cast.federation, starts_on=days_ago(800))
    once = make_duty(cast.federation, "章程", frequency="once", kind="policy", starts_on=days_ago(60), position=1)
    make_duty(cast.federation, "旧事项", ended_on=days_ago(100), position=2)
    disclosed = published(cast.secretary, place, title="望江社区协会章程")
    disclosing_duty.record(acting(cast.secretary), place, once, once.starts_on, disclosed)
    assert duty.ended_on is None
    for guide in (make_guide(cast.federation, "怎样转会"), make_guide(cast.community, link="/join", who="- 居民")):
        guide.contact, guide.hours = "望江社区协会 0571-5550 0100", "周一至周五 9:00—17:00"
    make_guide(cast.community, "还没写完", position=1, is_open=False)


def _appraise(cast: Cast) -> None:
    """A draft, one that is open and asks the member too, one whose last day is past, one whose results are public."""
    make_survey(cast.secretary, cast.community, title="明年的评议", is_open=False)
    running = make_survey(cast.secretary, cast.community, title="年度工作民主评议", audience="members")
    surveys.ask_members(acting(cast.secretary), running)
    make_codes(running)
    for title in ("上半年评议", "去年评议"):
        over = make_survey(cast.secretary, cast.community, title=title)
        for number, code in enumerate(make_codes(over, count=9)):
            said = {**ANSWERS, "q1": ("satisfied", "fairly", "unknown")[number % 3]}
            answering.answer(over, answering.ticket_of_code(over, code), said)
        over.opens_on, over.closes_on = days_ago(40), days_ago(30)
    appraisals.publish(acting(cast.secretary), over, [appraisals.own_words(over)[3][0][0]])
