"""Rows of the community, and of its sister, for tests in which an officer of the one reaches for the other's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.activities.models import ActivityLog, ActivityPhoto
from portal.associations.models import Association
from portal.charters import queries
from portal.core.calendar import now, today
from portal.core.database import db
from portal.duplicates import services as duplicates
from portal.hours.models import HoursEntry
from portal.imports.models import ImportRow, RegisterImport
from portal.lending.models import LendingRequest, LentVolunteer
from portal.members import services, transfers
from portal.notices.models import Notice, NoticeVersion
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from portal.own.models import PersonalRequest
from portal.plans.models import ActivitySession, FestivalDay, SessionNeed
from portal.volunteers.models import Volunteer
from portal.volunteers.queries import live_letter
from tests.activities.rows import make_log
from tests.applications.filling import applied
from tests.cards.rows import make_card, membership_of
from tests.certificates.rows import make_certificate, make_request, serve
from tests.charters.rows import begun, opened, said
from tests.commendations.rows import make_nomination, make_words
from tests.disclosure.rows import make_guide
from tests.duplicates.rows import make_pair
from tests.harness.factory import LONG_AGO, kind_of, make_group, make_membership, make_person
from tests.harness.praise import make_call
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill, make_volunteer
from tests.letters.rows import written
from tests.objections.rows import make_objection, make_period
from tests.surveys.rows import make_survey
from tests.volunteers.filling import registered
from tests.volunteers.rows import enrolled


def foreign_to(cast: Any) -> dict[str, str]:
    """One row of every kind, all of the community Wangjiang."""
    here = cast.community
    log = ActivityLog(association_id=here.id, kind="safety", title="清洁日", held_on=today(), place="湖滨",
                      summary="清理步道两侧的杂物。")  # fmt: skip
    photo = ActivityPhoto(key="a" * 32 + ".jpg", thumb_key="b" * 32 + ".jpg", width=4, height=3)
    log.photos = [photo]
    notice = Notice(association_id=here.id, title="开放时间", kind="notice", status="published", published_at=now())
    notice.versions = [
        NoticeVersion(number=1, title="开放时间", kind="notice", body="正文", issuer="协会", published_at=now()),
        NoticeVersion(number=2, title="开放时间", kind="notice", body="更正", issuer="协会", correction_note="改"),
    ]
    term = Term(association_id=here.id, name="第三届", start_on=today())
    asked = PersonalRequest(kind="correction", person_id=cast.member.person_id, association_id=here.id)
    db.session.add_all([log, notice, term, asked])
    db.session.flush()
    appointment = db.session.query(Appointment).filter_by(person_id=cast.treasurer.person_id).one()
    ids = {
        "log": log.public_id, "photo": photo.public_id, "notice": notice.public_id, "term": term.public_id,
        "appointment": appointment.public_id, "group": cast.group.public_id, "child": here.code,
        "person": cast.member.person.public_id, "card": make_card(membership_of(cast.member)).public_id,
        "request": asked.public_id, "import": brought_in(cast).public_id, **memberships(cast),
        **decided(cast), "application": applied(cast, notice_version=1).public_id, **planned(cast),
        "hours": served_there(cast).public_id, **volunteering(cast), **praised(cast), **lent(here, cast.village),
        **consulted(cast), **asked_of(cast),
    }  # fmt: skip
    db.session.commit()
    return ids


def volunteering(cast: Any) -> dict[str, str]:
    """Somebody who wants to help, and somebody who does, with a letter."""
    held = enrolled(cast, person := make_person("蒋文竹"))
    letter = live_letter(held.id)
    registration = registered(cast, notice_version=1)
    known = {"registration": registration, "volunteer": held, "letter": letter, "helper": person}
    return {kind: one.public_id for kind, one in known.items()}


def consulted(cast: Any) -> dict[str, str]:
    """What is on notice with an objection, and a charter that is commented on."""
    period, charter = make_period(cast.secretary, cast.community), begun(cast)
    opened(cast, charter)
    paragraph = queries.paragraphs_of(queries.get_draft(charter, 1))[0]
    known = {"period": period, "objection": make_objection(period), "charter": charter, "paragraph": paragraph}
    known["written"] = written(cast)
    return {kind: one.public_id for kind, one in {**known, "comment": said(cast, charter)}.items()}


def asked_of(cast: Any) -> dict[str, str]:
    """An appraisal, and a guide."""
    survey, guide = make_survey(cast.secretary, cast.community), make_guide(cast.community)
    return {"survey": survey.public_id, "guide": guide.public_id}


def memberships(cast: Any) -> dict[str, str]:
    """A household's membership of the community with somebody whom it covers, on its way to the village."""
    kind = kind_of(cast.community, 1)
    home = make_membership(make_person("户主"), cast.community, kind=kind)
    row = services.cover(None, home, kind, cast.community, None, make_person("家人"), today())
    transfer = transfers.propose(
        None, home.person_id, home, cast.community, cast.village, cast.community, "搬到上石村"
    )
    return {"membership": home.public_id, "cover": row.public_id, "transfer": transfer.public_id}


def decided(cast: Any) -> dict[str, str]:
    """Two records that were made one, and two that were told apart."""
    pairs = [make_pair(cast.community), make_pair(cast.community)]
    merge = duplicates.merge(None, cast.community, *pairs[0], duplicates.Choice())
    return {"merge": merge.public_id, "told": duplicates.tell_apart(None, cast.community, *pairs[1]).public_id}


def brought_in(cast: Any) -> RegisterImport:
    """An import that waits to be taken in, with a row that waits for a choice."""
    shown = RegisterImport(
        association_id=cast.community.id, state="checked", file_name="会员.xlsx", counts={"new": 1}
    )
    db.session.add(shown)
    db.session.flush()
    db.session.add(ImportRow(import_id=shown.id, number=1, verdict="possible", matched_id=cast.member.person_id))
    return shown


def planned(cast: Any) -> dict[str, str]:
    """An activity of the plan with a session, a course, and a volunteer of the roster."""
    activity, course = make_activity(cast.community), make_activity(cast.community, kind="training")
    volunteer = db.session.query(Volunteer).filter_by(association_id=cast.community.id).first()
    session = make_session(activity, now() - timedelta(minutes=30))
    known = {"activity": activity, "session": session, "course": course, "volunteer": volunteer}
    known |= {"sign_up": make_sign_up(session, cast.volunteer.person), "need": need_of(session)}
    known["day"] = FestivalDay(association_id=cast.community.id, name="庙会", month=4, day=18)
    db.session.add(known["day"])
    db.session.flush()
    return {kind: one.public_id for kind, one in known.items()}


def praised(cast: Any) -> dict[str, str]:
    """A star that is asked for, a certificate of what was served, a call that is being written, words, a nominee."""
    serve(cast.volunteer, cast.community)
    star, certificate = make_request(cast.volunteer, cast.community), make_certificate(cast.volunteer, cast.community)
    known = {"star": star, "certificate": certificate, "call": make_call(cast.community, is_open=False)}
    known["suggestion"] = make_words(make_call(cast.community, by_anyone=True), cast.community)
    known["nomination"] = make_nomination(cast, make_call(cast.community))
    return {kind: one.public_id for kind, one in known.items()}


def lent(borrower: Association, lender: Association) -> dict[str, str]:
    """A request that was agreed to, and somebody who comes."""
    skill, day = make_skill(borrower, "理发"), today()
    asked = LendingRequest(association_id=borrower.id, lender_id=lender.id, skill_id=skill.id, wanted=1,
                           occasion="义剪", start_on=day, end_on=day, state="agreed")  # fmt: skip
    comes = make_volunteer(make_person("沈一刀"), lender, [skill])
    db.session.add(asked)
    db.session.flush()
    named = LentVolunteer(request_id=asked.id, volunteer_id=comes.id, state="agreed")
    db.session.add(named)
    db.session.flush()
    return {"asked": asked.public_id, "lent": named.public_id}


def own_of(cast: Any) -> dict[str, str]:
    """What the sister has of her own, that holds something else."""
    place = cast.sibling_community
    session, person = make_session(make_activity(place), now() - timedelta(minutes=30)), make_person("毛小满")
    made = {"session": session, "need": need_of(session), "log": make_log(place), "helper": person}
    made["membership"] = make_membership(make_person("户主二"), place, kind=kind_of(place, 1))
    made |= {"period": make_period(cast.sibling, place), "charter": begun(cast, place=place, title="听雨章程")}
    made |= {"volunteer": make_volunteer(person, place), "group": make_group(place, "第一小组")}
    return {**{kind: one.public_id for kind, one in made.items()}, "asked": lent(place, cast.village)["asked"]}


def served_there(cast: Any) -> HoursEntry:
    """Time served at the community, approved."""
    make_log(cast.community, (cast.volunteer.person,))
    return db.session.query(HoursEntry).one()


def need_of(session: ActivitySession) -> SessionNeed:
    return db.session.query(SessionNeed).filter_by(session_id=session.id).one()


def give_every_right(account: Any, association: Association) -> None:
    for position in (Position.CHAIR, Position.TREASURER):
        person, place = account.person_id, association.id
        db.session.add(Appointment(person_id=person, association_id=place, position=position, start_on=LONG_AGO))
    db.session.commit()
