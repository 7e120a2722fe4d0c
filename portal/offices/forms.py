"""Shapes of input about terms and appointments. Choices are passed in."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional

from portal.core.forms import BaseForm, DateField, Required
from portal.core.i18n import lazy, lazy_pgettext


class IdentifyForm(BaseForm):
    """Somebody whom the office does not know, named by a number in full."""

    number = StringField(
        lazy("Phone or identity number, in full"),
        [Required(lazy("Enter the phone or identity number.")), Length(max=30)],
        description=lazy("It is sent once and kept nowhere."),
    )


class AppointmentForm(BaseForm):
    """An office for somebody already chosen. `confirmed` is sent by the page that says what it gives."""

    position = RadioField(lazy_pgettext("offices", "Office"), [Required(lazy("Choose the office."))])
    group = SelectField(lazy("Group"), [Optional()], default="", description=lazy("Only for a group leader."))
    covers_subtree = BooleanField(
        lazy("The rights hold for every association below, too"),
        description=lazy("For those whose task is to see to the associations below."),
    )
    term = SelectField(lazy("Term"), [Optional()], default="")
    start_on = DateField(lazy("First day"), [Required(lazy_pgettext("offices", "Enter the first day."))])
    end_on = DateField(lazy("Last day"), [Optional()], description=lazy("Left empty: the end of the term, or open."))
    is_public = BooleanField(
        lazy("The officer agreed to be shown by name on the public page"),
        description=lazy("It is shown only as long as the person's own consent to a public name holds."),
    )
    confirmed = HiddenField()


class EndForm(BaseForm):
    """The last day of an appointment."""

    end_on = DateField(
        lazy("Last day"),
        [Required(lazy_pgettext("offices", "Enter the last day."))],
        description=lazy("The rights hold to the end of that day. To end them at once, enter yesterday."),
    )


class ShowForm(BaseForm):
    """Whether an officer agreed to be shown."""

    show = HiddenField()


class TermForm(BaseForm):
    """A term from one election to the next."""

    name = StringField(
        lazy_pgettext("term", "Name"),
        [Required(lazy("Enter the name of the term.")), Length(max=30)],
        description=lazy("As it is called in the minutes, for example “Third term”."),
    )
    start_on = DateField(lazy("First day"), [Required(lazy_pgettext("offices", "Enter the first day."))])
    end_on = DateField(lazy("Last day as planned"), [Required(lazy("Enter the last day as planned."))])


class HandOverForm(BaseForm):
    """To which term, and who goes on in the same office."""

    to = RadioField(lazy("The term that follows"), [Required(lazy("Choose the term that follows."))])
    staying = SelectMultipleField(lazy("Who goes on in the same office"), [Optional()])
