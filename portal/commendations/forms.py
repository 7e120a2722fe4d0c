"""The shapes of input: a kind of commendation, a call with its rows, the day it is put off to, a reason."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from portal.commendations.models import Scope
from portal.commendations.rows import CategoriesField, CriteriaField
from portal.core.forms import BaseForm, DateField, Length, Required, choices
from portal.core.i18n import lazy, lazy_pgettext

REASON = Length(max=500)


class PlainForm(BaseForm):
    """Nothing but the wish."""


class KindForm(BaseForm):
    """A kind of the federation's list under another name."""

    name = StringField(lazy_pgettext("commendation kind", "Name"), [Required(lazy("Enter a name.")), Length(max=20)])
    english = StringField(lazy("Name in English"), [Length(max=60)])


class NewKindForm(KindForm):
    """A new one: who is commended under it is chosen with it."""

    scope = RadioField(
        lazy("Who is commended"), [Required(lazy("Choose who is commended."))], choices=choices(Scope.labels())
    )


class CallForm(BaseForm):
    """A call; rows of categories and criteria are added and taken out on the way."""

    entry_key = HiddenField()
    revision = HiddenField()  # of a draft, as it was opened
    title = StringField(lazy("Title"), [Required(lazy("Write a title.")), Length(max=120)])
    basis = StringField(
        lazy_pgettext("call", "Basis"),
        [Required(lazy("Name the regulation or resolution it rests on.")), Length(max=500)],
    )
    body = TextAreaField(
        lazy("Who may be commended, and how it is chosen"),
        [Required(lazy("Write who may be commended, and how it is chosen.")), Length(max=20_000)],
    )
    contact = StringField(lazy("Contact"), [Required(lazy("Say whom one can ask, and how.")), Length(max=200)])
    start_on = DateField(lazy_pgettext("call", "Looked at from"), [Required(lazy("Enter the first day."))])
    end_on = DateField(lazy_pgettext("call", "Looked at until"), [Required(lazy("Enter the last day."))])
    opens_on = DateField(lazy("Nominations from"), [Required(lazy("Enter the first day."))])
    closes_on = DateField(lazy("Nominations until"), [Required(lazy("Enter the last day."))])
    by_groups = BooleanField(lazy("Leaders of groups, for their group"))
    by_members = BooleanField(lazy("Members who are signed in"))
    by_anyone = BooleanField(lazy("Anybody, without an account"))
    keeps_own_out = BooleanField(lazy("Reviewers leave out the nominees of their own association"))
    categories = CategoriesField(lazy("What is commended"))
    criteria = CriteriaField(lazy("By what it is judged"))

    def offer(self, kinds: Iterable[tuple[str, str]]) -> None:
        """Set the kinds to choose from: (public id, label)."""
        self.categories.kinds = list(kinds)

    @property
    def is_detour(self) -> bool:
        """Whether a row was added or taken out: nothing is saved."""
        return bool(self.categories.is_detour or self.criteria.is_detour)


class PutOffForm(BaseForm):
    closes_on = DateField(lazy("New last day"), [Required(lazy("Enter the day."))])
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write why it is put off; everybody will read it.")), REASON]
    )


class WithdrawForm(BaseForm):
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write why it is withdrawn; everybody will read it.")), REASON]
    )
