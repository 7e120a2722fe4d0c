"""What stands behind each form of volunteers, for the tests that send every form of the portal."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import Person
from portal.people.queries import version_in_force
from portal.people.services import correct_person
from portal.volunteers import queries, services
from portal.volunteers.models import Volunteer
from tests.harness.factory import make_person
from tests.harness.service import make_skill
from tests.volunteers.filling import registered

OFFICE = "/office/wangjiang"


def enrolled(cast: Any, person: Person) -> Volunteer:
    """Somebody on the community's roster, with a letter until the end of this year."""
    place = db.session.get_one(Association, cast.community.id)
    return services.enrol(cast.secretary, place, person, term_end_on=date(today().year, 12, 31))


def addresses(cast: Any) -> list[tuple[str, str]]:
    """Who opens which page: a registration, a letter to be printed anew, a term, a word that has ended, one's own."""
    found = registered(cast, notice_version=version_in_force())
    held, member = enrolled(cast, make_person("霜降")), cast.member.person
    own = queries.get_live(member.id, cast.community.id) or enrolled(cast, member)
    correct_person(cast.secretary, db.session.get_one(Person, held.person_id), name="双降")
    ended = make_skill(cast.community, "驾驶")
    ended.ended_on = today()
    word = make_skill(cast.community, "外语").public_id
    db.session.commit()
    at, me = f"{OFFICE}/volunteers", f"/me/volunteer/{own.public_id}"
    until = date(today().year, 12, 31)
    return [
        *(("secretary", f"{at}/registrations/{what}") for what in (found.public_id, "new")),
        *(("secretary", f"{at}/{held.public_id}{what}") for what in ("", "/renew", "/group", "/end")),
        ("secretary", f"{at}/terms/renew?until={until}"),
        ("secretary", f"{at}/move?chosen={held.public_id}&to={cast.group.public_id}"),
        *(("administrator", f"/office/qinghe/skills{what}") for what in ("", "/add", f"/{word}", f"/{word}/end")),
        *(("member", f"{me}/{what}") for what in ("offer", "leave")),
        *(("visitor", f"/volunteer/{what}") for what in ("follow", f"{found.reference}/withdraw")),
    ]


def answers(cast: Any) -> dict[str, dict[str, Any]]:
    """What has been said on every page of the way, as the draft keeps it."""
    code, root = cast.community.code, db.session.get_one(Association, cast.federation.id).id
    return {
        "association": {"association": code, "code": code, "name": "望江社区协会", "root": root},
        "name": {"name": "大寒"},
        "identity": {"identity_number": ""},
        "birth": {"sex": "female", "birth_on": "1970-05-01"},
        "contact": {"phone": "13900004321", "email": ""},
        "residence": {"residence": "湖滨新村"},
        "skills": {"skills": [], "names": []},
        "interests": {"interests": [], "names": []},
        "times": {"times": ["5-morning"], "note": ""},
        "consents": {"register": True, "version": version_in_force()},
    }
