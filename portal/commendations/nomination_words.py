"""How a nomination stands, in words: its state, the consent of the nominee, what the record said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.commendations import evidence
from portal.commendations.blueprint import blueprint
from portal.commendations.evidence import Facts
from portal.commendations.models import CallCategory, Nomination, NominationState, Source, SuggestionState
from portal.core.formats import hours, money, number
from portal.core.i18n import _, lazy, lazy_pgettext, pgettext
from portal.core.labels import Labelled

STATE_TONES = {
    NominationState.NOMINATED: "blue", NominationState.CHOSEN: "amber", NominationState.HONOURED: "green",
}  # fmt: skip
SUGGESTION_TONES = {SuggestionState.WAITING: "amber", SuggestionState.TAKEN_UP: "green"}


class Consent(Labelled):
    """How the nominee stands to it. Groups and associations are not asked."""

    GIVEN = "given", lazy_pgettext("consent", "Agreed")
    WAITING = "waiting", lazy_pgettext("consent", "Not agreed yet")
    REFUSED = "refused", lazy_pgettext("consent", "Does not wish it")
    NONE = "none", lazy_pgettext("consent", "Needs none")


CONSENT_TONES = {Consent.GIVEN: "green", Consent.WAITING: "amber"}
CONSENT_BY = {
    "self": lazy("Agreed on their own page"),
    "paper": lazy("Signed on paper"),
    "guardian": lazy("Signed by the guardian"),
}
DONE = {
    "commendations.nominate": lazy("Put forward"),
    "commendations.withdraw_nomination": lazy_pgettext("nomination", "Taken back"),
    "commendations.consent": lazy("Consent"),
    "commendations.refuse": lazy("The nominee does not wish it"),
}


def consent_of(nomination: Nomination) -> Consent:
    if nomination.person_id is None:
        return Consent.NONE
    if nomination.refused_at is not None:
        return Consent.REFUSED
    return Consent.GIVEN if nomination.consented_at is not None else Consent.WAITING


@blueprint.app_template_global("nomination_state")
def state_of(nomination: Nomination) -> tuple[str, str]:
    """Words and tone of a nomination."""
    state = NominationState(nomination.state)
    return state.label, STATE_TONES.get(state, "grey")


@blueprint.app_template_global("nomination_consent")
def consent_shown(nomination: Nomination) -> tuple[str, str]:
    """Words and tone of the nominee's consent."""
    consent = consent_of(nomination)
    return consent.label, CONSENT_TONES.get(consent, "grey")


@blueprint.app_template_global("suggestion_state")
def suggestion_state(suggestion: Any) -> tuple[str, str]:
    state = SuggestionState(suggestion.state)
    return state.label, SUGGESTION_TONES.get(state, "grey")


@blueprint.app_template_global("source_label")
def source_label(source: str) -> str:
    return Source(source).label


@blueprint.app_template_global("dues_shown")
def dues_shown(facts: Facts) -> str:
    """How a person stands with the dues of the period."""
    if facts.owed_fen is None:
        return _("nothing was due")
    return _("%(fen)s yuan owed", fen=money(facts.owed_fen)) if facts.owed_fen else pgettext("dues", "paid")


@blueprint.app_template_global("evidence_rows")
def evidence_rows(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was stored with a nomination, label by label; nothing where it was emptied."""
    if not kept:
        return []
    facts = evidence.read(kept)
    if isinstance(facts, Facts):
        return [
            (_("Years"), number(facts.years)), (_("Service hours"), hours(facts.minutes)),
            (_("Activities led"), number(facts.led)), (_("Stars"), number(facts.stars)),
            (_("Dues of the period"), dues_shown(facts)),
        ]  # fmt: skip
    return [
        (_("Members"), number(facts.members)), (_("Volunteers"), number(facts.volunteers)),
        (_("Service hours"), hours(facts.minutes)), (_("Entries in the log book"), number(facts.logs)),
        (_("Dues charged, yuan"), money(facts.charged_fen)), (_("Dues settled, yuan"), money(facts.settled_fen)),
    ]  # fmt: skip


@blueprint.app_template_global("unmet_by")
def unmet_by(kept: Mapping[str, Any], category: CallCategory) -> list[str]:
    """What the category asks for and the record did not show."""
    return evidence.read(kept).unmet(category) if kept else []
