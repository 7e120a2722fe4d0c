"""Notice periods and charters at every step, for walks through all pages: where each stands, and who opens it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.associations.models import Association
from portal.charters import adopting, queries, services
from portal.charters.models import Charter
from portal.core.calendar import at, today
from portal.core.database import db
from portal.objections import services as periods
from tests.charters.rows import MINUTES, after, answered, begun, finished, meeting, opened, said
from tests.harness.cast import Cast
from tests.notices.rows import acting
from tests.objections.rows import OFFICE, SAID, SHOWN, WORDS, make_objection, make_period, over

HERE, ABOVE, BESIDE = (f"/office/{code}" for code in ("wangjiang", "liuan", "tingyu"))
GIVEN = {"body": SAID, "name": "许文斌", "phone": "13912340001", "shown": "reviewer"}


def settle(cast: Cast) -> None:
    """What everybody meets: on notice with an objection, decided, a charter that is commented on, one published."""
    make_objection(make_period(cast.secretary, cast.community))
    with at(after(-40)):
        past = make_period(cast.secretary, cast.community, title="上半年帮扶名单公示")
    with at(over(past)):
        periods.pass_(acting(cast.secretary), past, WORDS)
    consulted = begun(cast, kind="compact", title="望江小区自治公约")
    opened(cast, consulted)
    said(cast, consulted)
    adopting.publish(acting(cast.secretary), _adopted(cast, kind="rules", title="活动室管理办法"))


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """A role and the address of each page with a form that no link of a first page leads to."""
    yield from _periods(cast)
    drafting = begun(cast, title="起草中的章程")
    first = queries.paragraphs_of(queries.get_draft(drafting, 1))[0]
    for what in ("", "/draft", "/open-round", "/abandon", f"/draft/{first.public_id}", "/draft/add"):
        yield "secretary", f"{HERE}/charters/{drafting.public_id}{what}"
    for base, charter, beyond in (*_heard(cast), *_at_the_end(cast)):
        for what in beyond:
            yield "chair", f"{base}/charters/{charter.public_id}{what}"


def checks(cast: Cast, secretary: Any, visitor: Any) -> Iterator[tuple[Any, Any]]:
    """What was typed, shown before it is sent."""
    yield secretary, secretary.submit(f"{OFFICE}/new", SHOWN)
    period = make_period(cast.secretary, cast.community, title="另一项公示")
    yield visitor, visitor.submit(f"/notice-periods/{period.public_id}/object", GIVEN)
    with at(after(-60)):
        final = finished(cast, kind="rules", title="印章管理办法")
    held = {**MINUTES, "held_on": after(-20).date().isoformat()}
    yield secretary, secretary.submit(f"{HERE}/charters/{final.public_id}/meeting", held)


def _periods(cast: Cast) -> Iterator[tuple[str, str]]:
    running = make_period(cast.secretary, cast.community, title="拟增补理事公示")
    url = f"{HERE}/notice-periods/{running.public_id}"
    for what in ("/extend", "/withdraw", "/decide", "/objections/new"):
        yield "secretary", url + what
    yield "chair", f"{url}/objections/{make_objection(running).public_id}"


def _heard(cast: Cast) -> Iterator[tuple[str, Charter, tuple[str, ...]]]:
    """Of the street: one whose round is over, one whose comment waits for its answer."""
    place = db.session.get_one(Association, cast.street.id)
    with at(after(-20)):
        ended = begun(cast, place=place, title="街道协会章程")
        heard = begun(cast, place=place, kind="compact", title="街道公约")
        opened(cast, ended)
        opened(cast, heard)
        comment = said(cast, heard)
    services.close_round(acting(cast.secretary), heard)
    yield ABOVE, ended, ("",)
    yield ABOVE, heard, ("", f"/comments/{comment.public_id}")


def _at_the_end(cast: Cast) -> Iterator[tuple[str, Charter, tuple[str, ...]]]:
    """One whose final draft is written, one before its meeting, one adopted and not published."""
    place = db.session.get_one(Association, cast.sibling_community.id)
    with at(after(-60)):
        written = begun(cast, place=place, title="听雨社区协会章程")
        opened(cast, written)
        for days in (15, 31):
            with at(after(days)):
                services.close_round(acting(cast.secretary), written)
                answered(cast, written)
                if days == 15:
                    opened(cast, written)
        final = finished(cast, place=place, kind="compact", title="听雨公约")
    yield BESIDE, written, ("", "/settle")
    yield BESIDE, final, ("", "/meeting", "/notice-period")
    yield BESIDE, _adopted(cast, place=place, kind="rules", title="听雨活动室办法"), ("",)


def _adopted(cast: Cast, **values: Any) -> Charter:
    with at(after(-60)):
        charter = finished(cast, **values)
    with at(after(-20)):
        adopting.record(acting(cast.secretary), charter, meeting(today()))
    return charter
