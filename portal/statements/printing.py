"""A person's account with an association on paper: what stands on the page, in the reader's words."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.core.documents import render_pdf
from portal.core.formats import date_long, money
from portal.core.i18n import _, locale, pgettext
from portal.dues.models import Charge
from portal.payments.models import Method, Payment
from portal.statements.account import Movement, Statement


def print_statement(association: Association, found: Statement, day: date) -> bytes:
    """A PDF of the account as it is on a day. Raises MissingGlyphs for a name that the fonts cannot print."""
    data = {
        "lang": "en" if locale() == "en" else "zh",
        "association": association.name,
        "title": _("Statement of dues"),
        "name": found.person.name,
        "made": _("As of %(day)s", day=date_long(day)),
        "page": _("Page"),
        "figures": [
            [money(found.open_fen), _("Still owed")],
            [money(found.paid_fen), _("Paid in all")],
            [money(found.credit_fen), _("Credit")],
        ],
        "sections": [one for one in (_charges(found), _payments(found), _lines(found)) if one["rows"]],
        "note": _("Amounts in yuan. A balance below zero is credit. A statement takes the place of no receipt."),
        "signed": [_("Issued by:"), _("Seal:")],
    }
    return render_pdf("account", data)


def _charges(found: Statement) -> dict[str, Any]:
    heads = [
        pgettext("statement", "Charge"), pgettext("charges", "Charged"), pgettext("charges", "Paid"), _("Let off"),
        pgettext("charges", "Open"),
    ]  # fmt: skip
    rows = [
        [_whose(one, found), *map(money, (one.amount_fen, one.paid_fen, one.waived_fen + one.written_off_fen)),
         money(one.open_fen)]
        for one in found.charges
    ]  # fmt: skip
    return _section(_("What is charged"), heads, rows, numbers=4, wide=0)


def _whose(charge: Charge, found: Statement) -> str:
    told = f"{charge.period.name} · {charge.membership.display_name}"
    others = charge.payer_id != found.person.id
    return f"{told} · {_('paid by %(name)s', name=charge.payer.name)}" if others else told


def _payments(found: Statement) -> dict[str, Any]:
    heads = [_("Date"), _("Method"), pgettext("payment", "For"), _("Amount")]
    rows = [
        [date_long(one.received_on), Method(one.method).label, _settles(one, found), money(one.amount_fen)]
        for one in found.payments
    ]
    rows += [
        [date_long(one.payment.received_on), Method(one.payment.method).label,
         " · ".join((one.charge.period.name, _("with a payment of %(name)s", name=one.payment.payer.name))),
         money(one.amount_fen)]
        for one in found.others
    ]  # fmt: skip
    return _section(_("What was paid"), heads, rows, numbers=1, wide=2)


def _settles(payment: Payment, found: Statement) -> str:
    told = [
        f"{one.charge.period.name} {one.charge.membership.display_name} {money(one.amount_fen)}"
        for one in payment.allocations
        if one.released_at is None
    ]
    return " · ".join([*told, *found.told_of(payment)])


def _lines(found: Statement) -> dict[str, Any]:
    heads = [
        _("Date"), _("Event"), pgettext("charges", "Charged"), _("Paid or let off"), pgettext("ledger", "Balance"),
    ]  # fmt: skip
    rows = [[date_long(one.on), _event(one), *map(_moved, (one.more_fen, one.less_fen)), money(one.balance_fen)]
            for one in found.movements]  # fmt: skip
    return _section(_("The account, line by line"), heads, rows, numbers=3, wide=1)


def _event(one: Movement) -> str:
    return " · ".join(filter(None, (one.label, one.memo)))


def _moved(fen: int) -> str:
    return money(fen) if fen else ""


def _section(title: str, heads: list[str], rows: list[list[str]], *, numbers: int, wide: int) -> dict[str, Any]:
    widths = ["1fr" if column == wide else "auto" for column in range(len(heads))]
    return {"title": title, "heads": heads, "rows": rows, "numbers": numbers, "widths": widths}
