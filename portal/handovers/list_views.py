"""Who holds cash, what was handed over, with its file; one collector with what they hold."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.paging import page_number, paginate
from portal.handovers import exports, queries, services
from portal.handovers.blueprint import blueprint
from portal.ledger.models import LedgerAccount
from portal.ledger.queries import balances
from portal.payments import queries as payments
from portal.payments.exports import payments as payments_file
from portal.people.models import Person


@blueprint.get("/office/<code>/dues/hand-overs")
@requires("dues.read")
def hand_overs(code: str) -> str:
    """What each collector still holds, and what was handed over; a leader sees their own."""
    return web.page(
        "handovers/list.html",
        holdings=queries.holdings(me(), g.association),
        page=paginate(queries.listing(me(), g.association), page_number(), shown=queries.SHOWN),
        sees_all=queries.sees_all(me(), g.association),
        **_sums(),
        me=current_user.person_id,
        day=today(g.association.time_zone),
    )


@blueprint.get("/office/<code>/dues/hand-overs/list.<any(xlsx, csv):form>")
@requires("dues.read")
def hand_overs_file(code: str, form: str) -> Response:
    """The hand-overs as a file."""
    return downloads.send(form, exports.hand_overs(queries.listing(me(), g.association)), "handovers.hand_overs")


@blueprint.get("/office/<code>/dues/hand-overs/collectors/<public_id>")
@requires("dues.read")
def collector(code: str, public_id: str) -> str:
    """The payments whose cash a collector still holds, and what lacked at the last hand-over."""
    person = load_collector(public_id)
    statement = queries.held_payments(g.association.id, person.id)
    page = paginate(statement, page_number(), 50, shown=payments.SHOWN)
    held = queries.held_fen(g.association.id, person.id)
    waits = queries.waiting_fen(g.association.id, person.id)
    context = {"held": held, "lacking": held - waits, "may_write_off": may_write_off(person)}
    return web.page("handovers/collector.html", person=person, page=page, **context)


@blueprint.get("/office/<code>/dues/hand-overs/collectors/<public_id>/list.<any(xlsx, csv):form>")
@requires("dues.read")
def collector_file(code: str, public_id: str, form: str) -> Response:
    """The payments that a collector still holds, as a file."""
    statement = queries.held_payments(g.association.id, load_collector(public_id).id)
    return downloads.send(form, payments_file(statement), "handovers.hand_overs")


def _sums() -> dict[str, int]:
    """What is in the cash box and in the bank."""
    known = {name: debit - credit for name, (debit, credit) in balances(g.association).items()}
    return {"cash": known.get(LedgerAccount.CASH, 0), "bank": known.get(LedgerAccount.BANK, 0)}


def may_write_off(person: Person) -> bool:
    """Whether the reader may sign that what lacks is owed no more."""
    try:
        services.check_may_write_off(me(), g.association, person)
    except RuleError:
        return False
    return True


def load_collector(public_id: str) -> Person:
    """Somebody who took cash here, within the reader's reach; anybody else is not there."""
    return queries.get_collector(me(), g.association, public_id) or abort(404)


def load(public_id: str) -> Any:
    """A hand-over of this association within the reader's reach; another is not there."""
    return queries.get_hand_over(me(), g.association, public_id) or abort(404)
