"""Asking at /join: the form of each question with its choices, what an answer must hold, and the whole of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.applications import answers as way
from portal.applications.answers import Answers
from portal.applications.forms import QUESTIONS
from portal.applications.queries import is_joinable
from portal.applications.questions import PURPOSES, typed
from portal.applications.submission import Submission, check_birth, check_phone
from portal.associations.models import Association, Group
from portal.associations.queries import get_association, get_group, list_groups
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, lazy
from portal.members.models import MembershipKind
from portal.members.queries import list_kinds, root_id
from portal.people.queries import version_in_force

NOT_SURE = "none"


def form_of(step: str, answers: Answers, *, is_sent: bool) -> Any:
    """The form of a question: empty, with the earlier answer, or with what was sent just now."""
    form = QUESTIONS[step]() if is_sent else QUESTIONS[step](formdata=typed(answers.get(step, {})) or None)
    if step == "kind":
        form.kind.choices = choices((kind.public_id, kind.name) for kind in _kinds(answers))
    if step == "group":
        groups = list_groups(_association(answers))
        named = [(group.public_id, " · ".join(filter(None, (group.name, group.area)))) for group in groups]
        form.group.choices = choices([*named, (NOT_SURE, _("I am not sure"))])
    return form


def given(step: str, form: Any, answers: Answers) -> dict[str, Any]:
    """The answer as it is kept. Raises RuleError by the field at fault."""
    said = way.plain(form.values())
    if step == "association":
        return _chosen(get_association(form.association.data))
    if step == "kind":
        kind = next(kind for kind in _kinds(answers) if kind.public_id == form.kind.data)
        return {**said, "name": kind.name, "holder": kind.holder}
    if step == "birth":
        check_birth(form.birth_on.data)
    if step == "contact":
        check_phone(form.phone.data, is_child=way.is_child(answers))
    if step == "group":
        return {**said, "name": {c.value: c.label for c in form.group.choices}[form.group.data]}
    return {**said, "version": version_in_force()} if step == "consents" else said


def _chosen(association: Association | None) -> dict[str, Any]:
    if association is None or not is_joinable(association):
        raise RuleError("association", lazy("Nobody can apply to this association. Choose another."))
    return {
        "association": association.code,
        "code": association.code,
        "name": association.name,
        "root": root_id(association),
        "has_groups": bool(list_groups(association)),
    }


def submission_of(answers: Answers) -> Submission:
    """All answers together. Raises RuleError if something chosen is there no longer."""
    association = _association(answers)
    kind = next((k for k in _kinds(answers) if k.public_id == way.value(answers, "kind", "kind")), None)
    if kind is None:
        raise RuleError("kind", lazy("Choose a kind of membership that is in use."))
    asked = {step: answers[step] for step in way.steps(answers)}
    said: dict[str, Any] = {name: value for each in asked.values() for name, value in each.items()}
    texts = ("organisation_name", "residence", "reason", "guardian_name")
    others = ("identity_number", "sex", "phone", "email", "guardian_phone")
    return Submission(
        association=association,
        kind=kind,
        group=_group(association, way.value(asked, "group", "group")),
        name=asked["name"]["name"],
        birth_on=date.fromisoformat(asked["birth"]["birth_on"]) if "birth" in asked else None,
        consents=[name for name in PURPOSES if asked["consents"].get(name)],
        notice_version=asked["consents"]["version"],
        **({name: said.get(name) or "" for name in texts} | {name: said.get(name) or None for name in others}),
    )


def _association(answers: Answers) -> Association:
    association = get_association(way.value(answers, "association", "code") or "")
    if association is None or not is_joinable(association):
        raise RuleError("association", lazy("Nobody can apply to this association. Choose another."))
    return association


def _kinds(answers: Answers) -> list[MembershipKind]:
    return list(list_kinds(_association(answers), open_only=True))


def _group(association: Association, public_id: str | None) -> Group | None:
    """The group chosen; one that has ended meanwhile is left to the office."""
    group = get_group(association, public_id) if public_id and public_id != NOT_SURE else None
    return group if group is not None and group.ended_on is None else None
