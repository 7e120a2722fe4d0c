"""Entering a letter in the office: the form with its choices, and what it says."""

from __future__ import annotations

import secrets

from flask import request

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, lazy
from portal.letters import queries, services
from portal.letters.asking import SOMEBODY
from portal.letters.models import Letter, LetterChannel
from portal.letters.office_forms import EnterForm
from portal.letters.receiving import Written, by_key, receive


def form_of(association: Association) -> EnterForm:
    """The form; a visit today is the likeliest, and the key makes what is sent twice one letter."""
    form = EnterForm()
    held = queries.list_officers_at([association.id])
    named = {one.public_id: f"{one.person.name} · {one.position_label}" for one in held}
    form.about.choices = choices([*named.items(), (SOMEBODY, _("Somebody else of the association"))])
    if request.method != "POST":
        form.key.data, form.received_on.data = secrets.token_urlsafe(24), today()
        form.channel.data = LetterChannel.VISIT.value
    return form


def enter(actor: Account, association: Association, form: EnterForm) -> Letter:
    """Take it in, and answer and close it where that was done already. Raises RuleError by the field at fault."""
    known = by_key(form.key.data)
    if known is not None:
        return known
    letter = receive(written(association, form), key=form.key.data, entered_by=actor)
    said = (form.answer.data or "").strip()
    if said and letter.association_id != association.id:
        raise RuleError("answer", lazy("It goes to the association above, which answers it: leave the answer empty."))
    if said:
        services.settle(actor, letter, said)
    return letter


def written(association: Association, form: EnterForm) -> Written:
    ids = {one.public_id: one.person_id for one in queries.list_officers_at([association.id])}
    chosen = form.about.data or []
    return Written(
        association=association,
        kind=str(form.kind.data),
        subject=form.subject.data or "",
        body=form.body.data or "",
        channel=str(form.channel.data),
        is_anonymous=bool(form.is_anonymous.data),
        name=form.name.data or "",
        phone=form.phone.data,
        email=form.email.data,
        may_publish=bool(form.may_publish.data) and not chosen,
        about={ids[one] for one in chosen if one in ids},
        about_somebody=SOMEBODY in chosen,
        received_on=form.received_on.data,
    )


def just_entered(account: Account, key: str) -> Letter | None:
    """What this officer entered by the form of this key."""
    letter = by_key(key)
    return letter if letter is not None and letter.entered_by_id == account.person_id else None
