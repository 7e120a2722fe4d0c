"""Receipts on the pages of a payment and of a person in the office."""

from __future__ import annotations

from collections.abc import Sequence

from flask_login import current_user

from portal.associations.models import Association
from portal.core.access import can
from portal.core.i18n import pgettext
from portal.payments import parts as of_payments
from portal.payments.models import Method, Payment
from portal.people import parts as of_people
from portal.people.models import Person
from portal.receipts import listing, queries
from portal.receipts.models import Receipt

LATEST = 5


@of_payments.part(10)
def tell_payment(payment: Payment) -> of_payments.Part | None:
    """The receipt of a payment, those that were void, and the way to another."""
    found = queries.list_of_payment(payment.id)
    if not found:
        return None
    stands = any(one.voided_at is None for one in found)
    may = payment.reversed_at is None and not stands and payment.method != Method.OPENING
    context = {"receipts": found, "payment": payment, "may_reissue": may}
    return of_payments.Part(pgettext("dues", "Receipts"), "receipts/_payment.html", context)


@of_people.part(60)
def tell_person(person: Person, association: Association) -> of_people.Part | None:
    """The latest receipts of what somebody paid here."""
    if not can("dues.read", association):
        return None
    found = listing.latest_of_person(current_user, association, person.id, LATEST)
    return _part(found)


def _part(found: Sequence[Receipt]) -> of_people.Part | None:
    if not found:
        return None
    return of_people.Part(pgettext("dues", "Receipts"), "receipts/_person.html", {"receipts": found})
