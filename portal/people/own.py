"""One's own record: what is held, what I agreed to, who looked and why. And the public privacy notice."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.core.database import db
from portal.core.i18n import _
from portal.people import queries, services
from portal.people.forms import ConsentForm
from portal.people.models import ConsentPurpose
from portal.people.views import blueprint


@blueprint.get("/me/data")
@signed_in
def own_data() -> str:
    """Everything the portal holds about me, and who looked at what is masked."""
    person = queries.get_own(current_user.person_id)
    return web.page(
        "people/own_data.html",
        person=person,
        consents=queries.list_consents(person),
        purposes=list(ConsentPurpose),
        reveals=queries.list_reveals(person),
        form=ConsentForm(),
    )


@blueprint.post("/me/consents/<purpose>")
@signed_in
def change_consent(purpose: str) -> Any:
    """Give a consent, or withdraw it with the same ease. The consent to the record itself ends with the record."""
    if purpose not in set(ConsentPurpose) - {ConsentPurpose.REGISTER}:
        abort(404)
    person = queries.get_own(current_user.person_id)
    given = services.toggle_consent(current_user, person, ConsentPurpose(purpose))
    db.session.commit()
    agreed, withdrawn = (
        _("Agreed. You can withdraw it here at any time."),
        _("Withdrawn. What it allowed is no longer shown."),
    )
    return web.go("people.own_data", agreed if given else withdrawn)
