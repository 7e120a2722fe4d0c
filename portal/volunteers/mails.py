"""Mail to whoever registered, where a server is set and an address was given. No number of anybody stands in it."""

from __future__ import annotations

from portal.applications import mails
from portal.core.i18n import _
from portal.volunteers.models import RegistrationState, VolunteerRegistration


def tell(registration: VolunteerRegistration) -> None:
    """Say how the registration stands. Call it after the commit."""
    mails.write(registration, lambda: _news(registration), f"/volunteer/{registration.reference}")


def _news(registration: VolunteerRegistration) -> tuple[str, str]:
    name = registration.association.name
    if registration.state == RegistrationState.SUBMITTED:
        return str(_("Your registration was received")), str(
            _("%(name)s has received your registration as a volunteer.", name=name)
        )
    if registration.state == RegistrationState.WITHDRAWN:
        return str(_("Your registration was withdrawn")), str(
            _("Your registration at %(name)s was withdrawn.", name=name)
        )
    return str(_("Your registration was decided")), str(
        _("%(name)s has decided about your registration as a volunteer.", name=name)
    )
