"""Cards for many as one job: who gets one, who is left out and why, the files, and who may fetch them."""

from __future__ import annotations

from portal.cards import batch
from portal.cards.services import Batch, open_batch
from portal.core.calendar import today
from portal.core.database import db
from portal.core.files import store
from portal.core.jobs import Job, queue
from tests.cards.rows import live_cards, make_card, make_members, membership_of, page_count, text_of


def work(account, association, wanted) -> Job:
    """The job of a batch, done."""
    job = open_batch(account, association, wanted)
    db.session.commit()
    queue.send(batch.run, job.public_id)
    db.session.expire_all()
    return job


def test_who_has_no_card_gets_one(app, cast):
    first, second = make_members(cast.community, "林栩", "欧阳修远")
    kept = make_card(membership_of(cast.member))
    suspended = make_members(cast.community, "赵文", suspended_on=today(), suspension_reason="核对")[0]
    unprintable = make_members(cast.community, "李\U0003134f")[0]
    job = work(cast.secretary, cast.community, Batch())
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert live_cards(membership_of(cast.member).id)[0].id == kept.id
    assert [len(live_cards(one.id)) for one in (first, second, suspended, unprintable)] == [1, 1, 0, 0]
    left = {name: why for name, _number, why in job.result["left_out"]}
    assert set(left) == {"赵文", "李\U0003134f"}
    assert "U+3134F" in left["李\U0003134f"]
    (file,) = job.result["files"]
    pdf = store.read(file["key"])
    assert page_count(pdf) == 2
    assert "林栩" in text_of(pdf)
