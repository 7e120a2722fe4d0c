"""The list of payments with its files."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from portal.accounts.reader import me
from portal.associations.queries import list_groups
from portal.core import downloads, web
from portal.core.access import can, requires
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.payments import desk, exports, listing, queries
from portal.payments.blueprint import blueprint
from portal.payments.forms import FilterForm
from portal.payments.listing import Asked
from portal.payments.models import Method

SIZE = 50


@blueprint.get("/office/<code>/dues/payments")
@requires("dues.read")
def payments(code: str) -> str:
    """Every payment, the latest first; what waits for the second signature on top."""
    form, statement = _asked()
    waiting = listing.waiting(me(), g.association) if can("dues.approve") or can("dues.record") else []
    return web.page(
        "payments/list.html",
        form=form,
        page=paginate(statement, page_number(), SIZE, shown=queries.SHOWN),
        total_fen=listing.sum_fen(statement),
        methods=Method.labels(),
        waiting=waiting,
        more=any(field.data for field in (form.start, form.end, form.collector, form.group)),
        is_filtered=any(field.data for field in form),
    )


@blueprint.get("/office/<code>/dues/payments/list.<any(xlsx, csv):form>")
@requires("dues.read")
def payments_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.payments(_asked()[1]), "payments.payments")


def _asked() -> tuple[FilterForm, Any]:
    form = FilterForm(formdata=request.args)
    every = ("", _("All"))
    form.method.choices = choices([every, *Method.labels().items()])
    groups = ((group.public_id, group.name) for group in list_groups(g.association))
    form.group.choices = choices([every, *groups])
    leaders = ((person.public_id, person.name) for person in desk.list_collectors(g.association))
    form.collector.choices = choices([every, *leaders])
    form.validate()
    asked = Asked(
        text=(form.q.data or "")[:100],
        start=form.start.data,
        end=form.end.data,
        method=form.method.data or "",
        collector=form.collector.data or "",
        group=form.group.data or "",
        state=form.state.data or "",
    )
    return form, listing.payments(me(), g.association, asked)
