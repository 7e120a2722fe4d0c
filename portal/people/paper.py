"""A record entered from a signed paper form: what the form asks, the act, and who is in the register already."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from portal.core import access
from portal.core.audit import Actor
from portal.core.forms import Required
from portal.core.i18n import lazy
from portal.people import queries, services
from portal.people.forms import PersonForm
from portal.people.models import ConsentPurpose, Person


class PaperForm(PersonForm):
    """What the paper holds; one box says that look-alikes were seen and it is none of them."""

    is_another = BooleanField(lazy("It is another person"))
    has_signed = BooleanField(
        lazy("The person has read the privacy notice and signed"),
        [Required(lazy("Without the person's consent nothing may be recorded."))],
    )


FIELDS = ("identity_number", "sex", "birth_on", "phone", "email", "residence", "guardian_name", "guardian_phone")


def enter(actor: Actor, form: PaperForm, version: int) -> Person:
    """The record, and the consent to it: the person's own, or below 14 the guardian's."""
    values = form.values(*FIELDS)
    created = services.create_person(actor, str(form.name.data), **values)
    is_child = services.check_guardian(created)
    services.give_consent(actor, created, ConsentPurpose.REGISTER, version, by="guardian" if is_child else "paper")
    return created


def known(form: PaperForm, right: str) -> dict[str, Any]:
    """Who may be meant: whoever has the identity number, or looks alike; each only within the reader's reach.

    `elsewhere` says that there are others of whom the reader may know no more. Nothing for a form that was answered.
    """
    number = form.identity_number.data
    same = queries.get_by_identity(number) if number else None
    if same is not None:
        found = [same]
    elif form.is_another.data:
        return {}
    else:
        found = list(queries.look_alikes(str(form.name.data), form.phone.data, form.birth_on.data))
        found = found or list(queries.just_entered(access.reached(right), str(form.name.data)))
    if not found:
        return {}
    seen = queries.people_by_public_ids(access.reached(right), [person.public_id for person in found])
    return {"same": same is not None, "alike": seen, "elsewhere": len(seen) < len(found)}


def ask(form: PaperForm, asked: dict[str, Any]) -> None:
    """Say by its field what has to be answered before anything is entered."""
    if asked["same"]:
        message = lazy("Somebody with this identity number is already in the register.")
        form.identity_number.errors = [*form.identity_number.errors, str(message)]
    else:
        form.is_another.errors = [str(lazy("Look at the people above: is it one of them? If not, tick this."))]
