"""The shapes of input: points by criterion, why somebody keeps out, the meeting, the contact of the notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectMultipleField, StringField, TextAreaField

from portal.commendations.models import CallCriterion
from portal.core.forms import BaseForm, DateField, Length, Required, WholeNumberField
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.reviews.models import Review

COUNT = Required(lazy("Enter the number."))


class PlainForm(BaseForm):
    """Nothing but the wish."""


class DeclareForm(BaseForm):
    reason = StringField(
        lazy("Why are you not impartial?"), [Required(lazy("Write why, in a few words.")), Length(max=200)]
    )


class NoticeForm(BaseForm):
    contact = StringField(lazy("Contact"), [Required(lazy("Say whom one can ask, and how.")), Length(max=200)])


class MeetingForm(BaseForm):
    """The meeting as its minutes have it; `chosen` are the ticks in the ranking."""

    held_on = DateField(lazy("Held on"), [Required(lazy("Enter the day."))])
    place = StringField(lazy("Place"), [Required(lazy("Say where it was held.")), Length(max=100)])
    chaired_by = StringField(lazy("Presided by"), [Required(lazy("Say who presided.")), Length(max=60)])
    present = WholeNumberField(lazy_pgettext("meeting", "Present"), [COUNT])
    in_favour = WholeNumberField(lazy("In favour"), [COUNT])
    against = WholeNumberField(lazy_pgettext("meeting", "Against"), [COUNT])
    abstained = WholeNumberField(lazy("Abstained"), [COUNT])
    minutes = TextAreaField(
        lazy("How it was chosen"), [Required(lazy("Write in a few sentences how it was chosen.")), Length(max=5000)]
    )
    chosen = SelectMultipleField(lazy("Chosen by the meeting"), choices=[], validate_choice=False)


def box_of(criterion: CallCriterion) -> str:
    """The name of a criterion's box."""
    return f"points-{criterion.id}"


def review_form(criteria: Sequence[CallCriterion], review: Review | None) -> Any:
    """A box for every criterion, and a remark; what was written before stands in them."""
    boxes: dict[str, Any] = {
        box_of(one): WholeNumberField(
            one.name, [Required(_("From 0 to %(most)s points", most=one.points))], description=one.description
        )
        for one in criteria
    }
    boxes["remark"] = TextAreaField(lazy("Remark for the meeting"), [Length(max=1000)])
    known: dict[str, Any] = {}
    if review is not None:
        known = {f"points-{one.criterion_id}": one.points for one in review.scores} | {"remark": review.remark}
    return type("ReviewForm", (BaseForm,), boxes)(data=known)
