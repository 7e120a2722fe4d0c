"""Who signed up for a session, as a file: the rows that the page shows."""

from __future__ import annotations

from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp, SignUpState


def sign_ups(session: ActivitySession, statement: Any) -> ListFile:
    labels, zone = words(SignUpState.labels()), session.association.time_zone
    anybody, guest, late = _("Anybody"), _("Guest"), _("Late")

    def line(one: SignUp) -> list[Any]:
        return [
            one.person.name if one.person else one.guest_name,
            one.need.skill.name if one.need.skill else anybody,
            labels[one.state],
            one.person.masked_phone if one.person else guest,
            local(one.signed_up_at, zone).replace(tzinfo=None, microsecond=0),
            late if one.is_late else "",
            one.clash_reason,
        ]

    return ListFile(_("Sign-ups"), _headings(), statement, each(line))


def _headings() -> list[str]:
    return [
        _("Name"),
        _("For the place"),
        _("State"),
        _("Phone"),
        _("Signed up"),
        _("Withdrawn"),
        _("Why it may clash"),
    ]
