"""The form on which points are given: a box for every criterion of the call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import TextAreaField

from portal.commendations.models import CallCriterion
from portal.core.forms import BaseForm, Length, Required, WholeNumberField
from portal.core.i18n import _, lazy
from portal.reviews.models import Review


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
