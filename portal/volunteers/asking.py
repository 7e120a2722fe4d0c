"""Asking at /volunteer: the form of each question with its choices, what an answer holds, and the whole of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g
from flask_login import current_user

from portal.applications.answers import Answers, plain, value
from portal.applications.queries import is_joinable
from portal.applications.questions import PURPOSES, typed
from portal.applications.submission import check_birth, check_phone
from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import lazy
from portal.members.queries import root_id
from portal.people.queries import get_own, list_consents, version_in_force
from portal.volunteers import queries, way
from portal.volunteers.models import SkillKind
from portal.volunteers.questions import QUESTIONS
from portal.volunteers.submission import CARRIED, Submission
from portal.volunteers.way import Known

LISTS = {"skills": SkillKind.SKILL, "interests": SkillKind.INTEREST}


def known() -> Known:
    """Who is signed in, read once for a request."""
    if not current_user.is_authenticated:
        return Known()
    if "volunteer_known" not in g:
        person = get_own(current_user.person_id)
        g.volunteer_known = Known(person, tuple(list_consents(person)))
    found: Known = g.volunteer_known
    return found


def form_of(step: str, answers: Answers, *, is_sent: bool) -> Any:
    """The form of a question: empty, with the earlier answer, or with what was sent just now."""
    form = QUESTIONS[step]() if is_sent else QUESTIONS[step](formdata=typed(answers.get(step, {})) or None)
    if step in LISTS:
        listed = queries.list_skills(value(answers, "association", "root"), LISTS[step])
        form[step].choices = choices((skill.public_id, skill.name) for skill in listed)
    if step == "consents":
        for purpose in known().agreed:
            del form[purpose]
    return form


def given(step: str, form: Any, answers: Answers) -> dict[str, Any]:
    """The answer as it is kept. Raises RuleError by the field at fault."""
    said = plain(form.values())
    if step == "association":
        return _chosen(get_association(form.association.data))
    if step == "birth":
        check_birth(form.birth_on.data)
    if step == "contact":
        check_phone(form.phone.data, is_child=way.is_child(answers, known()))
    if step in LISTS:
        names = {choice.value: choice.label for choice in form[step].choices}
        return {step: list(form[step].data), "names": [names[each] for each in form[step].data]}
    return {**said, "version": version_in_force()} if step == "consents" else said


def _chosen(association: Association | None) -> dict[str, Any]:
    if association is None or not is_joinable(association):
        raise RuleError("association", lazy("Nobody can register at this association. Choose another."))
    me = known().person
    if me is not None and queries.get_live(me.id, association.id) is not None:
        raise RuleError("association", lazy("You are a volunteer of this association already."))
    return {
        "association": association.code,
        "code": association.code,
        "name": association.name,
        "root": root_id(association),
    }


def submission_of(answers: Answers) -> Submission:
    """All answers together, and what the register knows. Raises RuleError if something chosen is there no longer."""
    association = get_association(value(answers, "association", "code") or "")
    if association is None:
        raise RuleError("association", lazy("Nobody can register at this association. Choose another."))
    me, steps = known(), way.steps(answers, known())
    asked = {step: answers[step] for step in steps}
    said: dict[str, Any] = {name: each for answer in asked.values() for name, each in answer.items()}
    wanted = [*asked["skills"]["skills"], *asked["interests"]["interests"]]
    ticked = [purpose for purpose in PURPOSES if asked.get("consents", {}).get(purpose)]
    return Submission(
        association=association,
        skills=[skill for skill in queries.skills_by_public_ids(root_id(association), wanted) if not skill.ended_on],
        times=[(int(each[0]), each[2:]) for each in asked["times"]["times"] or []],
        note=asked["times"].get("note") or "",
        consents=list(dict.fromkeys([*me.agreed, *ticked])),
        notice_version=asked.get("consents", {}).get("version") or version_in_force(),
        person=me.person,
        **_about(said, asked, me),
    )


def _about(said: dict[str, Any], asked: dict[str, Any], me: Known) -> dict[str, Any]:
    """Who registers: what was said where it was asked, otherwise what the register holds."""
    said["birth_on"] = date.fromisoformat(asked["birth"]["birth_on"]) if "birth" in asked else None
    held = {name: getattr(me.person, name) if me.person else None for name in CARRIED}
    about = {name: held[name] or said.get(name) or None for name in CARRIED}
    for text in ("name", "residence", "guardian_name"):
        about[text] = about[text] or ""
    return about
