"""Who has to be told what: an offer, a session cancelled or moved, the day before; by mail, else by a call."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.people.removal import remove_person
from portal.plans import services as plans
from portal.plans.queries import get_activity
from portal.signups import calling, mails, services, telling
from portal.signups.models import SignUp, SignUpState
from portal.signups.telling import News
from portal.volunteers import services as volunteers
from portal.volunteers.models import LeaveReason
from portal.volunteers.queries import live_of_person
from tests.accounts.test_recover import mail_app, mailbox  # noqa: F401 - fixtures
from tests.harness.cases import either_engine
from tests.harness.cast import build_cast
from tests.signups.rows import helpers, loaded, opened, sign_up, state, tally

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def held(cast, app):
    """One place in three days, the volunteer's, taken two days ago."""
    session = opened(cast.community, now() + 3 * DAY, needs={None: 1})
    made = sign_up(session, cast.volunteer.person)
    made.signed_up_at = now() - 2 * DAY
    db.session.flush()
    return session, made


def news(made: SignUp, moment: datetime | None = None) -> News | None:
    """What is to be told, asked of the row and of the database: both say the same."""
    db.session.flush()
    with at(moment or now()):
        said = telling.news_of(made, made.session, now())
        due = {one.id for one in telling.list_to_call(made.session, by_mail=False)}
    assert (made.id in due) == (said is not None)
    return said


def test_nothing_is_to_be_told_until_something_happens(held):
    assert news(held[1]) is None


@pytest.mark.parametrize(("before", "due"), [(25, False), (23, True), (2, True), (1, False), (-1, False)])
def test_in_the_last_day_everybody_with_a_place_is_reminded(held, before, due):
    session, made = held
    assert (news(made, session.starts_at - before * HOUR) == News.REMINDER) == due


def test_who_signed_up_or_was_told_in_the_last_day_needs_no_reminder(held):
    session, made = held
    moment = session.starts_at - 20 * HOUR
    made.signed_up_at = moment - HOUR
    assert news(made, moment) is None
    made.signed_up_at, made.told_at = moment - 3 * DAY, moment - 2 * HOUR
    assert news(made, moment) is None


def test_a_cancelled_session_is_told_to_all_who_stand_and_to_none_who_left(cast, held):
    session, made = held
    waiting, left = (sign_up(session, person) for person in helpers(cast.community, 2))
    services.withdraw(None, left)
    activity = get_activity(cast.secretary, "activities.write", cast.community, session.activity.public_id)
    plans.cancel_activity(cast.secretary, activity, "台风")
    for one, expected in ((made, News.CANCELLED), (waiting, News.CANCELLED), (left, None)):
        db.session.refresh(one)
        assert news(one, now() + HOUR) == expected
    made.told_at = now() + HOUR
    assert news(made, now() + 2 * HOUR) is None


def test_a_moved_session_is_told_and_its_offers_end_before_the_new_start(cast, held):
    session, made = held
    waiting = sign_up(session, helpers(cast.community, 1)[0])
    services.withdraw(None, made)
    db.session.refresh(waiting)
    assert news(waiting) == News.OFFER
    waiting.told_at = now()
    details = plans.SessionDetails(
        starts_at=now() + 8 * HOUR, ends_at=now() + 10 * HOUR, deadline_at=now() + HOUR, place="雨天改在室内",
        needs=[(None, 1)], conditions="成年", risks="路滑", safeguards="保险", contact_name="吴",
        contact_phone="010-6000", content="清洁",
    )  # fmt: skip
    plans.change_session(cast.secretary, loaded(session), details)
    db.session.refresh(waiting)
    assert news(waiting, now() + timedelta(minutes=1)) == News.MOVED
    assert waiting.offered_until <= session.starts_at - HOUR + timedelta(seconds=1)


def test_an_offer_that_a_nearer_start_cuts_off_waits_again(cast, held):
    session, made = held
    waiting = sign_up(session, helpers(cast.community, 1)[0])
    services.withdraw(None, made)
    start = now() + HOUR + timedelta(minutes=10)
    details = plans.SessionDetails(
        starts_at=start, ends_at=start + HOUR, deadline_at=start, place="室内", needs=[(None, 1)], conditions="成年",
        risks="路滑", safeguards="保险", contact_name="吴", contact_phone="010-6000", content="清洁",
    )  # fmt: skip
    plans.change_session(cast.secretary, loaded(session), details)
    db.session.refresh(waiting)
    assert (waiting.state, tally(session)) == ("waitlisted", [(0, 0)])
    assert news(waiting, now() + timedelta(minutes=1)) == News.MOVED


@either_engine
def test_who_is_taken_out_or_given_a_place_by_an_officer_is_to_hear(cast):
    session = opened(cast.community, now() + HOUR + timedelta(minutes=5), needs={None: 1})
    made, other, waiting = (sign_up(session, person) for person in helpers(cast.community, 3))
    services.withdraw(cast.secretary, made, by_office=True)
    assert (other.state, news(made)) == ("waitlisted", News.TAKEN_OUT), "too late for an offer"
    services.give_place(cast.secretary, other)
    services.withdraw(None, waiting)
    assert [news(one) for one in (other, waiting)] == [News.GIVEN, None]
    heard = [one.public_id for one in calling.list_reachable(session)]
    assert (set(heard), calling.mark_told(cast.secretary, session, heard)) == ({made.public_id, other.public_id}, 2)
    assert [news(one) for one in (made, other)] == [None, None]


def test_more_places_go_to_those_who_wait(cast, held):
    session, _made = held
    waiting = sign_up(session, helpers(cast.community, 1)[0])
    plans.widened.send(loaded(session))
    assert state(waiting) == "waitlisted"
    session.needs[0].wanted = 2
    db.session.flush()
    plans.widened.send(session)
    assert (state(waiting), tally(session)) == ("offered", [(2, 2)])


# People who go


def test_who_leaves_the_roster_leaves_what_is_to_come(cast, held):
    session, made = held
    (volunteer,) = live_of_person(cast.volunteer.person_id)
    volunteers.end(cast.secretary, volunteer, today(), LeaveReason.OWN_WISH)
    assert (state(made), tally(session)) == ("withdrawn", [(0, 0)])


@pytest.mark.parametrize("how", ["leaves the roster", "is removed"])
def test_who_checked_in_early_stays_where_they_are(cast, held, how):
    """Somebody is there before it begins and is ended or removed in that moment: nothing stands in the way of it."""
    session, made = held
    other = sign_up(opened(cast.community, now() + 5 * DAY), cast.volunteer.person)
    services.move(made, SignUpState.ARRIVED, in_at=now())
    if how == "is removed":
        remove_person(cast.secretary, cast.volunteer.person, "zh-Hans")
    else:
        (volunteer,) = live_of_person(cast.volunteer.person_id)
        volunteers.end(cast.secretary, volunteer, today(), LeaveReason.OWN_WISH)
    assert (state(made), state(other), tally(session)) == ("arrived", "withdrawn", [(1, 1)])


def test_a_removed_record_comes_to_nothing_and_no_reason_stays(cast, held):
    session, made = held
    made.clash_reason = "住得近"
    remove_person(cast.secretary, cast.volunteer.person, "zh-Hans")
    db.session.refresh(made)
    assert (made.state, made.clash_reason, tally(session)) == ("withdrawn", "", [(0, 0)])


# By mail


@pytest.mark.engines("sqlite")  # what is written does not depend on the database
def test_each_is_mailed_once_and_who_has_no_address_is_called(mail_app, mailbox):  # noqa: F811
    cast = build_cast()
    session = opened(cast.community, now() + 20 * HOUR, needs={None: 2})
    other = helpers(cast.community, 1)[0]
    for person in (cast.volunteer.person, other):
        sign_up(session, person).signed_up_at = now() - 3 * DAY
    cast.volunteer.person.email = "chen@example.com"
    session.activity.title = "河边\r\n清洁"  # sent by a form of one's own: a header takes no line break
    db.session.commit()
    for _ in range(2):
        mails.see_to()
    db.session.expire_all()
    (letter,) = mailbox.letters
    assert letter["To"] == "chen@example.com"
    assert letter["Subject"].endswith("河边 清洁")
    assert "望江桥头" in letter.get_content()
    session = loaded(session)
    assert session.reminded_at is not None
    assert [one.person_id for one in telling.list_to_call(session, by_mail=True)] == [other.id]


@pytest.mark.engines("sqlite")
def test_whom_the_server_does_not_take_is_tried_again_and_called(apps, engine_kind):
    """Nobody listens at the address of the server; later somebody does."""
    with apps.lent(engine_kind, mail_url="smtp://127.0.0.1:1", mail_from="portal@example.com"):
        cast = build_cast()
        session = opened(cast.community, now() + 20 * HOUR, needs={None: 1})
        made = sign_up(session, cast.volunteer.person)
        made.signed_up_at, cast.volunteer.person.email = now() - 3 * DAY, "chen@example.com"
        db.session.commit()
        for _ in range(2):
            with pytest.raises(OSError, match="refused"):
                mails.see_to()
        db.session.expire_all()
        due = [(minutes, _waits(session, minutes)) for minutes in (0, 16, 6 * 60 + 1)]
        assert due == [(0, (1, 0)), (16, (1, 1)), (6 * 60 + 1, (0, 1))]


def _waits(session, minutes: int) -> tuple[int, int]:
    """How many are still written to, and how many are to be called, so long after they were to hear."""
    with at(session.starts_at - DAY + timedelta(minutes=minutes)):
        return len(telling.list_to_mail(9)), len(telling.list_to_call(session, by_mail=True))


def test_without_a_server_offers_lapse_all_the_same(cast, held):
    session, made = held
    waiting = sign_up(session, helpers(cast.community, 1)[0])
    services.withdraw(None, made)
    with at(now() + 25 * HOUR):
        mails.see_to()
    assert (state(waiting), tally(session)) == ("expired", [(0, 0)])
