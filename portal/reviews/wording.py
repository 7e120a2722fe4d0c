"""Where a review stands and who does what comes next, in one sentence each; points as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portal.core.formats import date_long
from portal.core.i18n import _, lazy, ngettext, pgettext
from portal.reviews.blueprint import blueprint
from portal.reviews.desk import Step
from portal.reviews.models import Reviewer

PLAIN = {
    "ask": lazy("Nominations are over. Next, reviewers are asked."),
    "meeting": lazy("All reviewers have given their points. Next, the meeting chooses."),
    "show": lazy("The meeting has chosen. Next, its choice goes on public notice."),
    "decide": lazy("The notice period is over and every objection is answered. Next comes the decision."),
    "stopped": lazy(
        "The notice period was stopped or withdrawn: it was not decided as shown. Next, it is reviewed anew."
    ),
    "anew": lazy("Nobody who was chosen is left. Next, it is reviewed anew."),
    "decided": lazy("This is decided. Who is commended stands in the register of honours."),
}
CHAIR = ("begin", "ask", "meeting", "show", "decide", "stopped", "anew")


@blueprint.app_template_global("review_next")
def next_of(step: Step) -> str:
    """What comes next."""
    words: dict[str, Callable[[], str]] = {
        "nominations": lambda: _(
            "Nominations are taken until the end of %(day)s.", day=date_long(step.call.closes_on)
        ),
        "begin": lambda: _(
            "Nominations ended on %(day)s. Next, the review begins.", day=date_long(step.call.closes_on)
        ),
        "points": lambda: _(
            "Reviewers give points: %(done)s of %(count)s are done.", done=step.done, count=len(step.rows)
        ),
        "notice": lambda: _on_notice(step),
        "objections": lambda: ngettext(
            "The notice period is over. %(num)d objection waits for its answer; nothing is decided before.",
            "The notice period is over. %(num)d objections wait for their answers; nothing is decided before.",
            step.unanswered,
        ),
    }
    return words[step.name]() if step.name in words else str(PLAIN[step.name])


@blueprint.app_template_global("review_who")
def who_of(step: Step, chair: str) -> str:
    """Who does it."""
    if step.name in CHAIR:
        return (
            _("The chair does this: %(name)s.", name=chair)
            if chair
            else _("The chair does this; the office is vacant.")
        )
    if step.name == "points":
        waiting = "、".join(row.reviewer.person.name for row in step.rows if row.waiting)
        return _("The reviewers do this, on their own pages. Points are waited for from %(names)s.", names=waiting)
    if step.name in ("objections", "notice"):
        return _("Objections are answered by the chair or the supervisor.")
    if step.name == "nominations":
        return _("Reviewers can be asked already.")
    return ""


@blueprint.app_template_global("review_names")
def names_of(reviewers: Sequence[Reviewer]) -> str:
    """Whose points count; of whoever was ended when, and why."""
    return pgettext("list", ", ").join(
        one.person.name
        if one.ended_at is None
        else _("%(name)s (until %(day)s: %(reason)s)", name=one.person.name, day=date_long(one.ended_at),
               reason=one.end_reason or "—")
        for one in reviewers
    )  # fmt: skip


@blueprint.app_template_global("review_points")
def points_shown(points: float | None) -> str:
    """A mean with two places, and a whole one without any."""
    return "—" if points is None else f"{points:.2f}".rstrip("0").rstrip(".")


def _on_notice(step: Step) -> str:
    last = date_long(step.period.end_on if step.period else None)
    if not step.days_left:
        return _("On public notice, last day today. It is decided after that.")
    return ngettext(
        "On public notice until the end of %(day)s, %(num)d day left. It is decided after that.",
        "On public notice until the end of %(day)s, %(num)d days left. It is decided after that.",
        step.days_left, day=last,
    )  # fmt: skip
