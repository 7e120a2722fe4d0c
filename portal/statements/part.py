"""The way to somebody's account with the association, from a charge and from the person's page in the office."""

from __future__ import annotations

from flask import g, url_for
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.access import can
from portal.core.database import db
from portal.core.i18n import _, pgettext
from portal.dues import parts as of_charges
from portal.dues.models import Charge
from portal.dues.queries import OPEN_FEN, STANDS
from portal.people import parts as of_people
from portal.people.models import Person


@of_charges.link(60)
def tell_charge(charge: Charge) -> of_charges.Link | None:
    """Whose it is to pay: everything else of theirs."""
    if charge.association_id != g.association.id:
        return None
    address = url_for("statements.member", public_id=charge.payer.public_id)
    return of_charges.Link(_("Statement of %(name)s", name=charge.payer.name), address)


@of_people.part(55)
def tell_person(person: Person, association: Association) -> of_people.Part | None:
    """What somebody owes here, and the way to the account."""
    if not can("dues.read", association):
        return None
    asked = (Charge.payer_id == person.id, Charge.association_id == association.id, STANDS)
    count, open_fen = db.session.execute(select(func.count(), func.sum(OPEN_FEN)).where(*asked)).one()
    if not count:
        return None
    context = {"person": person, "open_fen": int(open_fen)}
    return of_people.Part(pgettext("navigation", "Dues"), "statements/_person.html", context)
