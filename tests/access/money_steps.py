"""Pages of the dues on which forms stand: who opens them, and what is written before."""

from __future__ import annotations

from collections.abc import Iterator

from portal.associations.models import Association
from portal.core.database import db
from portal.payments import reversals
from tests.harness.cast import Cast
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment

DUES = "/office/wangjiang/dues"


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """A role and an address each; written first, so that nothing changes on the way."""
    yield from _payments(cast)


def _payments(cast: Cast) -> list[tuple[str, str]]:
    """Somebody who owes, a payment that settles a part, another with credit left, one to be signed for."""
    place = db.session.get_one(Association, cast.community.id)
    membership = make_membership(make_person("收费一"), place)
    charge = make_charge(membership)
    payer = db.session.get_one(type(cast.member.person), membership.person_id)
    paid = make_payment(payer, place, 500, actor=cast.treasurer)
    credit = make_payment(payer, place, FEE, [], actor=cast.treasurer)
    asked = make_payment(payer, place, 100, [(charge, 100)], actor=cast.treasurer)
    reversals.ask(cast.treasurer, asked, "记错人")
    db.session.commit()
    at = f"{DUES}/payments"
    pages = [
        f"{DUES}/collect?who={payer.public_id}", f"{DUES}/collect/{paid.public_id}/undo", f"{at}/{paid.public_id}",
        f"{at}/{credit.public_id}", f"{at}/{credit.public_id}/refund", f"{at}/{credit.public_id}/reverse",
        f"{at}/opening",
    ]  # fmt: skip
    return [*(("treasurer", page) for page in pages), ("chair", f"{at}/{asked.public_id}")]
