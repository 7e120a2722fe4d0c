"""The page of one application in the office, and the form for those that come on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.applications import queries, services
from portal.applications.forms import AcceptForm, AskForm, DeclineForm, LookForm, PaperForm
from portal.applications.models import ApplicationState, MembershipApplication
from portal.applications.queries import Match
from portal.applications.sent import Sent, days_waiting, decide_by
from portal.applications.submission import Submission
from portal.associations.queries import get_group, list_groups
from portal.core import access, web
from portal.core.calendar import today
from portal.core.formats import local
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.members.models import Holder, Membership
from portal.members.queries import get_membership, list_kinds, memberships_below
from portal.people.models import PrivacyNotice


def list_context(sent: Sent[Any], state: str | None) -> dict[str, Any]:
    """The forms in one state (without one: all that wait), how many stand in each, how long the open ones wait."""
    account = me()
    page = paginate(sent.list_of(account, g.association, state), page_number())
    counts = sent.count_by_state(account, g.association)
    waits = {row.id: days_waiting(row) for row in page.rows}
    below = any(row.association_id != g.association.id for row in page.rows)
    shown = {"page": page, "counts": counts, "total": sum(counts.values()), "state": state}
    return {**shown, "waits": waits, "below": below, "local": local}


def page(
    application: MembershipApplication, *, status: int = 200, revealed: dict[str, str] | None = None, **forms: Any
) -> Any:
    """Everything about one application; a form that was refused stands among the others as it was sent."""
    is_open = ApplicationState(application.state).is_open
    matches = queries.list_matches(application, access.reached("members.read")) if is_open else []
    refused = next(iter(forms.values()), None)
    shown = {
        "accept": AcceptForm(formdata=None, group=application.group.public_id if application.group else ""),
        "ask": AskForm(formdata=None),
        "decline": DeclineForm(formdata=None),
        "look": LookForm(formdata=None),
        **forms,
    }
    if "accept" not in forms:
        opened(shown["accept"], matches).joined_on.data = today()
    context = {
        "application": application, "forms": shown, "matches": matches, "revealed": revealed or {},
        "is_open": is_open, "messages": queries.list_messages(application),
        "same": queries.sent.list_same(application),
        "is_own": services.is_own(current_user, application), "until": decide_by(application),
        "may_open": _may_open(application.membership),
    }  # fmt: skip
    if status == 200:
        return web.page("applications/show.html", form=refused, **context)
    return web.invalid("applications/show.html", refused, **context)


def _may_open(made: Membership | None) -> bool:
    """Whether the membership is still one that the reader may open here: it may have moved since."""
    if made is None:
        return False
    reach = access.visible(memberships_below(g.association), "members.read", Membership)
    return get_membership(reach, made.public_id) is not None


def accept_form(matches: Sequence[Match], form: Any) -> Any:
    """Which record (a new one only where nobody is certain), and which group."""
    certain = [match for match in matches if match.has_number]
    found = [(match.person.public_id, match.person.name) for match in certain or matches]
    form.record.choices = choices([*found, *([] if certain else [("new", _("A new record"))])])
    form.group.choices = group_choices()
    return form


def opened(form: Any, matches: Sequence[Match]) -> Any:
    """As it is offered. Chosen is only what is certain; whether somebody alike is the same, the officer says."""
    accept_form(matches, form)
    only = form.record.choices[0].value
    form.record.data = only if not matches or matches[0].has_number else None
    return form


def group_choices() -> Any:
    groups = list_groups(g.association)
    return choices([("", _("None")), *((group.public_id, group.name) for group in groups)])


def paper_form() -> PaperForm:
    form = PaperForm()
    form.kind.choices = choices((kind.public_id, kind.name) for kind in list_kinds(g.association, open_only=True))
    form.group.choices = group_choices()
    form.register.label.text = _("The applicant (under 14: the guardian) has read the privacy notice and signed")
    return form


def paper_page(form: PaperForm, notice: PrivacyNotice | None) -> Any:
    if request.method == "POST":
        return web.invalid("applications/paper.html", form, notice=notice)
    return web.page("applications/paper.html", form=form, notice=notice)


def submission(form: PaperForm, notice: PrivacyNotice | None) -> Submission:
    """What stands on the paper. For an organisation only its contact is asked for."""
    kind = next(k for k in list_kinds(g.association, open_only=True) if k.public_id == form.kind.data)
    names = ["organisation_name", "name", "phone", "email", "reason"]
    if kind.holder != Holder.ORGANISATION:
        names += ["identity_number", "sex", "birth_on", "residence", "guardian_name", "guardian_phone"]
    values: dict[str, Any] = {name: form[name].data or None for name in names}
    for text in ("organisation_name", "name", "reason", "residence", "guardian_name"):
        values[text] = values.get(text) or ""
    return Submission(
        association=g.association,
        kind=kind,
        group=get_group(g.association, form.group.data or ""),
        consents=form.agreed,
        notice_version=notice.version if notice else 0,
        **values,
    )
