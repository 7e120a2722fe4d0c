"""The page of one registration in the office, and the form for those that come on paper."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_login import current_user

from portal.applications.desk import group_choices, opened
from portal.applications.sent import decide_by
from portal.associations.queries import get_group
from portal.core import access, web
from portal.core.calendar import today
from portal.core.forms import choices
from portal.core.i18n import _
from portal.members.queries import root_id
from portal.people.models import PrivacyNotice
from portal.volunteers import queries, registering, registration_queries, services
from portal.volunteers.forms import AcceptForm, DeclineForm
from portal.volunteers.models import DayPart, RegistrationState, SkillKind, VolunteerRegistration
from portal.volunteers.paper_form import PaperForm
from portal.volunteers.questions import WEEKDAYS
from portal.volunteers.roster_words import Times
from portal.volunteers.submission import Submission


def page(found: VolunteerRegistration, *, status: int = 200, **forms: Any) -> Any:
    """Everything about one registration; a form that was refused stands beside the other as it was sent."""
    is_open = found.state == RegistrationState.SUBMITTED
    matches = registration_queries.matches_of(found, access.reached("volunteers.read")) if is_open else []
    refused = next(iter(forms.values()), None)
    group = found.group.public_id if found.group else ""
    shown = {"accept": AcceptForm(formdata=None, group=group), "decline": DeclineForm(formdata=None), **forms}
    if "accept" not in forms:
        opened(shown["accept"], matches).term_end_on.data = services.default_term_end(today())
    context = {
        "registration": found, "forms": shown, "matches": matches, "is_open": is_open,
        "same": registration_queries.sent.list_same(found),
        "is_own": registering.is_mine(current_user, found), "until": decide_by(found),
        "letter": queries.live_letter(found.volunteer_id) if found.volunteer_id else None,
        "said": _said(found),
    }  # fmt: skip
    if status == 200:
        return web.page("volunteers/registration.html", form=refused, **context)
    return web.invalid("volunteers/registration.html", refused, **context)


def _said(found: VolunteerRegistration) -> dict[str, str]:
    """Skills, kinds of service and times in words."""
    listed = queries.skills_by_public_ids(root_id(g.association), [str(each) for each in found.skills])
    names = {kind: _(", ").join(skill.name for skill in listed if skill.kind == kind) for kind in SkillKind}
    times = Times().say((weekday, part) for weekday, part in found.times)
    return {"skills": names[SkillKind.SKILL], "interests": names[SkillKind.INTEREST], "times": times}


def paper_form() -> PaperForm:
    form = PaperForm()
    form.group.choices = group_choices()
    for name, kind in (("skills", SkillKind.SKILL), ("interests", SkillKind.INTEREST)):
        listed = queries.list_skills(root_id(g.association), kind)
        form[name].choices = choices((skill.public_id, skill.name) for skill in listed)
    form.register.label.text = _("The volunteer (under 14: the guardian) has read the privacy notice and signed")
    return form


def around_paper(notice: PrivacyNotice | None) -> dict[str, Any]:
    return {"notice": notice, "weekdays": WEEKDAYS, "parts": DayPart.labels()}


def submission(form: PaperForm, notice: PrivacyNotice | None) -> Submission:
    """What stands on the paper."""
    names = ("identity_number", "sex", "birth_on", "phone", "email", "guardian_phone")
    wanted = [*(form.skills.data or []), *(form.interests.data or [])]
    return Submission(
        association=g.association,
        group=get_group(g.association, form.group.data or ""),
        name=form.name.data or "",
        residence=form.residence.data or "",
        guardian_name=form.guardian_name.data or "",
        note=form.note.data or "",
        skills=queries.skills_by_public_ids(root_id(g.association), wanted),
        times=form.times.pairs(),
        consents=form.agreed,
        notice_version=notice.version if notice else 0,
        **{name: form[name].data or None for name in names},
    )
