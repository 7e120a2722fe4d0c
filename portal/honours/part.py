"""The honours of somebody, on the person's page in the office, and among the awards of a dossier."""

from __future__ import annotations

from portal.associations.models import Association
from portal.core import access
from portal.core.i18n import _
from portal.dossiers.awards import Award, awards
from portal.honours import exports, queries
from portal.people.models import Person
from portal.people.parts import Part, part


@part(55)
def tell_honours(person: Person, association: Association) -> Part | None:
    """What the association gave, and what was given to its own, as far as the reader's right reaches."""
    if not access.can(queries.READ, association):
        return None
    found = [one for one in queries.list_own(person.id) if association.id in (one.association_id, one.of_id)]
    if not found:
        return None
    return Part(_("Commendations"), "honours/_person.html", {"honours": found, "state_of": exports.state_of})


@awards(10)
def of_dossier(person_id: int) -> list[Award]:
    """Standing honours are awards too; like stars they are shown wherever."""
    standing = [one for one in queries.list_own(person_id) if one.revoked_at is None]
    return [Award(one.kind.name, one.association.name, one.decided_on) for one in standing]
