"""Setting up an installation: its tables, its first association and its first administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import exists, select

from portal.core.database import db, reading
from portal.core.errors import RuleError
from portal.upkeep import Failure, migration

if TYPE_CHECKING:
    from portal.associations.models import Association

LONGEST_NAME = 60


def is_empty() -> bool:
    """Whether no association has been set up yet, in whatever form the database is."""
    if not migration.has_table("association"):
        return True
    with reading(), db.engine.connect() as connection:
        return not connection.scalar(select(exists(select(db.text("1")).select_from(db.text("association")))))


def make_database() -> None:
    """Make the tables of an empty database; one that holds anything is left alone."""
    if not is_empty():
        raise Failure("the database already holds an association; this needs an empty one. Nothing was changed.")
    migration.upgrade()


def first_administrator(association: str, code: str, name: str, phone: str, password: str) -> None:
    """An association, a person, an account, and an appointment as administrator of it and all below.

    Raises RuleError for a name, code, phone or password that the rules refuse.
    """
    from portal.accounts import services as accounts
    from portal.associations import services as associations
    from portal.associations.models import Level
    from portal.core.calendar import today
    from portal.people import services as people
    from portal.people.models import AffiliationKind

    for field, typed in (("association", association), ("name", name)):
        check_name(field, typed)
    number, zone = _phone(phone), current_app.config["TIME_ZONE"]
    home = associations.create_association(
        None, None, code=code, name=association.strip(), level=Level.FEDERATION, time_zone=zone
    )
    person = people.create_person(None, name.strip(), phone=number)
    people.affiliate(None, person, home, AffiliationKind.OFFICER, today())
    accounts.create_account(None, person, password)
    _appoint(person.id, home.id)
    people.publish_notice(None, people.default_notice(), today())
    _begin_lists(home)
    home.reviews_notices = True
    db.session.commit()


def check_name(field: str, typed: str) -> None:
    """What the forms of the portal take: one line of at most 60 characters. Raises RuleError."""
    if not 1 <= len(typed.strip()) <= LONGEST_NAME or not typed.isprintable():
        raise RuleError(field, f"The {field} is to be one line of 1 to {LONGEST_NAME} characters.")


def _phone(typed: str) -> str:
    from portal.core.identity import PhoneError, normalise_phone

    try:
        return normalise_phone(typed)
    except PhoneError:
        raise RuleError("phone", f"{typed!r} is not a phone number.") from None


def _begin_lists(home: Association) -> None:
    """What every federation begins with; it changes the lists as it likes."""
    from portal.certificates.tables import begin_stars
    from portal.commendations.kinds import begin_commendations
    from portal.disclosure.duties import begin_duties
    from portal.members.services import begin_kinds
    from portal.notices.subjects import begin_subjects
    from portal.volunteers.skills import begin_skills

    begins = (begin_kinds, begin_skills, begin_stars, begin_subjects, begin_duties, begin_commendations)
    for begin in begins:
        begin(home)


def _appoint(person_id: int, association_id: int) -> None:
    """Nobody can grant it yet, so it is written here."""
    from portal.core.audit import record
    from portal.core.calendar import today
    from portal.offices.models import Appointment
    from portal.offices.rights import Position

    for position in (Position.CHAIR, Position.ADMINISTRATOR):
        row = Appointment(
            person_id=person_id,
            association_id=association_id,
            position=position,
            covers_subtree=True,
            start_on=today(),
        )
        db.session.add(row)
        db.session.flush()
        record(None, "offices.appoint", row, {"position": str(position)})
