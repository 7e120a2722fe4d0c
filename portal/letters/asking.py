"""Asking at /letters: the form of each question with its choices, what an answer must hold, and the whole of them."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from portal.applications.answers import Answers, value
from portal.applications.questions import typed
from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, lazy
from portal.letters import queries, way
from portal.letters.choosing import is_open
from portal.letters.forms import QUESTIONS
from portal.letters.receiving import Written
from portal.offices.models import Appointment
from portal.offices.queries import consenting
from portal.people.queries import get_own

SOMEBODY = "somebody"
GONE = lazy("Nobody can write to this association any more. Choose another.")


def form_of(step: str, answers: Answers, *, is_sent: bool) -> Any:
    """The form of a question: empty, with the earlier answer, or with what was sent just now."""
    kept = answers.get(step, {})
    form = QUESTIONS[step]() if is_sent else QUESTIONS[step](formdata=typed(kept) or None)
    if step == "about":
        form.about.choices = choices(officers_of(_association(answers)))
    if step == "writer" and not (is_sent or kept) and current_user.is_authenticated:
        me = get_own(current_user.person_id)
        form.name.data, form.phone.data, form.email.data = me.name, me.phone, me.email
    return form


def officers_of(association: Association) -> list[tuple[str, str]]:
    """Whom a letter may be about: by position, and by name who is known in public; or somebody else."""
    held = queries.list_officers_at([association.id])
    known = consenting([one.person_id for one in held if one.is_public])
    found = [(one.public_id, _called(one, one.is_public and one.person_id in known)) for one in held]
    return [*found, (SOMEBODY, _("Somebody else of the association"))]


def _called(held: Appointment, is_known: bool) -> str:
    parts = (held.group.name if held.group else "", held.position_label, held.person.name if is_known else "")
    return " · ".join(filter(None, parts))


def given(step: str, form: Any, answers: Answers) -> dict[str, Any]:
    """The answer as it is kept. Raises RuleError by the field at fault."""
    said: dict[str, Any] = form.values()
    if step == "association":
        return _chosen(get_association(form.association.data))
    if step == "about":
        names = {one.value: one.label for one in form.about.choices}
        chosen = list(said["about"] or [])
        return {"about": chosen, "names": [names[one] for one in chosen], "code": _association(answers).code}
    return _who(said) if step == "writer" else said


def _chosen(association: Association | None) -> dict[str, Any]:
    if association is None or not is_open(association):
        raise RuleError("association", GONE)
    return {"association": association.code, "code": association.code, "name": association.name}


def _who(said: dict[str, Any]) -> dict[str, Any]:
    """Whoever writes without a name: what stood in the boxes is forgotten."""
    if said["named"] != "yes":
        return {"named": "no"}
    if not said["name"]:
        raise RuleError("name", lazy("Enter the name, or choose to write without one."))
    if not (said["phone"] or said["email"]):
        raise RuleError("phone", lazy("Enter a phone number or an e-mail address, or write without a name."))
    return said


def letter_of(answers: Answers) -> Written:
    """All answers together. Raises RuleError if the association is there no longer."""
    association, who = _association(answers), answers["writer"]
    asked = way.steps(answers)
    chosen = answers["about"]["about"] if "about" in asked else []
    by_id = {one.public_id: one.person_id for one in queries.list_officers_at([association.id])}
    is_named = who["named"] == "yes"
    return Written(
        association=association,
        kind=answers["kind"]["kind"],
        subject=answers["text"]["subject"],
        body=answers["text"]["body"],
        is_anonymous=not is_named,
        name=who.get("name") or "",
        phone=who.get("phone") or None,
        email=who.get("email") or None,
        person_id=current_user.person_id if is_named and current_user.is_authenticated else None,
        may_publish="publish" in asked and answers["publish"]["may_publish"] == "yes",
        about={by_id[one] for one in chosen if one in by_id},
        about_somebody=any(one not in by_id for one in chosen),
    )


def _association(answers: Answers) -> Association:
    association = get_association(value(answers, "association", "code") or "")
    if association is None or not is_open(association):
        raise RuleError("association", GONE)
    return association
