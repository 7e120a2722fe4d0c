"""Shapes of input about associations and their groups."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import Email, Length, Optional, Regexp

from portal.associations.models import Formation, Level
from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext

# What the word means to somebody who has to choose.
FORMATION_CHOICES = [
    (Formation.INDEPENDENT, lazy("Independent: one community, village or enterprise alone")),
    (Formation.JOINT, lazy("Joint: smaller enterprises together with a community")),
    (Formation.AFFILIATED, lazy("Affiliated: small firms attached to a community's association")),
]

# As it stands on the door: local numbers, several of them, an extension.
PHONES = r"^[0-9 +()（）\-–、,，/转]+$"


def _chosen(value: Any) -> Any:
    return value or None


class NamesForm(BaseForm):
    """How an association is called."""

    name = StringField(lazy_pgettext("association", "Name"), [Required(lazy("Enter the name.")), Length(max=60)])
    short_name = StringField(
        lazy("Short name"), [Optional(), Length(max=20)], description=lazy("For lists and narrow screens.")
    )


class DetailsForm(NamesForm):
    """What an association says of itself; all of it is shown in public."""

    formation = RadioField(
        lazy("Formation"),
        [Required(lazy("Choose how the association is formed."))],
        choices=choices(FORMATION_CHOICES),
        filters=[_chosen],
    )
    introduction = TextAreaField(
        lazy("Introduction"),
        [Optional(), Length(max=1000)],
        description=lazy("Who you are and what you do, in a few sentences. A new line begins a new paragraph."),
    )
    address = StringField(lazy("Address"), [Optional(), Length(max=120)])
    phone = StringField(
        lazy("Phone of the office"),
        [Optional(), Length(max=40), Regexp(PHONES, message=lazy("Write digits, spaces and hyphens only."))],
    )
    email = StringField(
        lazy("E-mail of the office"), [Optional(), Email(lazy("Write the e-mail address as name@example.com."))]
    )
    office_hours = StringField(
        lazy("Office hours"),
        [Optional(), Length(max=120)],
        description=lazy("For example: Monday to Friday, 9:00–11:30 and 14:00–17:00."),
    )
    founded_on = DateField(lazy("Founded on"), [Optional()])
    seal_text = StringField(
        lazy("Words of the printed seal"),
        [Optional(), Length(max=20)],
        description=lazy("For certificates from now on; left empty, the name. Print, not an electronic signature."),
    )
    reviews_stories = BooleanField(
        lazy("Show an activity in public only after review"),
        description=lazy("Somebody else than who recorded it looks through the entry first."),
    )
    reviews_notices = BooleanField(
        lazy("Publish a notice only after another officer has read it"),
        description=lazy("For every association of the federation. Nobody reviews what they wrote or submitted."),
    )


class NewAssociationForm(NamesForm):
    """A new association below another; its own office fills in the rest."""

    code = StringField(
        lazy("Code"),
        [Required(lazy("Enter a code.")), Length(max=32)],
        description=lazy("Stands in addresses and never changes: small letters, digits and hyphens, such as wh-04."),
    )
    level = RadioField(lazy("Level"), [Required(lazy("Choose the level."))], choices=choices(Level.labels().items()))
    formation = RadioField(
        lazy("Formation"),
        [Optional()],
        choices=choices(FORMATION_CHOICES),
        filters=[_chosen],
        description=lazy("Only for a grass-roots association."),
    )


class GroupForm(BaseForm):
    """A group and what it covers."""

    name = StringField(lazy_pgettext("group", "Name"), [Required(lazy("Enter the group's name.")), Length(max=30)])
    area = StringField(
        lazy("Area"), [Optional(), Length(max=120)], description=lazy("The houses, lanes or firms it covers.")
    )
