"""How a call stands, in words: its state, who may nominate, what a category asks of the record."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.commendations import calls
from portal.commendations.blueprint import blueprint
from portal.commendations.models import CallCategory, CallState, CommendationCall, Scope
from portal.commendations.queries import is_taking
from portal.core.errors import RuleError
from portal.core.i18n import _, ngettext, pgettext

TONES = {
    CallState.DRAFT: "grey", CallState.REVIEW: "blue", CallState.CHOSEN: "blue", CallState.SHOWN: "amber",
    CallState.DECIDED: "green", CallState.WITHDRAWN: "grey",
}  # fmt: skip


@blueprint.app_template_global("call_state")
def state_of(call: Any, day: date) -> tuple[str, str]:
    """Words and tone of how it stands."""
    state = CallState(call.state)
    if state is not CallState.OPEN:
        return state.label, TONES[state]
    if is_taking(call, day):
        return str(_("Nominations open")), "amber"
    return (str(_("Not open yet")), "blue") if day < call.opens_on else (str(_("Nominations closed")), "blue")


@blueprint.app_template_global("is_taking")
def takes(call: Any, day: date) -> bool:
    return is_taking(call, day)


@blueprint.app_template_global("call_nominators")
def nominators(call: Any) -> list[str]:
    """Who may nominate. Associations always may: the call's own and those below it."""
    found = [pgettext("nominators", "associations")]
    found += [pgettext("nominators", "leaders of groups")] if call.by_groups else []
    found += [pgettext("nominators", "members")] if call.by_members else []
    return found + ([pgettext("nominators", "anybody")] if call.by_anyone else [])


@blueprint.app_template_global("asked_of_record")
def asked(category: CallCategory) -> list[str]:
    """What the record must show of a nominee."""
    found = []
    if category.least_minutes:
        found.append(ngettext("%(num)d hour of service", "%(num)d hours of service", category.least_minutes // 60))
    if category.least_years:
        found.append(ngettext("%(num)d year of membership", "%(num)d years of membership", category.least_years))
    if category.least_led:
        found.append(ngettext("%(num)d activity led", "%(num)d activities led", category.least_led))
    if category.least_stars:
        found.append(ngettext("%(num)d star", "%(num)d stars", category.least_stars))
    return found + ([_("dues of the period paid")] if category.needs_dues else [])


@blueprint.app_template_global("scope_label")
def scope_label(scope: str) -> str:
    return Scope(scope).label


def lacking(call: CommendationCall, day: date) -> str:
    """What stands in the way of opening a draft, in words; empty where nothing does."""
    try:
        calls.check_complete(call, day)
    except RuleError as error:
        return str(error)
    return ""
