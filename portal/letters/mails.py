"""Mail to the writer, where a server is set and an address was given. Nothing of what was written stands in it."""

from __future__ import annotations

from portal.applications import mails
from portal.core.i18n import _
from portal.letters import queries
from portal.letters.models import Letter, StepKind


def tell(letter: Letter, step: StepKind) -> None:
    """Say that something was done with the letter. Call it after the commit."""
    if letter.email is not None:
        found = queries.get_by_reference(letter.reference) or letter
        mails.write(found, lambda: _news(found, step), f"/letters/{found.reference}")


def _news(letter: Letter, step: StepKind) -> tuple[str, str]:
    name = letter.association.name
    day = letter.due_on.isoformat()
    said = {
        StepKind.RECEIVED: (
            _("Your letter was received"),
            _("%(name)s has received your letter and answers by %(day)s.", name=name, day=day),
        ),
        StepKind.ACKNOWLEDGED: (
            _("Your letter is in hand"),
            _("%(name)s has your letter in hand and answers by %(day)s.", name=name, day=day),
        ),
        StepKind.ASKED: (
            _("A question about your letter"),
            _("%(name)s has a question about your letter.", name=name),
        ),
        StepKind.PUT_OFF: (
            _("Your letter takes longer"),
            _("%(name)s needs longer and answers by %(day)s; the reason stands on the page.", name=name, day=day),
        ),
        StepKind.PASSED_ON: (
            _("Your letter was passed on"),
            _("%(name)s deals with your letter now and answers by %(day)s.", name=name, day=day),
        ),
        StepKind.ANSWERED: (
            _("Your letter was answered"),
            _("%(name)s has answered your letter. You may rate the answer, or ask to look at it again.", name=name),
        ),
    }
    subject, news = said[step]
    return str(subject), str(news)
