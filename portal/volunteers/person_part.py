"""Where somebody is a volunteer, on the person's page in the office."""

from __future__ import annotations

from portal.associations.models import Association
from portal.core import access
from portal.core.i18n import _
from portal.people.models import Person
from portal.people.parts import Part, part
from portal.volunteers import queries
from portal.volunteers.models import Volunteer


@part(30)
def volunteering(person: Person, association: Association) -> Part | None:
    """Where and since when, group and letter, as far as the reader may see the roster there."""
    seen = access.visible(queries.of_person(person.id), "volunteers.read", Volunteer)
    held = queries.list_shown(seen)
    if not held:
        return None
    letters = {letter.volunteer_id: letter for letter in reversed(queries.list_letters([row.id for row in held]))}
    return Part(_("As a volunteer"), "volunteers/_of_person.html", {"held": held, "letters": letters})
