"""Mail to the writer, where a server is set and an address was given. Nothing of what was written stands in it."""

from __future__ import annotations

from typing import Any

from portal.applications import mails
from portal.core.i18n import lazy
from portal.letters import queries
from portal.letters.models import Letter, StepKind


def tell(letter: Letter, step: StepKind) -> None:
    """Say that something was done with the letter. Call it after the commit."""
    if letter.email is not None:
        found = queries.get_by_reference(letter.reference) or letter
        mails.write(found, lambda: _news(found, step), f"/letters/{found.reference}")


def _news(letter: Letter, step: StepKind) -> tuple[str, str]:
    """Subject and news; who deals with it and by when it is answered are put in."""
    said = {**_on_the_way(), **_at_the_end()}[step]
    about = {"name": letter.association.name, "day": letter.due_on.isoformat()}
    return str(said[0]), str(said[1]) % about


def _on_the_way() -> dict[StepKind, tuple[Any, Any]]:
    return {
        StepKind.RECEIVED: (
            lazy("Your letter was received"),
            lazy("%(name)s has received your letter and answers by %(day)s."),
        ),
        StepKind.ACKNOWLEDGED: (
            lazy("Your letter is in hand"),
            lazy("%(name)s has your letter in hand and answers by %(day)s."),
        ),
        StepKind.PASSED_ON: (
            lazy("Your letter was passed on"),
            lazy("%(name)s deals with your letter now and answers by %(day)s."),
        ),
    }


def _at_the_end() -> dict[StepKind, tuple[Any, Any]]:
    return {
        StepKind.ASKED: (lazy("A question about your letter"), lazy("%(name)s has a question about your letter.")),
        StepKind.PUT_OFF: (
            lazy("Your letter takes longer"),
            lazy("%(name)s needs longer and answers by %(day)s; the reason stands on the page."),
        ),
        StepKind.ANSWERED: (
            lazy("Your letter was answered"),
            lazy("%(name)s has answered your letter. You may rate the answer, or ask to look at it again."),
        ),
    }
